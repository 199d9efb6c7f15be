"""Timers: pure, at the edges of clocks and calendars, and able to do nothing but remind."""

import ast
import inspect
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent import times
from consent.rules import Severity
from consent.times import (
    DEFAULTS,
    Clock,
    Due,
    IncidentFacts,
    Remind,
    ReviewFacts,
    Times,
    days_passed,
    due_for_question,
    due_in_incident,
    due_in_review,
    ladder,
    time_passed,
)

BERLIN, ST_JOHNS = ZoneInfo("Europe/Berlin"), ZoneInfo("America/St_Johns")
AUCKLAND, WORLD = ZoneInfo("Pacific/Auckland"), ZoneInfo("UTC")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def at(now: str, zone: ZoneInfo = WORLD, *quiet: str) -> Clock:
    return Clock(utc(now), zone, frozenset(map(date.fromisoformat, quiet)))


@pytest.mark.parametrize(
    ("since", "now", "zone", "days"),
    [
        # The hour that does not exist in Berlin lies between the two: a day of 23 hours is one.
        ("2026-03-28T23:30", "2026-03-29T21:59", BERLIN, 0),
        ("2026-03-28T22:59", "2026-03-28T23:00", BERLIN, 1),
        ("2026-03-28T23:30", "2026-03-29T22:00", BERLIN, 1),
        # The hour that exists twice: a day of 25 hours is one.
        ("2026-10-24T22:00", "2026-10-25T22:59", BERLIN, 0),
        ("2026-10-24T22:00", "2026-10-25T23:00", BERLIN, 1),
        ("2026-03-08T03:29", "2026-03-08T03:30", ST_JOHNS, 1),  # midnight at half past
        ("2026-03-08T03:30", "2026-03-09T02:29", ST_JOHNS, 0),
        ("2026-11-01T02:30", "2026-11-02T03:29", ST_JOHNS, 0),
        ("2026-11-01T02:30", "2026-11-02T03:30", ST_JOHNS, 1),
        # The same two moments are one day in one place and two in the other.
        ("2026-04-04T10:59", "2026-04-04T11:00", AUCKLAND, 1),
        ("2026-04-04T10:59", "2026-04-04T11:00", WORLD, 0),
        ("2026-04-04T11:00", "2026-04-05T11:59", AUCKLAND, 0),  # 25 hours
        ("2026-04-04T11:00", "2026-04-05T12:00", AUCKLAND, 1),
        ("2026-09-26T12:00", "2026-09-27T10:59", AUCKLAND, 0),  # 23 hours
        ("2026-09-26T12:00", "2026-09-27T11:00", AUCKLAND, 1),
        ("2028-02-28T12:00", "2028-03-01T12:00", WORLD, 2),  # leap day
        ("2027-02-28T12:00", "2027-03-01T12:00", WORLD, 1),
        ("2026-12-31T23:59", "2027-01-01T00:00", WORLD, 1),
        ("2026-05-02T00:00", "2026-05-01T00:00", WORLD, 0),  # a clock that was set back
    ],
)
def test_days_are_counted_where_people_live(
    since: str, now: str, zone: ZoneInfo, days: int
) -> None:
    assert days_passed(utc(since), at(now, zone)) == days


@pytest.mark.parametrize(
    ("now", "quiet", "days"),
    [
        ("2026-06-06T12:00", (), 0),  # Saturday, the day after
        ("2026-06-07T12:00", (), 0),
        ("2026-06-08T12:00", (), 1),  # Monday
        ("2026-06-12T12:00", (), 5),
        ("2026-06-12T12:00", ("2026-06-10", "2026-06-11"), 3),
        ("2026-06-12T12:00", ("2026-06-06", "2026-06-07"), 5),  # a quiet weekend takes nothing
        ("2026-06-19T12:00", (), 10),
    ],
)
def test_working_days_are_monday_to_friday_and_not_quiet(
    now: str, quiet: tuple[str, ...], days: int
) -> None:
    friday = utc("2026-06-05T12:00")
    assert days_passed(friday, at(now, WORLD, *quiet), working=True) == days


@pytest.mark.parametrize(
    ("now", "quiet", "hours"),
    [
        ("2026-03-29T12:00", (), 24 - 1 + 1),
        ("2026-03-30T12:00", ("2026-03-29",), 48 - 23),  # that quiet day had 23 hours
        ("2026-03-29T10:00", ("2026-03-29",), 11),  # from noon to midnight, one by summer's clock
        ("2026-03-29T10:00", ("2026-03-28", "2026-03-29"), 0),
    ],
)
def test_a_timer_of_hours_stands_still_on_quiet_days(
    now: str, quiet: tuple[str, ...], hours: int
) -> None:
    since = utc("2026-03-28T12:00")
    assert time_passed(since, at(now, BERLIN, *quiet)) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("passed", "step"), [(0, 0), (9, 0), (10, 10), (19, 10), (20, 20), (39, 20), (40, 40)]
)
def test_each_reminder_waits_twice_as_long(passed: int, step: int) -> None:
    assert ladder(10, passed) == step


def test_a_ladder_has_a_first_step() -> None:
    with pytest.raises(ValueError, match="1 or more"):
        ladder(0, 5)


@pytest.mark.parametrize("days", [0, 366])
def test_a_time_out_of_bounds_is_refused(days: int) -> None:
    with pytest.raises(ValueError, match="reply must be 1 to 365 days"):
        Times(reply=days)


MONDAY = utc("2026-06-01T09:00")


