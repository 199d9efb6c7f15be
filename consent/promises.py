"""What a yes obliges the researcher to, with days, and how each promise stands. Pure.

Times come in the zone in which the community counts its days (settings ``TIME_ZONE``); only their
day is used. Nothing here makes a promise done: only a steward does.
Source: docs/adr/0023-promises-and-publications.md.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from consent.agreement import Rulebook, months_later
from consent.rules import ObligationKind as Kind

MAX_TEXT = 1000  # characters of one promise
AFTER_END_DAYS = 30  # for what is owed once the agreement is over
RESULTS_DAYS = 60  # after the end, where nobody says otherwise
READING_DAYS = 60  # that a community has for a paper, where its protocol says nothing
FIRST_DAYS = 30  # for what should be shown once the yes is there
SOON_DAYS = 30  # before its day a promise is shown as due soon
REMINDED_AFTER = (0, 7, 30)  # days after the day; later every 30 days

# Owed when the agreement ends, whenever that is.
AT_THE_END = frozenset({Kind.CLOSE_OUT, Kind.DESTRUCTION})
# Owed anew for each agreement: what was done under the one before does not count for the next.
EACH_TIME = AT_THE_END | {Kind.RESULTS}


class Standing(StrEnum):
    """How a promise stands on a day."""

    PROMISED = "promised"
    SOON = "due soon"
    DUE = "due"  # today is its day
    LATE = "late"
    REPORTED = "reported"  # the researcher says it is done; no steward has said so yet
    DONE = "done"
    LET_OFF = "let off"


SETTLED = frozenset({Standing.DONE, Standing.LET_OFF})


@dataclass(frozen=True)
class Promise:
    """One promise. ``source`` is ``request``, ``platform`` or ``clause:CODE``."""

    kind: Kind
    text: str
    due_on: date
    source: str

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes it the same promise in a changed agreement."""
        return (self.kind.value, self.source, self.text)


@dataclass(frozen=True)
class Window:
    """The days between which an agreement holds."""

    first: date
    last: date

    def after_end(self, days: int) -> date:
        return self.last + timedelta(days=days)


@dataclass(frozen=True)
class Facts:
    """What is known of a promise: its day, and whether each of the three things happened."""

    due_on: date
    reported: bool = False
    done: bool = False
    let_off: bool = False


def standing(facts: Facts, today: date) -> Standing:
    """Say how a promise stands. A day is late from the next day on; no day makes it done."""
    if facts.done:
        return Standing.DONE
    if facts.let_off:
        return Standing.LET_OFF
    if facts.reported:
        return Standing.REPORTED
    if today > facts.due_on:
        return Standing.LATE
    if today == facts.due_on:
        return Standing.DUE
    if today >= facts.due_on - timedelta(days=SOON_DAYS):
        return Standing.SOON
    return Standing.PROMISED


def reminder_due(due_on: date, today: date) -> int | None:
    """Return which reminder is the newest one due: 0 on the day, 1 and 2 later, then each month.

    None before the day. Whoever was told of the newest needs none of the earlier ones.
    """
    over = (today - due_on).days
    if over < 0:
        return None
    if over >= REMINDED_AFTER[-1]:
        return len(REMINDED_AFTER) - 2 + over // 30
    return sum(over >= days for days in REMINDED_AFTER) - 1


def promises_of(
    document: Mapping[str, Any],
    protocols: Sequence[Rulebook],
    not_before: datetime,
    not_after: datetime,
) -> list[Promise]:
    """Return all that follows from a yes, by day.

    Args:
        document: the revision's document; older ones lack the lists with months.
        protocols: those that the agreement names; each tracked clause of them makes a promise.
    """
    window = Window(not_before.date(), not_after.date())
    clauses = [
        promise
        for protocol in protocols
        for clause in protocol.clauses
        if clause.get("enforcement") == "tracked"
        for promise in [_of_clause(clause, document, window)]
    ]
    asked = _asked(document, not_before, window, clauses)
    made = [*asked, *clauses, *_of_platform(not_before, not_after)]
    if not any(promise.kind is Kind.RESULTS for promise in made):
        text = "Results come back to us first, in plain words, before anybody else sees them."
        made.append(Promise(Kind.RESULTS, text, window.after_end(RESULTS_DAYS), "platform"))
    return sorted(_once(made), key=lambda promise: (promise.due_on, promise.key))


def reading_days(protocols: Sequence[Rulebook]) -> int:
    """Return how many days a community has to read what is to be published: the longest named."""
    named = [_number(clause, "days") for clause in _held(protocols, "PUB_REVIEW")]
    return max((days for days in named if days), default=READING_DAYS)


def nothing_before(protocols: Sequence[Rulebook]) -> date | None:
    """Return the first day on which the protocols let something be published, if they name one."""
    days = [_date(clause, "date") for clause in _held(protocols, "PUB_MORATORIUM")]
    return max((day for day in days if day), default=None)


@dataclass(frozen=True)
class Naming:
    """Whether and how a community wishes to be named. ``said``: whether its protocol says so."""

    named: bool
    wording: str
    said: bool


