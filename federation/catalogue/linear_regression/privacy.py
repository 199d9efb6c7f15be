"""The reply of linear regression as sums over people.

Means and scatter about a site's own means are no sums: one person moves the centre for all.
About the middle of each range, in half widths, they are: people's number, their sums and their
sums of products, and nobody adds more than 1 to any of them.
"""

import numpy as np

from ..shared.packing import pack, unpack
from ..shared.sums import LEAST_PEOPLE, Floats, Frame, Lists, SumForm, lifted


def bounds(frame: Frame) -> Floats:
    size = len(frame.ranges)
    return np.ones(1 + size + size * (size + 1) // 2)


def to_sums(reply: Lists, frame: Frame) -> Floats:
    count = float(reply["count"][0])
    means = (np.array(reply["means"]) - frame.middle) / frame.reach
    scatter = unpack(np.array(reply["scatter"])) / np.outer(frame.reach, frame.reach)
    moments = scatter + count * np.outer(means, means)
    return np.concatenate([[count], count * means, pack(moments)])


def from_sums(sums: Floats, frame: Frame, spread: float) -> dict[str, list[float]]:
    size = len(frame.ranges)
    count = max(float(sums[0]), LEAST_PEOPLE) if spread > 0.0 else float(sums[0])
    means = np.clip(sums[1 : size + 1] / count, -1.0, 1.0)
    scatter = unpack(sums[size + 1 :]) - count * np.outer(means, means)
    if spread > 0.0:
        scatter = lifted(scatter, spread)
    return {
        "count": [count],
        "means": (frame.middle + frame.reach * means).tolist(),
        "scatter": pack(scatter * np.outer(frame.reach, frame.reach)).tolist(),
    }


FORM = SumForm(bounds, to_sums, from_sums)
