"""Decision rules: from the stewards' answers to met or not met. Tables and pure functions.

Every rule asks for positive signatures, so a ballot that somebody withholds can delay a
decision and never make one. Source: docs/grant-format.md, "Decision rules".
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from consent.grants import fields
from consent.grants.errors import Malformed
from consent.grants.statements import Answer


@dataclass(frozen=True)
class DecisionRule:
    """A row of ``RULES`` with its number: ``m`` for a threshold, None for consensus."""

    kind: str
    m: int | None = None


@dataclass(frozen=True)
class Outcome:
    """What the ballots add up to.

    ``missing`` is a plain sentence, empty when met. The sets hold steward ids: ``yes`` signed
    yes and nothing else, ``recused`` stepped aside and nothing else, ``against`` signed a no.
    """

    met: bool
    missing: str
    yes: frozenset[str]
    recused: frozenset[str]
    against: frozenset[str]


@dataclass(frozen=True)
class Seats:
    """The answers, sorted; what a rule looks at."""

    stewards: frozenset[str]
    floor: int
    yes: frozenset[str]
    recused: frozenset[str]


Verdict = Callable[[DecisionRule, Seats], str]


def _threshold(rule: DecisionRule, seats: Seats) -> str:
    needed = rule.m or 0
    if needed < 1:
        raise Malformed("A threshold rule needs a number of at least 1.")
    if len(seats.yes) >= needed:
        return ""
    return (
        f"{needed} of {len(seats.stewards)} stewards must sign yes; {len(seats.yes)} signed so far."
    )


def _consensus(rule: DecisionRule, seats: Seats) -> str:
    open_seats = seats.stewards - seats.recused - seats.yes
    if open_seats:
        return (
            "Every steward who has not stepped aside must sign yes; "
            f"{len(open_seats)} of {len(seats.stewards)} did not."
        )
    # Recusals shrink "everyone", but never below the floor: else all could step aside but one.
    needed = max(seats.floor, 1)
    if len(seats.yes) < needed:
        return f"At least {needed} stewards must sign yes after recusals; {len(seats.yes)} did."
    return ""


RULES: dict[str, Verdict] = {
    "threshold": _threshold,
    "consensus": _consensus,
}

# The fields that stand beside "rule" in a charter, for each row of RULES.
RULE_FIELDS: dict[str, str] = {
    "threshold": "m",
    "consensus": "",
}


def parse_rule(value: object, where: str, *, stewards: int) -> DecisionRule:
    """Read one rule of a charter of that many stewards, or raise Malformed."""
    kind = value.get("rule") if isinstance(value, dict) else None
    if not isinstance(kind, str) or kind not in RULES:
        fields.refuse(where, "a known decision rule")
    rule = fields.fields(value, f"rule {RULE_FIELDS[kind]}", where)
    if "m" not in rule:
        return DecisionRule(kind)
    return DecisionRule(kind, fields.integer(rule["m"], f"{where}.m", 1, stewards))


def decide(
    rule: DecisionRule,
    *,
    stewards: Collection[str],
    floor: int,
    answers: Mapping[str, frozenset[Answer]],
) -> Outcome:
    """Say whether the answers meet the rule.

    Args:
        stewards: ids of all stewards of the charter; answers of anyone else count nothing.
        floor: least number of yes that consensus may rest on after recusals.
        answers: every answer each steward signed. Whoever signed two different ones has not
            said yes, because nobody but she can say which was the last.
    Raises:
        Malformed: the rule is not in ``RULES`` or lacks its number.
    """
    verdict = RULES.get(rule.kind)
    if verdict is None:
        raise Malformed("The decision rule is not a known one.")
    seats = Seats(
        stewards=frozenset(stewards),
        floor=floor,
        yes=_only(Answer.YES, stewards, answers),
        recused=_only(Answer.RECUSE, stewards, answers),
    )
    missing = verdict(rule, seats)
    against = frozenset(s for s in seats.stewards if Answer.NO in answers.get(s, frozenset()))
    return Outcome(not missing, missing, seats.yes, seats.recused, against)


def _only(
    answer: Answer, stewards: Collection[str], answers: Mapping[str, frozenset[Answer]]
) -> frozenset[str]:
    return frozenset(s for s in stewards if answers.get(s) == frozenset({answer}))