def naming(protocols: Sequence[Rulebook]) -> Naming:
    """Return the wish about the name: one protocol that says *do not* is enough."""
    held = [dict(clause.get("params", {})) for clause in _held(protocols, "ATTR")]
    if any(params.get("naming") == "hidden" for params in held):
        return Naming(named=False, wording="", said=True)
    wordings = dict.fromkeys(text for params in held if (text := params.get("wording", "")))
    return Naming(named=True, wording=" ".join(wordings), said=bool(held))


def _asked(
    document: Mapping[str, Any], at: datetime, window: Window, clauses: Sequence[Promise]
) -> list[Promise]:
    """What the researchers promised by themselves."""
    found = [
        Promise(
            Kind.BENEFIT,
            _said(row.get("text", ""), row.get("checked_by", "")),
            _months(at, row.get("due_months")),
            "request",
        )
        for row in document.get("benefits_list") or []
    ]
    if not found and (text := document.get("benefits")):
        found = [Promise(Kind.BENEFIT, _cut(text), window.last, "request")]
    results = document.get("results_return") or {}
    if results.get("how"):
        day = _months(at, results.get("due_months"))
        found.append(Promise(Kind.RESULTS, _cut(results["how"]), day, "request"))
    wiped = document.get("destruction")
    if wiped and not any(promise.kind is Kind.DESTRUCTION for promise in clauses):
        day = window.after_end(AFTER_END_DAYS)
        found.append(Promise(Kind.DESTRUCTION, _cut(wiped), day, "request"))
    return found


def _of_platform(not_before: datetime, not_after: datetime) -> list[Promise]:
    """A report each year, and one at the end."""
    years: list[Promise] = []
    while (day := months_later(not_before, 12 * (len(years) + 1))) < not_after:
        text = f"Progress report {len(years) + 1}: what was done, and what comes next."
        years.append(Promise(Kind.PROGRESS, text, day.date(), "platform"))
    end = not_after.date() + timedelta(days=AFTER_END_DAYS)
    text = "A report at the end: what was done, what was destroyed, what is kept and why."
    return [*years, Promise(Kind.CLOSE_OUT, text, end, "platform")]


Rule = Callable[[Mapping[str, Any], Mapping[str, Any], Window], tuple[Kind, date]]


def _of_clause(clause: Mapping[str, Any], document: Mapping[str, Any], window: Window) -> Promise:
    """A tracked clause as a promise; one that no rule below knows is owed at the end."""
    rule = CLAUSES.get(clause["code"], _other)
    kind, day = rule(clause, document, window)
    text = clause.get("text", clause["code"])
    if clause["code"] == "DESTROY" and document.get("destruction"):
        text = f"{text} Their plan: {document['destruction']}"
    # A day that had passed before the yes could not be kept by anybody.
    return Promise(kind, _cut(text), max(day, window.first), f"clause:{clause['code']}")


def _other(
    clause: Mapping[str, Any], document: Mapping[str, Any], window: Window
) -> tuple[Kind, date]:
    return Kind.OTHER, window.after_end(AFTER_END_DAYS)


# How each tracked clause of the library becomes a promise, and when it is owed.
CLAUSES: dict[str, Rule] = {
    "ETHICS_DOC": lambda c, d, w: (Kind.OTHER, w.first + timedelta(days=FIRST_DAYS)),
    "RETURN_RESULTS": lambda c, d, w: (
        Kind.RESULTS,
        w.after_end(_number(c, "days") or RESULTS_DAYS),
    ),
    "MODEL_COPY": lambda c, d, w: (Kind.OTHER, w.after_end(RESULTS_DAYS)),
    "PUB_REVIEW": lambda c, d, w: (Kind.PUBLICATION, w.after_end(AFTER_END_DAYS)),
    "PUB_MORATORIUM": lambda c, d, w: (Kind.PUBLICATION, _date(c, "date") or w.last),
    "BIAS_REPORT": _other,
    "BENEFIT": lambda c, d, w: (Kind.BENEFIT, _date(c, "date") or w.last),
    "DESTROY": lambda c, d, w: (Kind.DESTRUCTION, w.after_end(AFTER_END_DAYS)),
}


def _held(protocols: Sequence[Rulebook], code: str) -> list[Mapping[str, Any]]:
    return [
        clause for protocol in protocols for clause in protocol.clauses if clause["code"] == code
    ]


def _once(promises: Sequence[Promise]) -> list[Promise]:
    """Two protocols that ask for the same make one promise, on the earlier day."""
    kept: dict[tuple[str, str, str], Promise] = {}
    for promise in promises:
        other = kept.get(promise.key)
        day = min(promise.due_on, other.due_on) if other else promise.due_on
        kept[promise.key] = replace(promise, due_on=day)
    return list(kept.values())


def _months(at: datetime, months: object) -> date:
    return months_later(at, months if isinstance(months, int) else 12).date()


def _number(clause: Mapping[str, Any], name: str) -> int:
    value = str(clause.get("params", {}).get(name, ""))
    return int(value) if value.isdigit() else 0


def _date(clause: Mapping[str, Any], name: str) -> date | None:
    try:
        return date.fromisoformat(str(clause.get("params", {}).get(name, "")))
    except ValueError:
        return None


def _said(text: str, checked_by: str) -> str:
    return _cut(f"{text} Checked by: {checked_by}." if checked_by else text)


def _cut(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= MAX_TEXT else f"{text[: MAX_TEXT - 1]}…"
