"""Exact logistic regression by Newton steps on sums from the sites.

The first round is asked at zero on the variables as they are. Its curvature (a quarter of
X'X) already tells every mean and spread, so from then on the sites work on centred, scaled
variables: the same answer, but a curvature matrix that float64 inverts well.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..shared.packing import pack, unpack

Floats = NDArray[np.float64]

_SINGULAR = 1e-12
# Odds of e^30 for one spread of a predictor: the likelihood has no highest point.
_RUNAWAY = 30.0
# Fewest people on whom an answer may rest: the hard floor of every cohort, or half of the people
# where a site has fewer than twice that, so that small sites can still be fitted.
_LEAST_PEOPLE = 20.0


class PointedQuestion(ValueError):
    """The question would have the answer rest on too few people."""


class NoUniqueFit(ValueError):
    """The data do not determine the coefficients; the text says why."""


@dataclass(frozen=True)
class Point:
    """Coefficients (intercept first) for predictors taken as (x - centre) / scale."""

    beta: Floats
    centre: Floats
    scale: Floats

    def arrays(self) -> dict[str, Floats]:
        return {"beta": self.beta, "centre": self.centre, "scale": self.scale}


@dataclass(frozen=True)
class Sums:
    """Log-likelihood, gradient and negative Hessian of all sites at one point."""

    count: float
    loglikelihood: float
    gradient: Floats
    hessian: Floats


def start(predictors: int) -> Point:
    """Give the first question: everything zero, variables as they are."""
    return Point(np.zeros(predictors + 1), np.zeros(predictors), np.ones(predictors))


def site_sums(predictors: Sequence[Floats], outcome: Floats, point: Point) -> dict[str, Floats]:
    """Compute what one site sends.

    Raises:
        PointedQuestion: the point gives nearly all weight to a few people.
        ValueError: the outcome holds anything but 0 and 1.
    """
    if not np.all((outcome == 0) | (outcome == 1)):
        raise ValueError("the outcome must be 0 or 1 for every person")
    scaled = (np.column_stack(list(predictors)) - point.centre) / point.scale
    table = np.column_stack([np.ones(len(scaled)), scaled])
    eta = table @ point.beta
    if not np.all(np.isfinite(eta)):
        raise PointedQuestion("the question is not a point with finite numbers")
    # Written so that neither tail overflows.
    chance = np.exp(-np.logaddexp(0.0, -eta))
    weight = chance * np.exp(-np.logaddexp(0.0, eta))
    _refuse_pointed(weight)
    return {
        "count": np.array([float(len(table))]),
        "loglikelihood": np.array([float(np.sum(outcome * eta - np.logaddexp(0.0, eta)))]),
        "gradient": table.T @ (outcome - chance),
        "hessian": pack((table * weight[:, None]).T @ table),
    }


def _refuse_pointed(weight: Floats) -> None:
    """Refuse a point at which the sums would be those of a few people.

    No check of a grant covers the point: whoever runs the aggregator chooses it. Far out, all
    weight falls on the people nearest to one border, and the curvature is their records. The
    number of people is told as Kish tells the effective size of a weighted sample (1965).
    """
    squares = float(np.sum(weight**2))
    people = float(np.sum(weight)) ** 2 / squares if squares > 0.0 else 0.0
    if not people >= min(_LEAST_PEOPLE, len(weight) / 2):
        raise PointedQuestion(
            "the question rests on too few people; that also happens in an honest fit, "
            "when the predictors tell the two outcomes apart perfectly"
        )


def combine(answers: Sequence[Mapping[str, Floats]]) -> Sums:
    """Add the sites up as if their people stood in one table."""
    return Sums(
        count=sum(float(a["count"][0]) for a in answers),
        loglikelihood=sum(float(a["loglikelihood"][0]) for a in answers),
        gradient=np.sum([a["gradient"] for a in answers], axis=0),
        hessian=unpack(np.sum([a["hessian"] for a in answers], axis=0)),
    )


def standardise(sums: Sums) -> tuple[Point, Sums]:
    """Move the first answer (at zero) to centred, scaled variables.

    Raises:
        NoUniqueFit: a predictor has the same value for everyone.
    """
    # At zero every person weighs a quarter, so this corner is a quarter of their number. Taken
    # instead of the count, it fits the rest also when noise was added to all of them.
    moments = sums.hessian / sums.hessian[0, 0]
    centre = moments[0, 1:]
    variance = np.diag(moments)[1:] - centre**2
    if not np.all(variance > _SINGULAR * np.diag(moments)[1:]):
        raise NoUniqueFit("a predictor has the same value for everyone")
    scale = np.sqrt(variance)
    # (1, x) = (1, z) @ turn; so sums over z are sums over x turned back.
    turn = np.diag(np.append(1.0, scale))
    turn[0, 1:] = centre
    back = np.linalg.inv(turn)
    point = Point(np.zeros(len(sums.gradient)), centre, scale)
    moved = back.T @ sums.hessian @ back
    return point, Sums(sums.count, sums.loglikelihood, back.T @ sums.gradient, moved)


def newton_step(sums: Sums) -> Floats:
    """Solve for the next change of the coefficients.

    Raises:
        NoUniqueFit: the curvature is singular.
    """
    return covariance(sums) @ sums.gradient


def covariance(sums: Sums) -> Floats:
    """Invert the curvature.

    Raises:
        NoUniqueFit: it is singular.
    """
    values, vectors = np.linalg.eigh(sums.hessian)
    if not values[0] > _SINGULAR * values[-1]:
        raise NoUniqueFit(
            "the coefficients are undefined: one predictor follows from the others, "
            "or the predictors tell the two outcomes apart perfectly"
        )
    inverse: Floats = (vectors / values) @ vectors.T
    return inverse


def bounded(point: Point, step: Floats) -> Floats:
    """Shorten a step that would leave the region in which finite fits lie.

    Raises:
        NoUniqueFit: the coefficients are far out already: the predictors separate the
            outcomes, so the best fit lies at infinity.
    """
    while _reach(point.beta + step) > _RUNAWAY:
        if _reach(point.beta) > _RUNAWAY / 2:
            raise NoUniqueFit("the predictors tell the two outcomes apart perfectly")
        step = step / 2
    return step


def _reach(beta: Floats) -> float:
    return float(np.max(np.abs(beta[1:])))


def in_original_units(point: Point, sums: Sums) -> tuple[Floats, Floats]:
    """Give coefficients and standard errors for the variables as they are."""
    turn = np.diag(np.append(1.0, 1.0 / point.scale))
    turn[0, 1:] = -point.centre / point.scale
    errors = np.sqrt(np.diag(turn @ covariance(sums) @ turn.T))
    return turn @ point.beta, errors
