"""What is due by the clock in a review: a pure function of what is known, the time and quiet days.

A timer can do one thing: remind somebody. ``Remind`` is all there is, so that no passing of time
can become a yes, a no, or the end of anything (R-15). Quiet days count for no timer (R-24).

Days begin where people live: callers give the time zone. A day of 23 or 25 hours is one day.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from consent.rules import Severity

LEAST, MOST = 1, 365
"""Days that a community may set for one of its timers."""

_DAY = timedelta(days=1)
_SATURDAY = 5

# How soon somebody of a community looks at an incident, and how soon it is done with.
ANSWER_WITHIN: dict[Severity, timedelta] = {
    Severity.GRAVE: timedelta(hours=24),
    Severity.SERIOUS: timedelta(hours=72),
    Severity.LOW: timedelta(days=10),
}
CLOSE_WITHIN = timedelta(days=30)


class Remind(StrEnum):
    """All that a timer can bring about: each is a sentence to somebody, and nothing more."""

    ACKNOWLEDGE = "acknowledge"  # nobody told the researchers that somebody looks at it
    COMPLETENESS = "completeness"  # nobody looked whether all is there
    ANSWER = "answer"  # a steward has not answered
    REPLY = "reply"  # a researcher has not answered a question
    INCIDENT_SEEN = "incident-seen"  # nobody of the community looked at an incident
    INCIDENT_CLOSED = "incident-closed"  # an incident is not done with


@dataclass(frozen=True)
class Times:
    """How long a community gives itself and others; the defaults are those of DOMAIN.md, 5.2.

    Attributes:
        acknowledge, completeness: working days, Monday to Friday.
        first_reminder, reply: days.
    """

    acknowledge: int = 10
    completeness: int = 10
    first_reminder: int = 60
    reply: int = 30

    def __post_init__(self) -> None:
        for name, days in vars(self).items():
            if not LEAST <= days <= MOST:
                raise ValueError(f"{name} must be {LEAST} to {MOST} days, got {days}")


DEFAULTS = Times()


@dataclass(frozen=True)
class Due:
    """One reminder. ``step`` tells it from the ones before: each step is given once."""

    remind: Remind
    step: int


@dataclass(frozen=True)
class Clock:
    """The time, where its days begin, and which of them are quiet."""

    now: datetime
    zone: tzinfo
    quiet: Collection[date] = frozenset()

    def day(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()

    @property
    def today(self) -> date:
        return self.day(self.now)


@dataclass(frozen=True)
class ReviewFacts:
    """An open review. ``text_opened_at`` is when the text was put that stewards answer now."""

    opened_at: datetime
    text_opened_at: datetime
    acknowledged: bool
    checked: bool


@dataclass(frozen=True)
class IncidentFacts:
    """An incident as it stands with one community."""

    reported_at: datetime
    severity: Severity
    seen: bool
    closed: bool


def days_passed(since: datetime, clock: Clock, *, working: bool = False) -> int:
    """Count the days after the one of ``since``, up to and with today, that are not quiet.

    Args:
        working: count Mondays to Fridays only.
    """
    day, counted = clock.day(since), 0
    while day < clock.today:
        day += _DAY
        counted += day not in clock.quiet and not (working and day.weekday() >= _SATURDAY)
    return counted


def time_passed(since: datetime, clock: Clock) -> timedelta:
    """Return how long a timer of hours ran: it stands still on quiet days."""
    ran = max(clock.now - since, timedelta(0))
    day = clock.day(since)
    while day <= clock.today:
        if day in clock.quiet:
            begins = max(_midnight(day, clock.zone), since)
            ran -= max(min(_midnight(day + _DAY, clock.zone), clock.now) - begins, timedelta(0))
        day += _DAY
    return ran


def ladder(first: int, passed: int) -> int:
    """Return the newest step that so many days have reached: first, twice it, four times it, ...

    0 before the first. So reminders come less and less often, and never end.

    Raises:
        ValueError: ``first`` is below 1.
    """
    if first < 1:
        raise ValueError(f"the first step must be 1 or more, got {first}")
    step = 0
    following = first
    while following <= passed:
        step, following = following, following * 2
    return step


def due_in_review(facts: ReviewFacts, times: Times, clock: Clock) -> tuple[Due, ...]:
    """Return what to remind the community of in an open review; the newest step of each."""
    worked = days_passed(facts.opened_at, clock, working=True)
    talked = days_passed(facts.text_opened_at, clock)
    return _reached(
        (Remind.ACKNOWLEDGE, 0 if facts.acknowledged else ladder(times.acknowledge, worked)),
        (Remind.COMPLETENESS, 0 if facts.checked else ladder(times.completeness, worked)),
        (Remind.ANSWER, ladder(times.first_reminder, talked)),
    )


def due_for_question(asked_at: datetime, times: Times, clock: Clock) -> tuple[Due, ...]:
    """Return what to remind researchers of who have not answered a community's question."""
    return _reached((Remind.REPLY, ladder(times.reply, days_passed(asked_at, clock))))


def due_in_incident(facts: IncidentFacts, clock: Clock) -> tuple[Due, ...]:
    """Return what to remind a community of in an incident that it is not done with.

    A step counts days: from the first, when the time is over, it is followed by twice as many.
    """
    if facts.closed:
        return ()
    ran = time_passed(facts.reported_at, clock)
    unseen = ran - ANSWER_WITHIN[facts.severity]
    unclosed = ran - CLOSE_WITHIN
    week = 7
    return _reached(
        (Remind.INCIDENT_SEEN, 0 if facts.seen else ladder(1, unseen.days + 1)),
        (Remind.INCIDENT_CLOSED, ladder(week, unclosed.days + week)),
    )


def _reached(*steps: tuple[Remind, int]) -> tuple[Due, ...]:
    return tuple(Due(remind, step) for remind, step in steps if step)


def _midnight(day: date, zone: tzinfo) -> datetime:
    """The moment at which a day begins; where midnight is left out, an hour later."""
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)
