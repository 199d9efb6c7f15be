"""The seats of a decision: who sits where, and what each said.

Source: docs/grant-format.md, "Decision rules".
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from consent.grants.statements import Answer


@dataclass(frozen=True)
class Seats:
    """The stewards of a charter, or of one body, with their answers sorted.

    ``yes`` and ``recused`` hold those who signed that and nothing else: of two different
    answers nobody but she could say which came last. ``against`` signed a no, ``spoke`` signed
    anything but that she steps aside.
    """

    everyone: frozenset[str]
    yes: frozenset[str]
    recused: frozenset[str]
    against: frozenset[str]
    spoke: frozenset[str]

    @property
    def open(self) -> frozenset[str]:
        return self.everyone - self.recused

    @property
    def asked(self) -> frozenset[str]:
        """Those whose yes may still come: a no is an answer, and is not asked for again."""
        return self.open - self.yes - self.against

    def of(self, members: Collection[str]) -> "Seats":
        """The same for some of the people."""
        some = frozenset(members)
        return Seats(
            everyone=self.everyone & some,
            yes=self.yes & some,
            recused=self.recused & some,
            against=self.against & some,
            spoke=self.spoke & some,
        )


def seats_of(stewards: Collection[str], answers: Mapping[str, frozenset[Answer]]) -> Seats:
    """Sort the answers of these stewards; anyone else's count nothing."""
    everyone = frozenset(stewards)
    said = {steward: answers.get(steward, frozenset()) for steward in everyone}
    return Seats(
        everyone=everyone,
        yes=frozenset(s for s in everyone if said[s] == {Answer.YES}),
        recused=frozenset(s for s in everyone if said[s] == {Answer.RECUSE}),
        against=frozenset(s for s in everyone if Answer.NO in said[s]),
        spoke=frozenset(s for s in everyone if said[s] - {Answer.RECUSE}),
    )
