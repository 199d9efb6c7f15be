"""A site's reply as plain sums over its people, with the most that one person can change.

Noise protects a person only when it is known beforehand how far that person can move what
leaves. That is known of sums over people whose values lie in declared ranges; so each job says
here how its reply turns into such sums and back. Nothing in this module sees data.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Lists = Mapping[str, Sequence[float]]

LEAST_PEOPLE = 20.0
"""No site answers about fewer people: a noised head count below this is known to be wrong."""


class NoBounds(ValueError):
    """The question is such that nothing bounds what one person adds to the answer."""


@dataclass(frozen=True)
class Frame:
    """What is known of a round before any data is looked at.

    Attributes:
        ranges: lowest and highest value of each predictor, in order, then of the outcome.
        question: the lists that were asked with; empty where the job asks none.
    """

    ranges: Sequence[tuple[float, float]]
    question: Lists

    @property
    def middle(self) -> Floats:
        """The middle of each range."""
        return np.array([(low + high) / 2 for low, high in self.ranges])

    @property
    def reach(self) -> Floats:
        """Half the width of each range."""
        return np.array([(high - low) / 2 for low, high in self.ranges])


@dataclass(frozen=True)
class SumForm:
    """How one job's reply is a vector of sums.

    Attributes:
        bounds: the most, up or down, that one row of one person adds to each sum.
        to_sums: reply to sums; exact but for rounding.
        from_sums: sums, with or without noise, to a reply that can be worked with. Its third
            argument is the noise's standard deviation in multiples of each bound.
    """

    bounds: Callable[[Frame], Floats]
    to_sums: Callable[[Lists, Frame], Floats]
    from_sums: Callable[[Floats, Frame, float], dict[str, list[float]]]


def lifted(matrix: Floats, least: float) -> Floats:
    """Give the nearest symmetric matrix that has no eigenvalue below ``least``.

    Noise makes a matrix of sums of squares lose what every such matrix has. In directions in
    which it holds less than the noise does, there is nothing to be learned; a small positive
    value there says so, and keeps what follows solvable.
    """
    values, vectors = np.linalg.eigh(matrix)
    raised: Floats = (vectors * np.maximum(values, least)) @ vectors.T
    return raised
