"""Decision rules as a charter writes them: read closed, refused when they contradict it.

Source: docs/grant-format.md, "Decision rules".
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from consent.grants import fields
from consent.grants.errors import Malformed

MOST_BODIES = 20


@dataclass(frozen=True)
class BodyRule:
    """A simple rule for one body alone; ``m`` is a threshold's number, else None."""

    body: str
    kind: str
    m: int | None = None


@dataclass(frozen=True)
class DecisionRule:
    """One rule of a charter; of the fields, only those of its ``kind`` are filled.

    Attributes:
        m: how many yes a threshold needs.
        quorum: whole percent of the open seats that must have answered.
        steward: id of the steward who decides.
        steps: bodies in the order in which they are asked.
        vetoes: bodies whose own yes must be there too, whatever the kind.
    """

    kind: str
    m: int | None = None
    quorum: int | None = None
    steward: str | None = None
    steps: tuple[BodyRule, ...] = ()
    vetoes: tuple[BodyRule, ...] = ()


def _threshold(m: int | None, seats: int) -> int:
    if m is None or m < 1:
        raise Malformed("A threshold rule needs a number of at least 1.")
    return m


# Of that many open seats, how many must say yes. Never none: nobody left is nobody who agrees.
SIMPLE: dict[str, Callable[[int | None, int], int]] = {
    "threshold": _threshold,
    "consensus": lambda _, seats: max(seats, 1),
    "majority": lambda _, seats: seats // 2 + 1,
    "two-thirds": lambda _, seats: max(-(-2 * seats // 3), 1),
}

# The fields that stand beside "rule" in a charter. "vetoes" may stand beside each.
RULE_FIELDS: dict[str, str] = {
    "threshold": "m",
    "consensus": "",
    "majority": "",
    "two-thirds": "",
    "quorum-majority": "quorum",
    "named-decider": "steward",
    "sequence": "steps",
}


def parse_rule(
    value: object, where: str, *, stewards: Mapping[str, Collection[str]]
) -> DecisionRule:
    """Read one rule of a charter.

    Args:
        where: the field's name, for the sentence that a user sees.
        stewards: the charter's steward ids, each with the bodies she sits in.
    Raises:
        Malformed: an unknown rule or field, or one that this charter could never follow.
    """
    kind = value.get("rule") if isinstance(value, dict) else None
    if not isinstance(value, dict) or not isinstance(kind, str) or kind not in RULE_FIELDS:
        fields.refuse(where, "a known decision rule")
    vetoes = " vetoes" if "vetoes" in value else ""
    rule = fields.fields(value, f"rule {RULE_FIELDS[kind]}{vetoes}", where)
    return DecisionRule(
        kind,
        **_own_fields(rule, where, stewards),
        vetoes=_body_rules(rule["vetoes"], f"{where}.vetoes", stewards) if vetoes else (),
    )


def _own_fields(
    rule: dict[str, Any], where: str, stewards: Mapping[str, Collection[str]]
) -> dict[str, Any]:
    if "m" in rule:
        return {"m": fields.integer(rule["m"], f"{where}.m", 1, len(stewards))}
    if "quorum" in rule:
        return {"quorum": fields.integer(rule["quorum"], f"{where}.quorum", 1, 100)}
    if "steward" in rule:
        steward = fields.slug(rule["steward"], f"{where}.steward")
        if steward not in stewards:
            raise Malformed(f"The field {where}.steward names {steward}, who is no steward here.")
        return {"steward": steward}
    if "steps" in rule:
        return {"steps": _body_rules(rule["steps"], f"{where}.steps", stewards)}
    return {}


def _body_rules(
    value: object, where: str, stewards: Mapping[str, Collection[str]]
) -> tuple[BodyRule, ...]:
    rules = fields.each(value, _body_rule, where, 1, MOST_BODIES)
    for rule in rules:
        seats = sum(rule.body in bodies for bodies in stewards.values())
        if not seats:
            raise Malformed(f"The field {where} names {rule.body}, in which no steward sits.")
        if rule.m is not None and rule.m > seats:
            raise Malformed(
                f"The field {where} asks for {rule.m} of {rule.body}, where {seats} sit."
            )
    # Twice the same body could be two rules for it, of which a reader sees one.
    fields.distinct(tuple(rule.body for rule in rules), where)
    return rules


def _body_rule(value: object, where: str) -> BodyRule:
    kind = value.get("rule") if isinstance(value, dict) else None
    if not isinstance(kind, str) or kind not in SIMPLE:
        fields.refuse(f"{where}.rule", f"one of {', '.join(SIMPLE)}")
    rule = fields.fields(value, f"body rule {RULE_FIELDS[kind]}", where)
    m = fields.integer(rule["m"], f"{where}.m", 1, 100) if "m" in rule else None
    return BodyRule(fields.slug(rule["body"], f"{where}.body"), kind, m)
