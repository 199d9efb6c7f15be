"""The reply of logistic regression as sums over people, at the point that was asked.

Its lists are sums already, but in the question's centre and scale, in which one person may reach
far. Slope and curvature in other units are the same numbers turned; so here they are turned to
the middle of each range and its half width, where nobody adds more than 1 to a slope and 1/4 to
a curvature, whatever was asked.
"""

import numpy as np

from ..shared.packing import pack, unpack
from ..shared.sums import LEAST_PEOPLE, Floats, Frame, Lists, NoBounds, SumForm, lifted

_STEEPEST = 0.25  # the most that p (1 - p) can be
# Most half widths between a range's middle and the centre asked: further out, what the job adds
# up is so much larger than what people differ by that its rounding would show.
_FARTHEST = 2000.0
_SMALLEST, _LARGEST = 1e-100, 1e100


def bounds(frame: Frame) -> Floats:
    """Raises:
    NoBounds: the point asked is not one of finite numbers, or lies too far out.
    """
    turn = _turn(frame)
    with np.errstate(over="ignore", invalid="ignore"):
        beta = turn.T @ np.array(frame.question["beta"])
        # |y eta - log(1 + e^eta)| is at most log(1 + e^|eta|).
        fit = np.logaddexp(0.0, np.sum(np.abs(beta)))
    if not np.isfinite(fit):
        raise NoBounds("the question is not a point with finite numbers")
    size = len(beta)
    curvature = np.full(size * (size + 1) // 2, _STEEPEST)
    return np.concatenate([[1.0, fit], np.ones(size), curvature])


def to_sums(reply: Lists, frame: Frame) -> Floats:
    back = np.linalg.inv(_turn(frame))
    gradient = back @ np.array(reply["gradient"])
    hessian = back @ unpack(np.array(reply["hessian"])) @ back.T
    return np.concatenate([reply["count"], reply["loglikelihood"], gradient, pack(hessian)])


def from_sums(sums: Floats, frame: Frame, spread: float) -> dict[str, list[float]]:
    turn = _turn(frame)
    size = len(turn)
    count, fit, hessian = float(sums[0]), float(sums[1]), unpack(sums[size + 2 :])
    if spread > 0.0:
        count, fit = max(count, LEAST_PEOPLE), min(fit, 0.0)
        hessian = lifted(hessian, spread * _STEEPEST)
    return {
        "count": [count],
        "loglikelihood": [fit],
        "gradient": (turn @ sums[2 : size + 2]).tolist(),
        "hessian": pack(turn @ hessian @ turn.T).tolist(),
    }


def _turn(frame: Frame) -> Floats:
    """Give the matrix that makes (1, predictors as asked) of (1, predictors in half widths)."""
    asked = {name: np.array(values, dtype=np.float64) for name, values in frame.question.items()}
    predictors = len(frame.ranges) - 1
    wanted = {"beta": predictors + 1, "centre": predictors, "scale": predictors}
    if {name: len(values) for name, values in asked.items()} != wanted:
        raise NoBounds("the question does not hold one number for each predictor")
    if not all(np.isfinite(values).all() for values in asked.values()):
        raise NoBounds("the question is not a point with finite numbers")
    middle, reach = frame.middle[:-1], frame.reach[:-1]
    size = np.abs(asked["scale"]) / reach
    if not ((size >= _SMALLEST) & (size <= _LARGEST)).all():
        raise NoBounds("the scale asked is next to zero, or next to infinite")
    if not (np.abs(middle - asked["centre"]) <= _FARTHEST * reach).all():
        raise NoBounds("the centre asked lies too far from the values that there can be")
    turn = np.diag(np.append(1.0, reach / asked["scale"]))
    turn[1:, 0] = (middle - asked["centre"]) / asked["scale"]
    return turn


FORM = SumForm(bounds, to_sums, from_sums)
