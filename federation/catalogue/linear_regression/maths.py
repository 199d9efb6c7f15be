"""Exact linear regression from sums about the mean.

Raw sums of squares lose digits when a variable's mean is large beside its spread (an age, a
blood pressure). So each site centres on its own means, and sites are combined by the
pairwise update of Chan, Golub & LeVeque (1983), which is exact and loses none.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..shared.packing import pack, unpack

Floats = NDArray[np.float64]

# Below this share of the largest eigenvalue, the correlation matrix is singular in float64.
_SINGULAR = 1e-13


class NoUniqueFit(ValueError):
    """The predictors do not determine the coefficients; the text says why."""


@dataclass(frozen=True)
class Sums:
    """Head count, means (predictors, then outcome) and scatter about those means."""

    count: float
    means: Floats
    scatter: Floats


@dataclass(frozen=True)
class Fit:
    """Coefficients and standard errors, intercept first, then the predictors in order."""

    coefficients: Floats
    standard_errors: Floats
    r_squared: float
    residual_sd: float
    count: float


def site_sums(predictors: Sequence[Floats], outcome: Floats) -> dict[str, Floats]:
    """Compute what one site sends: arrays ``count``, ``means`` and ``scatter``."""
    table = np.column_stack([*predictors, outcome])
    means = table.mean(axis=0)
    centred = table - means
    return {
        "count": np.array([float(len(table))]),
        "means": means,
        "scatter": pack(centred.T @ centred),
    }


def combine(answers: Sequence[Mapping[str, Floats]]) -> Sums:
    """Add the sites up as if their people stood in one table."""
    parts = [Sums(float(a["count"][0]), a["means"], unpack(a["scatter"])) for a in answers]
    count = sum(part.count for part in parts)
    means = sum((part.count * part.means for part in parts), np.zeros(len(parts[0].means))) / count
    scatter = np.zeros_like(parts[0].scatter)
    for part in parts:
        shift = part.means - means
        scatter += part.scatter + part.count * np.outer(shift, shift)
    return Sums(count, means, scatter)


def solve(sums: Sums) -> Fit:
    """Fit by least squares with an intercept.

    Raises:
        NoUniqueFit: too few people, a variable that never varies, or predictors of which
            one follows from the others.
    """
    size = len(sums.means) - 1
    freedom = sums.count - size - 1
    if freedom < 1:
        raise NoUniqueFit(f"{size + 1} coefficients need more than {int(sums.count)} people")
    scale = np.sqrt(np.diag(sums.scatter))
    if not np.all(scale > 0):
        raise NoUniqueFit("a variable has the same value for everyone")
    correlation = sums.scatter / np.outer(scale, scale)
    inverse = _inverse(correlation[:size, :size])
    beta = inverse @ correlation[:size, size]
    # Residual sum of squares as the quadratic form (1, -beta) S (1, -beta): never negative
    # beyond rounding, where 1 - R^2 taken by subtraction may be.
    contrast = np.append(-beta, 1.0)
    unexplained = max(float(contrast @ correlation @ contrast), 0.0)
    variance = unexplained * scale[size] ** 2 / freedom
    slopes = beta * scale[size] / scale[:size]
    covariance = variance * inverse / np.outer(scale[:size], scale[:size])
    middle = sums.means[:size]
    intercept = sums.means[size] - middle @ slopes
    intercept_variance = variance / sums.count + middle @ covariance @ middle
    return Fit(
        coefficients=np.append(intercept, slopes),
        standard_errors=np.sqrt(np.append(intercept_variance, np.diag(covariance))),
        r_squared=1.0 - unexplained,
        residual_sd=float(np.sqrt(variance)),
        count=sums.count,
    )


def _inverse(correlation: Floats) -> Floats:
    values, vectors = np.linalg.eigh(correlation)
    if values[0] <= _SINGULAR * values[-1]:
        raise NoUniqueFit("one predictor follows from the others, so their shares are undefined")
    inverse: Floats = (vectors / values) @ vectors.T
    return inverse
