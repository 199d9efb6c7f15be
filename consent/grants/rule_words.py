"""A decision rule as plain sentences, and as an example with this charter's own numbers.

English and pure: pages show the sentences as they are. Source: docs/grant-format.md,
"Decision rules".
"""

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType

from consent.grants.decision_rule import SIMPLE, BodyRule, DecisionRule
from consent.grants.seats import seats_of
from consent.grants.statements import Answer
from consent.grants.tally import Table, decide

Seated = tuple[str, str, Collection[str]]
"""One steward: id, name as shown, slugs of her bodies."""

_NO_WORDS: Mapping[str, str] = MappingProxyType({})


def rule_in_words(
    rule: DecisionRule,
    *,
    stewards: int,
    names: Mapping[str, str] = _NO_WORDS,
    bodies: Mapping[str, str] = _NO_WORDS,
    floor: int = 1,
) -> str:
    """Say who must sign yes.

    Args:
        stewards: how many the charter seats.
        names: of the stewards, by id; whoever is not in it appears by id.
        bodies: the community's own words for its bodies, by slug; likewise.
        floor: the least number of yes; see ``tally.floor_for``.
    """
    sentences = [_main(rule, stewards, names, bodies)]
    for veto in rule.vetoes:
        sentences.append(f"Nothing is decided without {_body(veto, bodies)}: {_its_rule(veto)}.")
    if floor > 1 and rule.kind != "threshold":
        sentences.append(f"Never fewer than {floor} must sign yes, however many step aside.")
    return " ".join(sentences)


def worked_example(
    rule: DecisionRule,
    *,
    stewards: Sequence[Seated],
    floor: int,
    words: Mapping[str, str] = _NO_WORDS,
) -> str:
    """Say how many must sign when one of these stewards has stepped aside.

    Args:
        floor: the least number of yes; see ``tally.floor_for``.
        words: the community's own words for its bodies, by slug.
    """
    many = _stewards(len(stewards))
    names = {steward: name for steward, name, _ in stewards}
    aside = _who_may_step_aside(rule, stewards, floor)
    table = _table(stewards, floor, aside)
    if aside is None:
        return (
            f"With {many}, {_who_signs(rule, table, names, words)}. "
            "When one steps aside, it goes to the full meeting."
        )
    return f"With {many} and 1 stepped aside, {_who_signs(rule, table, names, words)}."


def _main(
    rule: DecisionRule, stewards: int, names: Mapping[str, str], bodies: Mapping[str, str]
) -> str:
    if rule.kind == "threshold" and rule.m == stewards:
        return f"All {_stewards(stewards)} must sign yes." if stewards > 1 else _ONLY
    if rule.kind == "named-decider":
        return f"{names.get(str(rule.steward), rule.steward)} decides, and must sign yes."
    if rule.kind == "sequence":
        steps = [f"{_body(step, bodies)}: {_its_rule(step)}." for step in rule.steps]
        return " ".join(f"{w} {step}" for w, step in zip(_order(len(steps)), steps, strict=True))
    sentences = {
        "threshold": f"At least {rule.m} of the {_stewards(stewards)} must sign yes.",
        "consensus": "Every steward who has not stepped aside must sign yes.",
        "majority": f"More than half of the stewards {_LEFT} must sign yes.",
        "two-thirds": f"At least two thirds of the stewards {_LEFT} must sign yes.",
        "quorum-majority": f"At least {rule.quorum} percent of the stewards {_LEFT} must answer, "
        "and more than half must sign yes.",
    }
    return sentences[rule.kind]


_LEFT = "who have not stepped aside"
_ONLY = "The only steward must sign yes."


def _order(steps: int) -> list[str]:
    return ["First", *("Then" for _ in range(steps - 1))]


def _body(rule: BodyRule, bodies: Mapping[str, str]) -> str:
    return bodies.get(rule.body, rule.body)


def _its_rule(rule: BodyRule) -> str:
    its = f"its stewards {_LEFT} must sign yes"
    return {
        "threshold": f"at least {rule.m} of its stewards must sign yes",
        "consensus": f"all {its}",
        "majority": f"more than half of {its}",
        "two-thirds": f"at least two thirds of {its}",
    }[rule.kind]


def _who_may_step_aside(rule: DecisionRule, stewards: Sequence[Seated], floor: int) -> str | None:
    """Return somebody without whom a decision is possible; best one in no body that must sign."""
    named = {part.body for part in (*rule.steps, *rule.vetoes)}
    by_need = sorted(stewards, key=lambda seated: len(named & set(seated[2])))
    for steward, _, _ in by_need:
        if not decide(
            rule,
            stewards=[seated[0] for seated in stewards],
            floor=floor,
            answers={steward: frozenset({Answer.RECUSE})},
            bodies={seated[0]: frozenset(seated[2]) for seated in stewards},
        ).full_meeting:
            return steward
    return None


def _table(stewards: Sequence[Seated], floor: int, aside: str | None) -> Table:
    answers = {aside: frozenset({Answer.RECUSE})} if aside else {}
    seats = seats_of([steward for steward, _, _ in stewards], answers)
    bodies = {steward: frozenset(sits_in) for steward, _, sits_in in stewards}
    return Table(seats, bodies, max(floor, 1))


def _who_signs(
    rule: DecisionRule, table: Table, names: Mapping[str, str], words: Mapping[str, str]
) -> str:
    among = [(_needed(veto, table), f"of {_body(veto, words)}") for veto in rule.vetoes]
    if rule.kind == "sequence":
        return _steps_sign(rule, table, words, among)
    if rule.kind == "named-decider":
        among = [(1, names.get(str(rule.steward), str(rule.steward))), *among]
    total = max(_total(rule, table), *(number for number, _ in among), 1)
    more = "at least " if sum(number for number, _ in among) > total else ""
    parts = [f"{more}{total} must sign yes", *(f"{_one(n)} of them {who}" for n, who in among)]
    if rule.kind == "quorum-majority":
        answered = -(-(rule.quorum or 0) * len(table.seats.open) // 100)
        parts.append(f"and {answered} must have answered")
    return ", ".join(parts)


def _steps_sign(
    rule: DecisionRule, table: Table, words: Mapping[str, str], among: list[tuple[int, str]]
) -> str:
    steps = [(_needed(step, table), f"of {_body(step, words)}") for step in rule.steps]
    parts = [
        f"{word.lower()} {number} {who}"
        for word, (number, who) in zip(_order(len(steps)), steps, strict=True)
    ]
    parts += [f"and {number} {who}" for number, who in among]
    most = max(number for number, _ in steps + among)
    if table.floor > most:
        parts.append(f"and at least {table.floor} in all")
    return ", ".join(parts) + " must sign yes"


def _total(rule: DecisionRule, table: Table) -> int:
    kind = {"quorum-majority": "majority"}.get(rule.kind, rule.kind)
    needed = SIMPLE[kind](rule.m, len(table.seats.open)) if kind in SIMPLE else 1
    return max(needed, table.floor)


def _needed(rule: BodyRule, table: Table) -> int:
    return SIMPLE[rule.kind](rule.m, len(table.of(rule.body).open))


def _one(number: int) -> str:
    return "one" if number == 1 else str(number)


def _stewards(number: int) -> str:
    return f"{number} steward{'' if number == 1 else 's'}"
