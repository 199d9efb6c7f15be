"""Where a grant stands at a moment: waiting, in force, stopped or over. Pure.

The node decides for itself; this is what pages say. A test walks through every pair that can meet.
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from consent.rules import GrantState


class Stand(StrEnum):
    """Listed by weight: where several are true, the first is what counts."""

    TAKEN_BACK = "taken back"
    REPLACED = "replaced"
    OVER = "over"
    AWAITS = "awaiting acceptance"
    PAUSED = "paused"
    NOT_YET = "not yet"
    COOLING_OFF = "cooling off"
    IN_FORCE = "in force"


ENDED = frozenset({Stand.TAKEN_BACK, Stand.REPLACED, Stand.OVER})


@dataclass(frozen=True)
class Course:
    """What is known of a grant. Times are aware.

    ``cooling_until`` is counted from the moment of the grant: a node counts from when it first saw
    it, so it may wait a little longer. ``replaced_at`` and ``paused_at`` are None when it is not.
    """

    state: GrantState
    granted_at: datetime
    not_before: datetime
    not_after: datetime
    cooling_until: datetime
    revoked_at: datetime | None = None
    replaced_at: datetime | None = None
    paused_at: datetime | None = None


@dataclass(frozen=True)
class Now:
    """Where it stands, since when, and until when if that is known.

    ``days_left``: whole days until the end, the begun one counted; 0 once it has ended.
    """

    stand: Stand
    since: datetime
    until: datetime | None
    days_left: int

    @property
    def ended(self) -> bool:
        return self.stand in ENDED


def now_of(course: Course, *, at: datetime) -> Now:
    """Say where a grant stands at ``at``."""
    stand, since, until = _found(course, at)
    left = (course.not_after - at) / timedelta(days=1)
    return Now(stand, since, until, 0 if stand in ENDED else math.ceil(left))


def _found(course: Course, at: datetime) -> tuple[Stand, datetime, datetime | None]:
    if course.state is GrantState.REVOKED and course.revoked_at is not None:
        return Stand.TAKEN_BACK, course.revoked_at, None
    if course.replaced_at is not None:
        return Stand.REPLACED, course.replaced_at, None
    if at >= course.not_after:
        return Stand.OVER, course.not_after, None
    if course.state is GrantState.AWAITING_ACCEPTANCE:
        return Stand.AWAITS, course.granted_at, course.not_after
    if course.paused_at is not None:
        return Stand.PAUSED, course.paused_at, None
    if at < course.not_before:
        return Stand.NOT_YET, course.granted_at, course.not_before
    if at < course.cooling_until:
        return Stand.COOLING_OFF, course.granted_at, course.cooling_until
    return Stand.IN_FORCE, max(course.not_before, course.cooling_until), course.not_after
