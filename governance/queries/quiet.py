"""Quiet times: days on which nothing leaves the platform for a community's people (R-24)."""

from collections.abc import Collection
from datetime import date, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from governance.models import Community, QuietTime


def quiet_times_of(community: Community) -> QuerySet[QuietTime]:
    """All of them, lifted ones too, the latest first."""
    rows = QuietTime.objects.filter(community=community)
    return rows.select_related("made_by").order_by("-starts", "-pk")


def quiet_now(community: Community) -> QuietTime | None:
    """Return the quiet time of today, the longest if there are several."""
    return _covering(community, timezone.localdate()).order_by("-ends").first()


def quiet_ahead(community: Community) -> QuerySet[QuietTime]:
    """Quiet times that have not begun, the nearest first."""
    rows = QuietTime.objects.filter(community=community, starts__gt=timezone.localdate())
    return rows.filter(lifted_at__isnull=True).order_by("starts", "pk")


def is_quiet(community: Community, day: date) -> bool:
    """Say whether a day is quiet. A time lifted early was quiet up to the day before that one."""
    return day in quiet_days(community, day, day)


def working_days(community: Community, start: date, end: date) -> int:
    """Count the days after ``start`` up to and with ``end`` that are not quiet; 0 at the least."""
    length = max((end - start).days, 0)
    return length - len(quiet_days(community, start + timedelta(days=1), end))


def deadline_moved(community: Community, start: date, days: int) -> date:
    """Return the day on which ``days`` days that are not quiet have passed since ``start``.

    So every timer waits for as long as the quiet time takes.

    Raises:
        ValueError: ``days`` is below zero.
    """
    if days < 0:
        raise ValueError(f"days must not be below zero, got {days}")
    end = start + timedelta(days=days)
    while (counted := working_days(community, start, end)) < days:
        end += timedelta(days=days - counted)
    return end


def quiet_days(community: Community, start: date, end: date) -> Collection[date]:
    """Return the quiet days from ``start`` to ``end``, both among them."""
    rows = QuietTime.objects.filter(community=community, starts__lte=end, ends__gte=start)
    found: set[date] = set()
    for row in rows:
        first, last = max(row.starts, start), min(last_day(row), end)
        found.update(first + timedelta(days=n) for n in range((last - first).days + 1))
    return found


def last_day(row: QuietTime) -> date:
    """Return the last day that is quiet: the day before it was lifted, if it was."""
    if row.lifted_at is None:
        return row.ends
    return min(row.ends, timezone.localdate(row.lifted_at) - timedelta(days=1))


def _covering(community: Community, day: date) -> QuerySet[QuietTime]:
    rows = QuietTime.objects.filter(community=community, starts__lte=day, ends__gte=day)
    return rows.filter(lifted_at__isnull=True)
