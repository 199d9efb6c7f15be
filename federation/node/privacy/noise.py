"""Adds privacy noise to a catalogue job's reply, outside the job's code, before it leaves.

One release is one Gaussian mechanism on all numbers of a reply together. The reply is brought
into sums over people (``federation/catalogue/privacy.py``); each sum is measured in multiples of
the most that one row can add to it, so that one person with r rows moves k sums by at most
r sqrt(k) together; and each gets noise with ``multiplier`` times that as its standard deviation.
Whatever is done afterwards with noised numbers, here or anywhere, gives nothing more away.
"""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from flwr.app import MetricRecord, RecordDict

from federation.catalogue.privacy import FORMS
from federation.catalogue.shared.sums import Frame, NoBounds
from federation.node.data.variables import bounds_of
from federation.node.decision.gate import Plan
from federation.node.errors import JobFailed, NodeError, NotHidden
from federation.node.home import Dataset
from federation.node.privacy.accounting import LEAST_DELTA, LEAST_EPSILON, MOST_EPSILON
from federation.node.privacy.sampling import discrete_gaussian

UNIT = "person"
"""What one unit of privacy is: a person with all her rows, there or not there."""

_GRID = 2**30
"""Steps of the grid between nothing and the most that one row adds to a sum."""

_ROUNDING = 2**20
"""Steps by which rounding, to the grid and in the job's own floats, may move a sum on top.

A thousandth of what one row adds: enough for a million people and ``_FARTHEST``.
"""

_FARTHEST = 2000.0
"""Most half widths from zero at which a range may lie: beyond, floats round too coarsely."""


def require_possible(plan: Plan, question: Mapping[str, Sequence[float]]) -> None:
    """Refuse a grant whose promise of noise this node cannot keep; nothing if it asks none.

    Args:
        question: looked at before the data, too: how a job fails at a question without bounds
            depends on single people, and would be told without noise.
    Raises:
        NotHidden: the sentence says what to change.
    """
    dp, dataset = plan.claims.dp, plan.dataset
    if dp is None:
        return
    if dp.unit != UNIT:
        raise NotHidden(
            f"The grant counts privacy by {dp.unit}. This node can count it by person only: "
            "one person with all her rows."
        )
    if plan.job is None:
        raise NotHidden(
            "The grant asks for privacy noise on code that is not of the catalogue. The node "
            "cannot know how much one person changes its answer, so it cannot add enough."
        )
    if plan.job.name not in FORMS:
        raise NotHidden(f"{plan.job.title} has no form in which noise can be added.")
    if not LEAST_EPSILON <= dp.epsilon <= MOST_EPSILON or not dp.delta >= LEAST_DELTA:
        raise NotHidden(
            f"Noise can be counted for epsilon from {LEAST_EPSILON:g} to {MOST_EPSILON:g} and "
            f"delta from {LEAST_DELTA:g}; the grant asks for epsilon {dp.epsilon}, "
            f"delta {dp.delta}."
        )
    if dataset.budget is None:
        raise NotHidden(f"{dataset.id} has no privacy budget; node.toml must name one.")
    frame = Frame(ranges_of(dataset, plan.variables), question)
    try:
        FORMS[plan.job.name].bounds(frame)
    except NoBounds as error:
        raise NotHidden(f"Nothing can be noised: {error}.") from error


def ranges_of(dataset: Dataset, names: tuple[str, ...]) -> tuple[tuple[float, float], ...]:
    """Give the lowest and highest value that ``node.toml`` allows each variable.

    Raises:
        NotHidden: a variable has none, or one that noise cannot be measured in.
    """
    return tuple(_range_of(dataset, name) for name in names)


def _range_of(dataset: Dataset, name: str) -> tuple[float, float]:
    try:
        limits = bounds_of(dataset, name)  # the same that values are clipped to
    except NodeError as error:
        raise NotHidden(str(error)) from error
    if limits is None:
        raise NotHidden(
            f"The variable {name} has no range in node.toml. Noise is measured by it: "
            "range = [lowest, highest]."
        )
    low, high = limits
    if not abs(low + high) <= _FARTHEST * (high - low):
        raise NotHidden(f"The range of {name} in node.toml is too narrow for where it lies.")
    return limits


def add_noise(
    records: RecordDict, plan: Plan, question: Mapping[str, Sequence[float]], multiplier: float
) -> RecordDict:
    """Noise a reply that ``check_reply`` let pass.

    Args:
        question: the lists that were asked; bounds may depend on them, never on data.
        multiplier: standard deviation in multiples of the most that one person changes.
    Raises:
        JobFailed: the question bounds nobody's part, so nothing may leave.
    """
    if plan.job is None:
        raise NotHidden("Code that is not of the catalogue cannot be noised.")
    form = FORMS[plan.job.name]
    frame = Frame(ranges_of(plan.dataset, plan.variables), question)
    record = records[plan.job.record]
    try:
        bounds = form.bounds(frame)
        sums = form.to_sums({name: list(record[name]) for name in record}, frame) / bounds
    except NoBounds as error:
        raise JobFailed("bad-reply", f"Nothing can be noised: {error}.") from error
    rows = plan.dataset.rows_per_person
    sigma = math.ceil(multiplier * rows * math.sqrt(len(sums)) * (_GRID + _ROUNDING))
    noised = np.array([_noised(float(value), sigma) for value in sums])
    lists = form.from_sums(noised * bounds, frame, sigma / _GRID)
    _require_finite(lists)
    return RecordDict({plan.job.record: MetricRecord(lists)})


def _noised(value: float, sigma: int) -> float:
    """Round to the grid, add whole-number noise, and come back from the grid."""
    return (round(value * _GRID) + discrete_gaussian(sigma)) / _GRID


def _require_finite(lists: dict[str, list[float]]) -> None:
    for name, values in lists.items():
        if not all(map(math.isfinite, values)):
            raise JobFailed("bad-reply", f"The noised list {name!r} is too large to be told.")
