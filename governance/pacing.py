"""When an alert may leave: a pure function of what is known and the time. No clock, no database.

Days begin by the platform's one clock (``KINHOLD_TIME_ZONE``). Where a clock is put forward, an
hour that does not exist counts as the one after it; where it is put back, the first of two counts.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from governance.rules import Pace

MORNING = 8
"""The hour at which digests leave, and what a quiet time held back."""

Days = tuple[date, date]
"""A first and a last day, both among them."""

_MONDAY = 0
_DAY = timedelta(days=1)


def local_day(at: datetime, zone: tzinfo) -> date:
    """Return the day that the clocks of a zone show at that time."""
    return at.astimezone(zone).date()


def instant(day: date, hour: int, zone: tzinfo) -> datetime:
    """Return, in UTC, when the clocks of a zone first show that hour of that day."""
    return datetime.combine(day, time(hour), tzinfo=zone).astimezone(UTC)


def waits_since(
    made_at: datetime, held: Iterable[Days], *, now: datetime, zone: tzinfo
) -> datetime | None:
    """Return from when an alert waits for its turn; None while quiet days hold it back.

    What was held back leaves in the morning after, not in the middle of the night.

    Args:
        held: days on which nothing may leave for this person.
    """
    today, made_on, since = local_day(now, zone), local_day(made_at, zone), made_at
    for first, last in held:
        if first <= today <= last:
            return None
        if made_on <= last < today:
            since = max(since, instant(last + _DAY, MORNING, zone))
    return since


def due_at(pace: Pace, since: datetime, zone: tzinfo) -> datetime:
    """Return when an alert that waits since then leaves, by the pace that its reader chose."""
    if pace is Pace.AT_ONCE:
        return since
    day, step = local_day(since, zone), _DAY
    if pace is Pace.WEEKLY:
        day, step = day + _DAY * ((_MONDAY - day.weekday()) % 7), _DAY * 7
    while (slot := instant(day, MORNING, zone)) < since:
        day += step
    return slot
