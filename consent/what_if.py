"""What a protocol would have said to past requests, beside what the one in force says. Pure.

It informs those who write protocols. Nothing that was decided is touched by it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from consent.agreement import Rulebook, rulebook_of
from consent.grants.codec import canonical
from consent.precheck import Check, Verdict, overall, precheck


@dataclass(frozen=True)
class Change:
    """One rule and one request: ``before`` or ``after`` is None where a text lacks the rule."""

    code: str
    rule: str
    before: Verdict | None
    after: Verdict | None
    sentence: str


@dataclass(frozen=True)
class Difference:
    """One request under two texts. ``before`` is None when there is no earlier text."""

    before: Verdict | None
    after: Verdict
    changes: tuple[Change, ...]

    @property
    def changed(self) -> bool:
        return bool(self.changes)


@dataclass(frozen=True)
class Move:
    """How often one rule's verdict would go from one word to another."""

    code: str
    before: Verdict | None
    after: Verdict | None
    times: int


def rulebook_of_draft(document: Mapping[str, Any], *, line: str) -> Rulebook:
    """Return a draft's parts as a rulebook. It has no number and no digest that count."""
    return rulebook_of(canonical({"number": 1, "line": line, **document}))


def compare(
    document: Mapping[str, Any],
    *,
    before: Rulebook | None,
    after: Rulebook,
    communities: int,
) -> Difference:
    """Hold one request against two texts and return what would be said otherwise.

    Args:
        document: the request's revision document.
        communities: how many communities were asked together.
    """
    old = _checks(document, before, communities) if before else {}
    new = _checks(document, after, communities)
    changes = [
        _change(code, old.get(code), new.get(code))
        for code in dict.fromkeys([*new, *old])
        if not before or _verdict(old.get(code)) != _verdict(new.get(code))
    ]
    return Difference(
        before=overall(old.values()) if before else None,
        after=overall(new.values()),
        changes=tuple(changes),
    )


def moves_in(differences: Iterable[Difference]) -> list[Move]:
    """Count, rule by rule, from which word to which; what happens most comes first."""
    counted = Counter(
        (change.code, change.before, change.after)
        for difference in differences
        for change in difference.changes
    )
    ordered = sorted(counted.items(), key=lambda item: (-item[1], item[0][0], str(item[0][1:])))
    return [Move(code, before, after, times) for (code, before, after), times in ordered]


def _checks(document: Mapping[str, Any], protocol: Rulebook, communities: int) -> dict[str, Check]:
    found = precheck(
        document, protocol=protocol, communities=communities, server=settings.KINHOLD_PLACES
    )
    return {check.code: check for check in found}


def _change(code: str, old: Check | None, new: Check | None) -> Change:
    told = new or old
    assert told is not None  # noqa: S101  a code comes from one of the two
    return Change(code, told.rule, _verdict(old), _verdict(new), new.sentence if new else "")


def _verdict(check: Check | None) -> Verdict | None:
    return check.verdict if check else None
