"""Decision rules: from the stewards' answers to met or not met. Tables and pure functions.

Every rule asks for positive signatures, so a ballot that somebody withholds can delay a
decision and never make one. Source: docs/grant-format.md, "Decision rules".
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from consent.grants.decision_rule import (
    RULE_FIELDS,
    SIMPLE,
    BodyRule,
    DecisionRule,
    parse_rule,
)
from consent.grants.errors import Malformed
from consent.grants.outcome import Lack, Outcome
from consent.grants.seats import Seats, seats_of
from consent.grants.statements import Answer

__all__ = [
    "RULES",
    "RULE_FIELDS",
    "BodyRule",
    "DecisionRule",
    "Lack",
    "Outcome",
    "can_be_decided",
    "carried_answers",
    "decide",
    "floor_for",
    "parse_rule",
]

_NO_BODIES: Mapping[str, frozenset[str]] = MappingProxyType({})
_FULL_MEETING = "This goes to the full meeting: adopt a charter that seats more people."


@dataclass(frozen=True)
class Table:
    """What a rule looks at: the seats, by body, and the least number of yes."""

    seats: Seats
    bodies: Mapping[str, frozenset[str]]
    floor: int

    def of(self, body: str) -> Seats:
        return self.seats.of([s for s, sits_in in self.bodies.items() if body in sits_in])


@dataclass(frozen=True)
class Gap:
    """What one part of a rule lacks, and whose yes would help."""

    sentence: str
    asked: frozenset[str]
    lacks: tuple[Lack, ...] = ()


Verdict = Callable[[DecisionRule, Table], Gap | None]


def _simple(rule: DecisionRule, table: Table) -> Gap | None:
    return _lacking(rule.kind, rule.m, table.seats, "")


def _quorum_majority(rule: DecisionRule, table: Table) -> Gap | None:
    seats = table.seats
    gap = _lacking("majority", None, seats, "")
    # Rounded up: 60 percent of 4 seats are 3 answers.
    needed = -(-_quorum(rule) * len(seats.open) // 100)
    if len(seats.spoke) >= needed:
        return gap
    quorum = (
        f"{needed} of the {_stewards(len(seats.open))} who did not step aside must have "
        f"answered; {len(seats.spoke)} did so far."
    )
    lack = Lack(needed - len(seats.spoke), "answer")
    if gap is None:
        return Gap(quorum, seats.asked, (lack,))
    return Gap(f"{gap.sentence} {quorum}", seats.asked, (*gap.lacks, lack))


def _named_decider(rule: DecisionRule, table: Table) -> Gap | None:
    decider = table.seats.of([_decider(rule)])
    if decider.yes:
        return None
    others = len(table.seats.yes)
    asked = decider.asked | (table.seats.asked if others < table.floor - 1 else frozenset())
    sentence = "The steward whom the charter names for this must sign yes."
    return Gap(sentence, asked, (Lack(1, "decider"),))


def _sequence(rule: DecisionRule, table: Table) -> Gap | None:
    if not rule.steps:
        raise Malformed("A sequence needs at least one body.")
    # Signatures carry no time that could be trusted: that each body said yes can be shown
    # anywhere, in which order only where they sign. So the first that lacks is asked first.
    return next(filter(None, (_body_lacking(step, table) for step in rule.steps)), None)


RULES: dict[str, Verdict] = {
    "threshold": _simple,
    "consensus": _simple,
    "majority": _simple,
    "two-thirds": _simple,
    "quorum-majority": _quorum_majority,
    "named-decider": _named_decider,
    "sequence": _sequence,
}


def decide(
    rule: DecisionRule,
    *,
    stewards: Collection[str],
    floor: int,
    answers: Mapping[str, frozenset[Answer]],
    bodies: Mapping[str, frozenset[str]] = _NO_BODIES,
) -> Outcome:
    """Say whether the answers meet the rule.

    Args:
        stewards: ids of all stewards of the charter; answers of anyone else count nothing.
        floor: least number of yes that any decision may rest on; see ``floor_for``.
        answers: every answer each steward signed. Whoever signed two different ones has not
            said yes, because nobody but she can say which was the last.
        bodies: the bodies each steward sits in, by steward id.
    Raises:
        Malformed: the rule is not in ``RULES`` or lacks its number, steward or steps.
    """
    verdict = RULES.get(rule.kind)
    if verdict is None:
        raise Malformed("The decision rule is not a known one.")
    table = Table(seats_of(stewards, answers), bodies, max(floor, 1))
    gaps = [verdict(rule, table), *(_body_lacking(veto, table) for veto in rule.vetoes)]
    lacking = [gap for gap in gaps if gap] or [gap for gap in [_floor_lacking(table)] if gap]
    stuck = _stuck(rule, table)
    seats = table.seats
    return Outcome(
        met=not lacking,
        missing=f"{stuck} {_FULL_MEETING}" if stuck else " ".join(g.sentence for g in lacking),
        yes=seats.yes,
        recused=seats.recused,
        against=seats.against,
        full_meeting=bool(stuck),
        awaited=frozenset().union(*(gap.asked for gap in lacking if not stuck)),
        lacks=() if stuck else tuple(lack for gap in lacking for lack in gap.lacks),
    )


def floor_for(statement_type: str, floor: int) -> int:
    """Return the least number of yes for this type of statement under a charter's ``floor``.

    A pause only stops, so one steward may be enough for it. All else, a revocation included
    because it is final, needs the floor.
    """
    return 1 if statement_type == "pause" else floor


def carried_answers(rule: DecisionRule) -> frozenset[Answer]:
    """Return the answers that a node must be given to see that the rule is met.

    A no stops by being absent from the yeses, so most rules need none of the other answers, and
    they stay with the community. A quorum counts who answered at all.
    """
    if rule.kind == "quorum-majority":
        return frozenset(Answer)
    return frozenset({Answer.YES, Answer.RECUSE})


def can_be_decided(
    rules: Mapping[str, DecisionRule],
    *,
    stewards: Collection[str],
    bodies: Mapping[str, frozenset[str]],
    floor: int,
    seated: Collection[str] | None = None,
) -> list[str]:
    """Name the types of statement that these stewards, all saying yes, could not decide.

    Args:
        rules: by type of statement, as a charter holds them.
        stewards: ids of those who would sign.
        seated: ids of all whom the charter seats; the same people when not given. A seat whose
            holder left stays open until a new charter is adopted.
    """
    answers = {steward: frozenset({Answer.YES}) for steward in stewards}
    return sorted(
        name
        for name, rule in rules.items()
        if not decide(
            rule,
            stewards=stewards if seated is None else seated,
            floor=floor_for(name, floor),
            answers=answers,
            bodies=bodies,
        ).met
    )


def _body_lacking(rule: BodyRule, table: Table) -> Gap | None:
    return _lacking(rule.kind, rule.m, table.of(rule.body), rule.body)


def _lacking(kind: str, m: int | None, seats: Seats, body: str) -> Gap | None:
    """Return what these seats lack under a simple rule; ``body`` is theirs, or ""."""
    needed, signed = _needed(kind, m, seats), len(seats.yes)
    if signed >= needed:
        return None
    of = f" of {body}" if body else ""
    everyone, left = _stewards(len(seats.everyone), of), _stewards(len(seats.open), of)
    sentences = {
        "threshold": f"{needed} of {everyone} must sign yes; {signed} signed so far.",
        "consensus": f"Every steward{of} who has not stepped aside must sign yes; "
        f"{len(seats.open) - signed} of {len(seats.everyone)} did not.",
        "majority": f"{needed} of the {left} who did not step aside must sign yes, more than "
        f"half; {signed} signed so far.",
        "two-thirds": f"{needed} of the {left} who did not step aside must sign yes, two "
        f"thirds; {signed} signed so far.",
    }
    return Gap(sentences[kind], seats.asked, (Lack(needed - signed, body=body),))


def _floor_lacking(table: Table) -> Gap | None:
    signed = len(table.seats.yes)
    if signed >= table.floor:
        return None
    sentence = f"At least {_stewards(table.floor)} must sign yes; {signed} signed so far."
    return Gap(sentence, table.seats.asked, (Lack(table.floor - signed),))


def _stuck(rule: DecisionRule, table: Table) -> str:
    """Say why even a yes of everyone left could not meet the rule; empty when it could."""
    seats = table.seats
    if len(seats.open) < table.floor:
        return _too_few(table.floor, seats, "")
    if rule.kind == "named-decider" and _decider(rule) not in seats.open:
        return "The steward whom the charter names for this has stepped aside."
    parts = [(rule.kind, rule.m, seats, "")] if rule.kind in SIMPLE else []
    for part in (*rule.steps, *rule.vetoes):
        parts.append((part.kind, part.m, table.of(part.body), f" of {part.body}"))
    for kind, m, those, of in parts:
        if (needed := _needed(kind, m, those)) > len(those.open):
            return _too_few(needed, those, of)
    return ""


def _too_few(needed: int, seats: Seats, of: str) -> str:
    left = f"only {len(seats.open)} of {len(seats.everyone)}" if seats.open else "none"
    return f"At least {_stewards(needed, of)} must sign yes, but {left} can."


def _needed(kind: str, m: int | None, seats: Seats) -> int:
    if kind not in SIMPLE:
        raise Malformed("A body decides by a simple rule only.")
    return SIMPLE[kind](m, len(seats.open))


def _quorum(rule: DecisionRule) -> int:
    if rule.quorum is None or not 1 <= rule.quorum <= 100:
        raise Malformed("A quorum is a whole number of percent from 1 to 100.")
    return rule.quorum


def _decider(rule: DecisionRule) -> str:
    if not rule.steward:
        raise Malformed("A rule with a named decider names a steward.")
    return rule.steward


def _stewards(number: int, of: str = "") -> str:
    return f"{number} steward{'' if number == 1 else 's'}{of}"
