"""States, answers and verdicts as people read them."""

from collections.abc import Mapping
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consent.grants.rule_words import rule_in_words as any_rule_in_words
from consent.grants.statements import Answer
from consent.grants.tally import DecisionRule
from consent.precheck import Verdict
from consent.rules import (
    Completeness,
    GrantState,
    NoticeKind,
    RequestState,
    ReviewState,
    Severity,
)
from consent.stages import Stage
from governance.rules import StatementState

Text = str | Promise

_NO_NAMES: Mapping[str, str] = MappingProxyType({})

REVIEW_ANSWERS: list[tuple[str, Text]] = [
    (Answer.YES.value, _("Yes")),
    (Answer.YES_WITH_CONDITIONS.value, _("Yes, with conditions")),
    (Answer.NO.value, _("No")),
    (Answer.NOT_YET.value, _("Not yet, let us talk")),
    (Answer.RECUSE.value, _("I step aside: I am too close to this")),
]

LABELS: dict[str, Text] = {
    **dict(REVIEW_ANSWERS),
    RequestState.DRAFT.value: _("draft"),
    RequestState.IN_REVIEW.value: _("in review"),
    RequestState.CHANGING.value: _("being changed"),
    RequestState.DECIDED.value: _("decided"),
    RequestState.WITHDRAWN.value: _("withdrawn"),
    ReviewState.OPEN.value: _("open"),
    ReviewState.APPROVED.value: _("approved"),
    ReviewState.DECLINED.value: _("declined"),
    ReviewState.SENT_BACK.value: _("sent back"),
    ReviewState.REPLACED.value: _("replaced by a newer text"),
    GrantState.AWAITING_ACCEPTANCE.value: _("awaiting acceptance"),
    GrantState.ACTIVE.value: _("active"),
    GrantState.REVOKED.value: _("revoked"),
    StatementState.ADOPTED.value: _("adopted"),
    StatementState.FALLEN.value: _("taken back"),
    NoticeKind.PAUSE.value: _("pause"),
    NoticeKind.RESUME.value: _("resume"),
    NoticeKind.REVOCATION.value: _("revocation"),
    Completeness.COMPLETE.value: _("all is there"),
    Completeness.INCOMPLETE.value: _("something is missing"),
    Stage.RECEIVED.value: _("received"),
    Stage.LOOKED_AT.value: _("looked at"),
    Stage.CHECKED.value: _("checked"),
    Stage.ADVICE.value: _("advice"),
    Stage.DECIDING.value: _("being decided"),
    Verdict.BREAKS.value: _("breaks our rule"),
    Verdict.UNKNOWN.value: _("we do not know"),
    Verdict.PROMISE.value: _("only a promise"),
    Verdict.FITS.value: _("fits"),
    "public": _("public"),
    "non-profit": _("non-profit"),
    "company": _("company"),
}

SEVERITY_LABELS: dict[str, Text] = {
    Severity.LOW.value: _("low"),
    Severity.SERIOUS.value: _("serious"),
    Severity.GRAVE.value: _("grave"),
}

# What the people asking may know of a community's answer.
SAID: dict[ReviewState, Text] = {
    ReviewState.OPEN: _("still deciding"),
    ReviewState.APPROVED: _("said yes"),
    ReviewState.DECLINED: _("said no"),
    ReviewState.WITHDRAWN: _("not asked any more"),
    ReviewState.SENT_BACK: _("asks for changes"),
    ReviewState.REPLACED: _("has a newer text"),
}


def rule_in_words(
    rule: DecisionRule,
    *,
    stewards: int,
    floor: int,
    names: Mapping[str, str] = _NO_NAMES,
    bodies: Mapping[str, str] = _NO_NAMES,
) -> str:
    """Say a charter's rule in words, without telling how far a decision has come.

    Args:
        names: of the stewards, by id. bodies: the community's own words, by short name.
    """
    if rule.vetoes or rule.kind not in ("threshold", "consensus"):
        return any_rule_in_words(rule, stewards=stewards, names=names, bodies=bodies, floor=floor)
    if rule.kind == "threshold":
        return str(_("%(m)s of %(n)s stewards must sign yes.") % {"m": rule.m, "n": stewards})
    return str(
        _("Every steward who does not step aside must sign yes, and at least %(floor)s.")
        % {"floor": floor}
    )
