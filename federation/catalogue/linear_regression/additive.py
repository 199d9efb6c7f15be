"""The reply as plain sums about zero, which add up over sites, and back.

Means and scatter do not add up. Sums and sums of products about zero do, but lose digits in
floats where a mean is large beside its spread; so both ways are taken in exact fractions.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction

Exact = Mapping[str, Sequence[Fraction]]


def to_sums(reply: Mapping[str, Sequence[float]]) -> dict[str, list[Fraction]]:
    """Turn ``count``, ``means`` and ``scatter`` into sums of 1, of values and of products."""
    count = Fraction(reply["count"][0])
    means = [Fraction(value) for value in reply["means"]]
    scatter = [Fraction(value) for value in reply["scatter"]]
    return {
        "count": [count],
        "sums": [count * mean for mean in means],
        "products": [s + count * p for s, p in zip(scatter, _pairs(means), strict=True)],
    }


def from_sums(sums: Exact) -> dict[str, list[float]]:
    """Read added sums as one site's reply would be.

    Raises:
        ValueError: nobody was counted.
    """
    count = sums["count"][0]
    if count <= 0:
        raise ValueError("the added sums are of nobody")
    means = [value / count for value in sums["sums"]]
    scatter = [p - count * q for p, q in zip(sums["products"], _pairs(means), strict=True)]
    return {
        "count": [float(count)],
        "means": [float(value) for value in means],
        "scatter": [float(value) for value in scatter],
    }


def _pairs(values: Sequence[Fraction]) -> list[Fraction]:
    """Multiply each pair once, in the order of ``shared.packing``."""
    return [a * b for at, a in enumerate(values) for b in values[at:]]
