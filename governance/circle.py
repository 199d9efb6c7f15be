"""Who decides together: the stewards, their bodies, and the community's own words for those. Pure.

A charter names bodies by their short names; on a page they have the names that people use.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from consent.grants.charter import Charter
from consent.grants.decision import DecisionRule
from consent.grants.rule_words import Seated, rule_in_words, worked_example
from consent.grants.tally import floor_for

Words = Mapping[str, str]
NO_WORDS: Words = MappingProxyType({})


@dataclass(frozen=True)
class Circle:
    """``seats`` are the stewards as (id, shown name, bodies); ``words`` names bodies by slug."""

    seats: tuple[Seated, ...]
    words: Words = field(default_factory=lambda: NO_WORDS)

    @property
    def names(self) -> dict[str, str]:
        return {steward: name for steward, name, _ in self.seats}

    @property
    def bodies(self) -> dict[str, frozenset[str]]:
        """The bodies of each steward, by her id."""
        return {steward: frozenset(bodies) for steward, _, bodies in self.seats}

    @property
    def sitting(self) -> dict[str, int]:
        """How many stewards sit in each body that has any, by slug, in the order of the words."""
        held = [body for _, _, bodies in self.seats for body in bodies]
        ordered = [slug for slug in self.words if slug in held]
        return {slug: held.count(slug) for slug in dict.fromkeys([*ordered, *sorted(held)])}

    def word(self, slug: str) -> str:
        return self.words.get(slug, slug)

    def rule(self, rule: DecisionRule, kind: str, floor: int) -> str:
        """Say who must sign for one kind of decision."""
        return rule_in_words(
            rule,
            stewards=len(self.seats),
            names=self.names,
            bodies=self.words,
            floor=floor_for(kind, floor),
        )

    def example(self, rule: DecisionRule, kind: str, floor: int) -> str:
        """Work the rule out with these very people; empty while there are none."""
        if not self.seats:
            return ""
        least = floor_for(kind, floor)
        return worked_example(rule, stewards=self.seats, floor=least, words=self.words)


def circle_of(charter: Charter, words: Words = NO_WORDS) -> Circle:
    """Return the circle that a charter names."""
    return Circle(tuple((s.id, s.name, s.bodies) for s in charter.stewards), words)


def in_own_words(sentence: str, words: Words) -> str:
    """Put the community's names of bodies where an outcome's sentence has their short names."""
    for slug, name in words.items():
        sentence = re.sub(rf"\bof {re.escape(slug)}(?![\w-])", f"of {name}", sentence)
    return sentence


def listed(names: Sequence[str]) -> str:
    """Return names with commas between them, by name."""
    return ", ".join(sorted(names, key=str.casefold))
