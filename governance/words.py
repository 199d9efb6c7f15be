"""Charters and protocols in plain sentences. Pure but for translation."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from consent.grants.charter import Charter
from consent.grants.decision import DecisionRule
from consent.grants.tally import floor_for
from governance.circle import NO_WORDS, Words, circle_of

DAY = 86_400  # seconds

# What each type of statement is about, in the order of a charter's page.
MATTERS = {
    "grant": gettext_lazy("Saying yes to a researcher's request"),
    "pause": gettext_lazy("Stopping work on our data for a while"),
    "resume": gettext_lazy("Letting stopped work go on"),
    "revocation": gettext_lazy("Taking a yes back for good"),
    "release": gettext_lazy("Letting a finished model out"),
    "protocol": gettext_lazy("Changing the protocol, our rules for research"),
    "charter": gettext_lazy("Changing this charter"),
}

ANSWERS = {
    "yes": gettext_lazy("yes"),
    "yes-with-conditions": gettext_lazy("yes, with conditions"),
    "no": gettext_lazy("no"),
    "not-yet": gettext_lazy("not yet"),
    "recuse": gettext_lazy("steps aside"),
}

CODE_POLICY = {
    "preinstalled": gettext_lazy("Only jobs that are installed at our node already may run."),
    "pinned": gettext_lazy("A job may be sent to our node; it runs only if it is the agreed one."),
}


@dataclass(frozen=True)
class RuleInWords:
    """One kind of decision: what it is about, and who must sign."""

    kind: str
    matter: str
    rule: str


def rules_in_words(charter: Charter, bodies: Words = NO_WORDS) -> list[RuleInWords]:
    """Return one row for each kind of decision: what about, and who must sign.

    Args:
        bodies: the community's own words for its bodies, by their short names.
    """
    return [
        RuleInWords(kind, str(matter), rule_in_words(charter.rules[kind], charter, kind, bodies))
        for kind, matter in MATTERS.items()
        if kind in charter.rules
    ]


def rule_in_words(rule: DecisionRule, charter: Charter, kind: str, bodies: Words = NO_WORDS) -> str:
    """Say who must sign for one kind of decision."""
    of = len(charter.stewards)
    floor = floor_for(kind, charter.floor)
    if rule.vetoes or rule.kind not in ("threshold", "consensus"):
        return circle_of(charter, bodies).rule(rule, kind, charter.floor)
    if rule.kind == "threshold" and rule.m:
        if rule.m == of:
            return _("All {of} stewards must sign yes.").format(of=of)
        text = ngettext(
            "Any {m} of the {of} stewards, by signing yes.",
            "At least {m} of the {of} stewards must sign yes.",
            rule.m,
        )
        return text.format(m=rule.m, of=of)
    text = ngettext(
        "Every steward who has not stepped aside must sign yes, and at least {floor} must.",
        "Every steward who has not stepped aside must sign yes, and at least {floor} must.",
        floor,
    )
    return text.format(floor=floor)


SETTINGS = ("min_cohort", "max_rounds", "max_months", "cooling_off_s", "min_nodes", "code_policy")


def settings_in_words(settings: Mapping[str, Any]) -> list[str]:
    """Return a sentence for each setting of a protocol."""
    return [setting_in_words(name, settings[name]) for name in SETTINGS]


def setting_in_words(name: str, value: Any) -> str:
    """Return the sentence for one setting.

    Raises:
        KeyError: no such setting.
    """
    if name == "code_policy":
        return str(CODE_POLICY[value])
    if name == "cooling_off_s":
        return _wait_in_words(value)
    one, many = _NUMBERS[name]
    return ngettext(one, many, value).format(n=value)


def _wait_in_words(seconds: int) -> str:
    if not seconds:
        return _("After a yes the work may begin at once.")
    if days := seconds // DAY:
        return ngettext(
            "After a yes our node waits {n} day before the work may begin.",
            "After a yes our node waits {n} days before the work may begin.",
            days,
        ).format(n=days)
    return _("After a yes our node waits {n} minutes before the work may begin.").format(
        n=seconds // 60
    )


_NUMBERS = {
    "min_cohort": (
        "Nothing runs with fewer than {n} people in the data.",
        "Nothing runs with fewer than {n} people in the data.",
    ),
    "max_rounds": ("At most {n} round of training.", "At most {n} rounds of training."),
    "max_months": (
        "A yes ends after {n} month at the latest.",
        "A yes ends after {n} months at the latest.",
    ),
    "min_nodes": (
        "At least {n} community's node must take part.",
        "At least {n} communities' nodes must take part.",
    ),
}
