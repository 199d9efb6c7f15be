"""The reply of logistic regression as sums over people, at the point that was asked.

Its lists are sums already. How much one person adds depends on the question: the coefficients,
and how far out the ends of each range lie from the centre, in multiples of the scale.
"""

import numpy as np

from ..shared.packing import pack, unpack
from ..shared.sums import LEAST_PEOPLE, Floats, Frame, Lists, NoBounds, SumForm, lifted

_STEEPEST = 0.25  # the most that p (1 - p) can be


def bounds(frame: Frame) -> Floats:
    """Raises:
    NoBounds: the point asked is not one of finite numbers, or its scale is zero.
    """
    far = _furthest(frame)
    with np.errstate(over="ignore", invalid="ignore"):
        # |y eta - log(1 + e^eta)| is at most log(1 + e^|eta|); |y - p| at most 1.
        fit = np.logaddexp(0.0, np.abs(np.array(frame.question["beta"])) @ far)
        most = np.concatenate([[1.0, fit], far, _STEEPEST * pack(np.outer(far, far))])
    # A scale next to zero makes every bound next to infinite, one next to infinity makes none.
    if not (np.isfinite(most).all() and (most > 0.0).all()):
        raise NoBounds("the question is not a point with finite numbers")
    return most


def to_sums(reply: Lists, frame: Frame) -> Floats:
    parts = (reply[name] for name in ("count", "loglikelihood", "gradient", "hessian"))
    return np.concatenate([np.array(part, dtype=np.float64) for part in parts])


def from_sums(sums: Floats, frame: Frame, spread: float) -> dict[str, list[float]]:
    size = len(frame.ranges)  # predictors and outcome, as many as intercept and predictors
    count, fit, hessian = float(sums[0]), float(sums[1]), unpack(sums[size + 2 :])
    if spread > 0.0:
        count, fit = max(count, LEAST_PEOPLE), min(fit, 0.0)
        far = _furthest(frame)
        unit = _STEEPEST * np.outer(far, far)
        hessian = lifted(hessian / unit, spread) * unit
    return {
        "count": [count],
        "loglikelihood": [fit],
        "gradient": sums[2 : size + 2].tolist(),
        "hessian": pack(hessian).tolist(),
    }


def _furthest(frame: Frame) -> Floats:
    """Give the largest size of the intercept's 1 and of each predictor as the job scales it."""
    asked = {name: np.array(values, dtype=np.float64) for name, values in frame.question.items()}
    predictors = len(frame.ranges) - 1
    wanted = {"beta": predictors + 1, "centre": predictors, "scale": predictors}
    if {name: len(values) for name, values in asked.items()} != wanted:
        raise NoBounds("the question does not hold one number for each predictor")
    low, high = np.array(frame.ranges)[:-1].T
    with np.errstate(all="ignore"):  # what overflows is refused by whoever asked for bounds
        out = np.maximum(np.abs(low - asked["centre"]), np.abs(high - asked["centre"]))
        return np.append(1.0, out / np.abs(asked["scale"]))


FORM = SumForm(bounds, to_sums, from_sums)
