"""The reply as sums that add up over sites. It consists of such sums already."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

Exact = Mapping[str, Sequence[Fraction]]


def to_sums(reply: Mapping[str, Sequence[float]]) -> dict[str, list[Fraction]]:
    return {name: [Fraction(value) for value in values] for name, values in reply.items()}


def from_sums(sums: Exact) -> dict[str, list[float]]:
    """Read added sums as one site's reply would be.

    Raises:
        ValueError: nobody was counted.
    """
    if sums["count"][0] <= 0:
        raise ValueError("the added sums are of nobody")
    return {name: [float(value) for value in values] for name, values in sums.items()}
