"""The smaller things of a community, each by the name of the argument that addresses it.

A new kind of thing is one line in ``MORE``: a function that makes it and returns what its address
has for it. Rows that need no signature are written straight into their tables.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils import timezone

from consent.actions import incidents
from consent.grants.statements import Answer
from consent.rules import Severity
from governance.actions import delegations, labels, people, protocol_drafts, recovery, voices
from governance.models import (
    Absence,
    Body,
    Conflict,
    Delegation,
    LabelClause,
    LabelText,
    Membership,
    QuietTime,
    StoppedPasskey,
)
from tests import factories
from tests.cast import Person
from tests.governance.sounds import OGG
from tests.permissions.after import AFTER
from tests.permissions.changing import CHANGING
from tests.permissions.crew import CREW
from tests.permissions.deciding import DECIDING
from tests.permissions.desk import DESK
from tests.permissions.words import PRIVATE, TOLD

if TYPE_CHECKING:
    from tests.permissions.world import Things

Make = Callable[["Things", Sequence[Person]], Any]


def _seat(steward: Person) -> Membership:
    assert steward.membership is not None
    return steward.membership


def _word(things: "Things") -> str:
    return PRIVATE[things.community.slug]


def _body(things: "Things", stewards: Sequence[Person]) -> str:
    body = Body.objects.create(
        community=things.community, slug=f"{things.community.slug}-elders", name=_word(things)
    )
    return body.slug


def _days() -> dict[str, Any]:
    today = timezone.localdate()
    return {"starts": today, "ends": today + timedelta(days=3)}


def _absence(things: "Things", stewards: Sequence[Person]) -> int:
    """The steward's own."""
    away = Absence.objects.create(
        membership=_seat(stewards[0]), note=f"{_word(things)} harvest", **_days()
    )
    return away.pk


def _quiet(things: "Things", stewards: Sequence[Person]) -> int:
    quiet = QuietTime.objects.create(
        community=things.community,
        reason=f"{_word(things)} died",
        made_by=stewards[1].user,
        **_days(),
    )
    return quiet.pk


def _conflict(things: "Things", stewards: Sequence[Person]) -> Any:
    """Raised about the steward: to answer it is hers alone."""
    conflict = Conflict.objects.create(
        statement=things.review.statement,
        about=_seat(stewards[0]),
        raised_by=_seat(stewards[1]),
        reason=f"{_word(things)} is her sister",
    )
    return conflict.public_id


def _stop(things: "Things", stewards: Sequence[Person]) -> int:
    """A report that the steward may undo: neither the one who reported it, nor the owner."""
    stopped = StoppedPasskey.objects.create(
        user=stewards[2].user,
        community=things.community,
        credential_id=_word(things).encode(),
        reason=f"{_word(things)} saw it in other hands",
        reported_by=stewards[1].user,
    )
    return stopped.pk


def _way_back(things: "Things", stewards: Sequence[Person]) -> str:
    """A link for a colleague; whoever has it is asked for a code that she does not have."""
    return recovery.issue(_seat(stewards[1]).pk, actor=stewards[0].user)[1]


def _label(things: "Things", stewards: Sequence[Person]) -> Any:
    """A label with a recording and a clause that it asks for."""
    label = labels.put_on(
        community_id=things.community.pk,
        dataset_id=things.dataset.pk,
        actor=stewards[1].user,
        code="bcnc",
        words=labels.Words("en", "Our own words, made for tests.", audio=OGG),
    )
    return label.public_id


def _held_label(things: "Things", stewards: Sequence[Person]) -> Any:
    """A label that holds a dataset back until a second steward has looked."""
    held = factories.make_dataset(
        things.community, stewards[1].user, f"{things.community.slug}-held"
    )
    return factories.make_label(held, stewards[1].user, "tknv").public_id


def _voice(things: "Things", stewards: Sequence[Person]) -> Any:
    """A clause in the community's own words that waits for somebody other than its writer."""
    wording = voices.Wording("en", f"{_word(things)}: we only meet when we say so.")
    voice = voices.write(
        community_id=things.community.pk,
        actor=stewards[1].user,
        clause="SEASON",
        wording=wording,
    )
    return voice.public_id


