"""The smaller things of a community, each by the name of the argument that addresses it.

A new kind of thing is one line in ``MORE``: a function that makes it and returns what its address
has for it. Rows that need no signature are written straight into their tables.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from governance.actions import recovery
from governance.models import Absence, Body, Conflict, Membership, QuietTime, StoppedPasskey
from tests.cast import Person
from tests.permissions.words import PRIVATE

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


MORE: dict[str, Make] = {
    "body_slug": _body,
    "absence_id": _absence,
    "quiet_id": _quiet,
    "conflict_id": _conflict,
    "stop_id": _stop,
    "way_back": _way_back,
    "invitation_id": lambda things, stewards: things.invitation.pk,
    "member_id": lambda things, stewards: _seat(stewards[1]).public_id,
    "membership_id": lambda things, stewards: _seat(stewards[1]).pk,
    "statement_id": lambda things, stewards: things.review.statement.public_id,
}
