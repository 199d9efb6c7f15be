"""When an alert may leave, where clocks are put forward and back, and around the date line."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.pacing import due_at, instant, local_day, waits_since
from governance.rules import Pace

BERLIN, ST_JOHNS = ZoneInfo("Europe/Berlin"), ZoneInfo("America/St_Johns")
AUCKLAND, WORLD = ZoneInfo("Pacific/Auckland"), ZoneInfo("UTC")
APIA = ZoneInfo("Pacific/Apia")  # left out 30 December 2011 to change sides of the date line
ZONES = [BERLIN, ST_JOHNS, AUCKLAND, WORLD, APIA]

paces, zones = st.sampled_from(Pace), st.sampled_from(ZONES)
times = st.datetimes(datetime(2011, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))
days = st.dates(date(2011, 1, 1), date(2034, 1, 1))
spans = st.tuples(days, st.integers(0, 60)).map(lambda t: (t[0], t[0] + timedelta(days=t[1])))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "hour", "zone", "expected"),
    [
        (date(2026, 3, 28), 8, BERLIN, "2026-03-28T07:00"),
        (date(2026, 3, 29), 8, BERLIN, "2026-03-29T06:00"),  # put forward that night
        (date(2026, 3, 29), 2, BERLIN, "2026-03-29T01:00"),  # there is no two o'clock: three
        (date(2026, 10, 25), 2, BERLIN, "2026-10-25T00:00"),  # there are two: the first
        (date(2026, 10, 25), 8, BERLIN, "2026-10-25T07:00"),
        (date(2026, 3, 8), 8, ST_JOHNS, "2026-03-08T10:30"),  # half an hour beside all others
        (date(2026, 11, 1), 8, ST_JOHNS, "2026-11-01T11:30"),
        (date(2026, 4, 5), 8, AUCKLAND, "2026-04-04T20:00"),  # a day ahead of UTC
        (date(2026, 9, 27), 8, AUCKLAND, "2026-09-26T19:00"),
        (date(2026, 9, 27), 2, AUCKLAND, "2026-09-26T14:00"),  # there is none: three
        (date(2028, 2, 29), 8, WORLD, "2028-02-29T08:00"),  # leap day
        (date(2011, 12, 30), 8, APIA, "2011-12-30T18:00"),  # no such day: the same hour of the next
    ],
)
def test_an_hour_of_a_day_is_one_moment(
    day: date, hour: int, zone: ZoneInfo, expected: str
) -> None:
    assert instant(day, hour, zone) == utc(expected)


@pytest.mark.parametrize(
    ("pace", "made", "zone", "expected"),
    [
        (Pace.AT_ONCE, "2026-03-29T00:59", BERLIN, "2026-03-29T00:59"),
        (Pace.DAILY, "2026-03-29T05:59", BERLIN, "2026-03-29T06:00"),
        (Pace.DAILY, "2026-03-29T06:00", BERLIN, "2026-03-29T06:00"),
        (Pace.DAILY, "2026-03-28T07:01", BERLIN, "2026-03-29T06:00"),  # 23 hours later
        (Pace.DAILY, "2026-10-24T06:01", BERLIN, "2026-10-25T07:00"),  # 25 hours later
        (Pace.DAILY, "2026-10-31T10:31", ST_JOHNS, "2026-11-01T11:30"),
        (Pace.DAILY, "2026-04-03T20:00", AUCKLAND, "2026-04-04T20:00"),
        (Pace.DAILY, "2028-02-28T08:01", WORLD, "2028-02-29T08:00"),
        (Pace.DAILY, "2027-02-28T08:01", WORLD, "2027-03-01T08:00"),
        (Pace.WEEKLY, "2026-03-23T08:00", WORLD, "2026-03-23T08:00"),  # a Monday
        (Pace.WEEKLY, "2026-03-23T08:01", WORLD, "2026-03-30T08:00"),
        (Pace.WEEKLY, "2026-03-23T08:01", BERLIN, "2026-03-30T06:00"),
        # Sunday evening by UTC, Monday morning already in Auckland.
        (Pace.WEEKLY, "2026-03-22T18:59", AUCKLAND, "2026-03-22T19:00"),
        (Pace.WEEKLY, "2026-03-22T19:01", AUCKLAND, "2026-03-29T19:00"),
    ],
)
def test_a_digest_leaves_at_eight_by_the_clock_of_the_place(
    pace: Pace, made: str, zone: ZoneInfo, expected: str
) -> None:
    assert due_at(pace, utc(made), zone) == utc(expected)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-03-27T22:59", "2026-03-27T12:00"),  # 23:59, the evening before
        ("2026-03-27T23:00", None),  # midnight
        ("2026-03-29T21:59", None),  # the last minute, by summer time
        ("2026-03-29T22:00", "2026-03-30T06:00"),
    ],
)
def test_what_a_quiet_time_held_back_leaves_in_the_morning_after(
    now: str, expected: str | None
) -> None:
    quiet = [(date(2026, 3, 28), date(2026, 3, 29))]

    since = waits_since(utc("2026-03-27T12:00"), quiet, now=utc(now), zone=BERLIN)

    assert since == (utc(expected) if expected else None)


@given(paces, times, zones)
def test_nothing_leaves_before_it_was_made_nor_more_than_a_turn_later(
    pace: Pace, made: datetime, zone: ZoneInfo
) -> None:
    due = due_at(pace, made, zone)

    turn = {Pace.AT_ONCE: 0, Pace.DAILY: 1, Pace.WEEKLY: 7}[pace]
    # A day that a place left out makes a turn one day longer, and a clock put back by an hour.
    assert made <= due <= made + timedelta(days=turn + bool(turn), hours=1)


@given(paces, times, st.integers(0, 10**7), zones)
def test_what_was_made_later_never_leaves_earlier(
    pace: Pace, made: datetime, seconds: int, zone: ZoneInfo
) -> None:
    assert due_at(pace, made, zone) <= due_at(pace, made + timedelta(seconds=seconds), zone)


@given(times, st.lists(spans, max_size=4), times, zones)
def test_quiet_days_only_ever_delay_and_nothing_leaves_on_one(
    made: datetime, held: Any, now: datetime, zone: ZoneInfo
) -> None:
    since = waits_since(made, held, now=now, zone=zone)

    if any(first <= local_day(now, zone) <= last for first, last in held):
        assert since is None
    else:
        assert since is not None
        assert since >= made