def _spoken(things: "Things", stewards: Sequence[Person]) -> Any:
    """A confirmed one with a recording, beside a clause of the protocols."""
    wording = voices.Wording("en", f"Nobody earns money with our {_word(things)}.", audio=OGG)
    voice = voices.write(
        community_id=things.community.pk,
        actor=stewards[1].user,
        clause="NO_COMM",
        wording=wording,
    )
    return voices.confirm(voice.pk, actor=stewards[0].user).public_id


def _draft(things: "Things", stewards: Sequence[Person]) -> Any:
    draft = protocol_drafts.start(
        community_id=things.community.pk,
        actor=stewards[1].user,
        title=f"{_word(things)} rules",
        content=factories.protocol_content(min_nodes=1),
        line="main",
    )
    return draft.public_id


def _delegated(things: "Things", stewards: Sequence[Person]) -> Delegation:
    terms = delegations.Terms(
        delegate=_seat(stewards[1]).steward_id,
        dataset=things.dataset.slug,
        code="c" * 64,
        max_grants=3,
        max_rounds=3,
        not_after=timezone.now() + timedelta(days=30),
        resolution=f"{_word(things)} minute",
    )
    proposer = stewards[0].user
    return delegations.draft(community_id=things.community.pk, actor=proposer, terms=terms)


def _delegation(things: "Things", stewards: Sequence[Person]) -> Any:
    return UUID(str(_delegated(things, stewards).public_id))


def _delegation_in_force(things: "Things", stewards: Sequence[Person]) -> Any:
    made = _delegated(things, stewards)
    for steward in stewards[:2]:
        delegations.sign(
            made.pk,
            actor=steward.user,
            answer=Answer.YES,
            assertion=factories.assertion(steward.passkey, made.statement, Answer.YES),
        )
    return UUID(str(made.public_id))


def _look(things: "Things", stewards: Sequence[Person]) -> Any:
    """A colleague's proposal about the third one: the steward may confirm it."""
    look = people.propose_end(
        _seat(stewards[2]).pk, actor=stewards[1].user, reason=f"{_word(things)} moved away"
    )
    return look.public_id


def _incident(things: "Things", stewards: Sequence[Person]) -> Any:
    """Reported by the applicant to the one community."""
    report = incidents.Report(
        title=f"{TOLD[things.community.slug]} is gone",
        what="A laptop was lost.",
        happened_on=timezone.localdate(),
        severity=Severity.LOW,
        contact="By phone",
    )
    made = incidents.report_on_request(
        things.decided.pk,
        actor=things.decided.applicant,
        report=report,
        communities=[things.community.slug],
    )
    return made.public_id


MORE: dict[str, Make] = {
    "body_slug": _body,
    "absence_id": _absence,
    "quiet_id": _quiet,
    "conflict_id": _conflict,
    "stop_id": _stop,
    "way_back": _way_back,
    "label_id": _label,
    "held_label": _held_label,
    "text_id": lambda t, _: LabelText.objects.get(label__dataset=t.dataset).pk,
    "clause_id": lambda t, _: LabelClause.objects.get(label__dataset=t.dataset).pk,
    "code": lambda t, _: "tknc",
    "voice_id": _voice,
    "spoken": _spoken,
    "look_id": _look,
    "incident_id": _incident,
    "draft_id": _draft,
    "delegation_id": _delegation,
    "delegation_in_force": _delegation_in_force,
    "invitation_id": lambda things, stewards: things.invitation.pk,
    "member_id": lambda things, stewards: _seat(stewards[1]).public_id,
    "membership_id": lambda things, stewards: _seat(stewards[1]).pk,
    "statement_id": lambda things, stewards: things.review.statement.public_id,
    **DESK,
    **AFTER,
    **CHANGING,
    **CREW,
    **DECIDING,
}