@pytest.mark.parametrize(
    ("now", "done", "expected"),
    [
        ("2026-06-12T23:59", (False, False), {}),
        ("2026-06-15T00:00", (False, False), {"acknowledge": 10, "completeness": 10}),
        ("2026-06-15T00:00", (True, False), {"completeness": 10}),
        ("2026-06-15T00:00", (True, True), {}),
        ("2026-06-29T00:00", (False, True), {"acknowledge": 20}),
        ("2026-07-30T23:59", (True, True), {}),
        ("2026-07-31T00:00", (True, True), {"answer": 60}),
        ("2026-09-29T00:00", (True, True), {"answer": 120}),
    ],
)
def test_what_is_due_in_a_review_by_default(
    now: str, done: tuple[bool, bool], expected: dict[str, int]
) -> None:
    facts = ReviewFacts(MONDAY, MONDAY, *done)

    due = due_in_review(facts, DEFAULTS, at(now))

    assert {each.remind.value: each.step for each in due} == expected


def test_a_new_text_gives_stewards_their_time_anew() -> None:
    facts = ReviewFacts(MONDAY, MONDAY + timedelta(days=59), acknowledged=True, checked=True)

    assert due_in_review(facts, DEFAULTS, at("2026-08-01T00:00")) == ()


@pytest.mark.parametrize(("now", "steps"), [("2026-06-30T23:59", []), ("2026-07-01T00:00", [30])])
def test_researchers_have_thirty_days_for_an_answer(now: str, steps: list[int]) -> None:
    due = due_for_question(MONDAY, DEFAULTS, at(now))

    assert due == tuple(Due(Remind.REPLY, step) for step in steps)


@pytest.mark.parametrize(
    ("severity", "seen", "hours", "expected"),
    [
        ("grave", False, 23, {}),
        ("grave", False, 24, {"incident-seen": 1}),
        ("grave", False, 48, {"incident-seen": 2}),
        ("grave", True, 48, {}),
        ("serious", False, 71, {}),
        ("serious", False, 72, {"incident-seen": 1}),
        ("low", False, 239, {}),
        ("low", False, 240, {"incident-seen": 1}),
        ("low", True, 30 * 24 - 1, {}),
        ("low", True, 30 * 24, {"incident-closed": 7}),
        ("low", True, 37 * 24, {"incident-closed": 14}),
    ],
)
def test_what_is_due_in_an_incident(
    severity: str, seen: bool, hours: int, expected: dict[str, int]
) -> None:
    facts = IncidentFacts(MONDAY, Severity(severity), seen=seen, closed=False)

    due = due_in_incident(facts, Clock(MONDAY + timedelta(hours=hours), WORLD))

    assert {each.remind.value: each.step for each in due} == expected


def test_of_what_is_done_with_nobody_is_reminded() -> None:
    facts = IncidentFacts(MONDAY, Severity.GRAVE, seen=False, closed=True)

    assert due_in_incident(facts, Clock(MONDAY + timedelta(days=400), WORLD)) == ()


# --- Whatever happens ---------------------------------------------------------------------------

moments = st.datetimes(datetime(2026, 1, 1), datetime(2031, 1, 1), timezones=st.just(UTC))
zones = st.sampled_from([BERLIN, ST_JOHNS, AUCKLAND, WORLD])
quiet_days = st.frozensets(st.dates(date(2026, 1, 1), date(2027, 6, 1)), max_size=40)
some_times = st.builds(Times, *[st.integers(1, 365)] * 4)
reviews = st.builds(ReviewFacts, moments, moments, st.booleans(), st.booleans())
incidents = st.builds(
    IncidentFacts, moments, st.sampled_from(Severity), st.booleans(), st.booleans()
)
spans = st.timedeltas(timedelta(0), timedelta(days=500))


def everything(review: Any, incident: Any, limits: Times, clock: Clock) -> dict[Remind, int]:
    found = (
        *due_in_review(review, limits, clock),
        *due_for_question(review.opened_at, limits, clock),
        *due_in_incident(incident, clock),
    )
    return {due.remind: due.step for due in found}


@given(reviews, incidents, some_times, moments, spans, zones, quiet_days)
def test_what_was_due_stays_due_as_time_goes_on(
    review: Any, incident: Any, limits: Times, now: datetime, span: timedelta, zone: Any, quiet: Any
) -> None:
    before = everything(review, incident, limits, Clock(now, zone, quiet))
    after = everything(review, incident, limits, Clock(now + span, zone, quiet))

    assert all(after.get(remind, 0) >= step for remind, step in before.items())


@given(reviews, incidents, some_times, moments, zones, quiet_days)
def test_quiet_days_only_ever_delay(
    review: Any, incident: Any, limits: Times, now: datetime, zone: Any, quiet: Any
) -> None:
    loud = everything(review, incident, limits, Clock(now, zone))
    hushed = everything(review, incident, limits, Clock(now, zone, quiet))

    assert all(loud.get(remind, 0) >= step for remind, step in hushed.items())


@given(reviews, incidents, some_times, moments, zones, quiet_days)
def test_nothing_comes_of_time_but_reminders(
    review: Any, incident: Any, limits: Times, now: datetime, zone: Any, quiet: Any
) -> None:
    found = everything(review, incident, limits, Clock(now, zone, quiet))

    assert all(isinstance(remind, Remind) and step > 0 for remind, step in found.items())


def test_the_file_knows_no_state_and_no_verb_of_a_decision() -> None:
    """Written down by hand: a new kind of reminder has to be looked at here, too."""
    assert {remind.value for remind in Remind} == {
        "acknowledge",
        "completeness",
        "answer",
        "reply",
        "incident-seen",
        "incident-closed",
    }
    imported = {
        f"{item.module}.{name.name}"
        for item in ast.walk(ast.parse(inspect.getsource(times)))
        if isinstance(item, ast.ImportFrom)
        for name in item.names
    }
    assert {name for name in imported if name.startswith(("consent", "governance"))} == {
        "consent.rules.Severity"
    }
