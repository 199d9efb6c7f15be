"""Noise at the node: drawn exactly, as much as was promised, refused where it means nothing."""

import math
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from flwr.app import MetricRecord, RecordDict

from consent.grants.grant import DifferentialPrivacy
from federation.catalogue.linear_regression import maths
from federation.catalogue.privacy import FORMS
from federation.catalogue.shared.sums import Frame
from federation.node.errors import JobFailed, NotHidden
from federation.node.home import Words
from federation.node.privacy.noise import add_noise, require_possible
from federation.node.privacy.sampling import discrete_gaussian
from tests.federation.node.noised import dataset, plan

SIX_SIGMA = 6.0  # of a test's own spread: fails by chance once in 500 million runs
FRAME = Frame([(0.0, 100.0), (0.0, 1.0)], {})


def _reply(people: int = 100_000) -> RecordDict:
    rng = np.random.default_rng(1)
    sums = maths.site_sums([rng.uniform(0, 100, people)], rng.integers(0, 2, people) * 1.0)
    return RecordDict({"sums": MetricRecord({n: v.tolist() for n, v in sums.items()})})


def _sums(records: RecordDict) -> np.ndarray:
    record = records["sums"]
    form = FORMS["linear-regression"]
    return form.to_sums({name: list(record[name]) for name in record}, FRAME)


def test_whole_numbers_are_drawn_as_often_as_their_distribution_says() -> None:
    draws, sigma = 20_000, 2
    found = Counter(discrete_gaussian(sigma) for _ in range(draws))

    weights = {x: math.exp(-x * x / (2 * sigma**2)) for x in range(-40, 41)}
    for x in range(-6, 7):
        share = weights[x] / sum(weights.values())
        spread = math.sqrt(draws * share * (1 - share))
        assert abs(found[x] - draws * share) < SIX_SIGMA * spread


@pytest.mark.parametrize(("rows", "multiplier"), [(1, 2.0), (3, 2.0), (1, 0.5)])
def test_each_sum_gets_noise_for_the_most_that_one_person_changes(
    rows: int, multiplier: float
) -> None:
    reply, exact = _reply(), _sums(_reply())
    asked = plan(rows=rows)

    drawn = np.array([_sums(add_noise(reply, asked, {}, multiplier)) for _ in range(300)])

    wanted = multiplier * rows * math.sqrt(len(exact))
    off = (drawn - exact) / wanted
    count = off.size
    assert abs(off.mean()) < SIX_SIGMA / math.sqrt(count)
    assert abs(off.std() - 1.0) < SIX_SIGMA / math.sqrt(2 * count)
    # Each by itself, and none with another: six numbers, six independent draws.
    others = np.corrcoef(off.T) - np.eye(len(exact))
    assert np.abs(others).max() < SIX_SIGMA / math.sqrt(len(drawn))


def test_a_noised_reply_has_the_declared_lists_and_no_number_of_the_exact_one() -> None:
    asked, reply = plan(), _reply(200)

    noised = add_noise(reply, asked, {}, 1.0)

    assert asked.job is not None
    lengths = asked.job.lengths(asked.predictors)
    record = noised["sums"]
    assert {name: len(record[name]) for name in record} == lengths
    exact = {value for name in reply["sums"] for value in reply["sums"][name]}
    assert exact.isdisjoint(value for name in record for value in record[name])


def test_two_releases_of_the_same_reply_differ() -> None:
    first, second = (_sums(add_noise(_reply(200), plan(), {}, 1.0)) for _ in range(2))

    assert not np.isclose(first, second).any()


def test_a_question_that_bounds_nobody_lets_nothing_leave() -> None:
    lists = {"count": [50.0], "loglikelihood": [-30.0], "gradient": [1.0] * 2, "hessian": [1.0] * 3}
    reply = RecordDict({"sums": MetricRecord(lists)})
    question = {"beta": [0.0, 0.0], "centre": [0.0], "scale": [0.0]}

    with pytest.raises(JobFailed, match="Nothing can be noised"):
        add_noise(reply, plan(job="logistic-regression"), question, 1.0)


@pytest.mark.parametrize(
    "change",
    [{"scale": [0.0]}, {"beta": [0.0, 1e308]}, {"centre": [1e9]}, {"beta": [math.nan, 0.0]}, {}],
)
def test_a_question_that_bounds_nobody_is_refused_before_the_data(change: dict[str, Any]) -> None:
    """How a job fails at it may depend on one person, and is told without noise."""
    sound = {"beta": [0.0, 0.0], "centre": [0.0], "scale": [1.0]}
    logistic = plan(job="logistic-regression")
    require_possible(logistic, sound)

    with pytest.raises(NotHidden, match="Nothing can be noised"):
        require_possible(logistic, sound | change if change else {})


def _dp(**changes: Any) -> dict[str, Any]:
    sound = {"epsilon": Decimal(1), "delta": Decimal("0.00001"), "unit": "person"}
    return {"claims": replace(plan().claims, dp=DifferentialPrivacy(**(sound | changes)))}


def _ranges(**ranges: object) -> dict[str, Any]:
    columns = {name: {"range": limits} for name, limits in ranges.items()}
    return {"dataset": replace(dataset(), words=Words(columns=columns))}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        (_dp(unit="household"), "by household.*by person only"),
        (_dp(delta=Decimal(0)), "Noise can be counted for"),
        (_dp(epsilon=Decimal("0.001")), "Noise can be counted for"),
        (_dp(epsilon=Decimal(1000)), "Noise can be counted for"),
        ({"job": None}, "cannot know how much one person changes its answer"),
        ({"job": replace(plan().job, name="new-job", title="New job")}, "New job has no form"),
        ({"dataset": replace(dataset(), budget=None)}, "has no privacy budget"),
        (_ranges(), "age has no range"),
        (_ranges(age=[0]), "range of age must be two numbers"),
        (_ranges(age=[0, math.inf]), "range of age must be two numbers"),
        (_ranges(age=[5, 5]), "range of age must be two numbers"),
        (_ranges(age=[100_000, 100_001]), "too narrow for where it lies"),
    ],
)
def test_a_promise_that_cannot_be_kept_is_refused_before_the_data(
    changes: dict[str, Any], reason: str
) -> None:
    require_possible(plan(), {})

    with pytest.raises(NotHidden, match=reason):
        require_possible(replace(plan(), **changes), {})


def test_a_grant_without_noise_needs_no_range_and_no_budget() -> None:
    exact = replace(plan().claims, dp=None)

    require_possible(replace(plan(), claims=exact, dataset=replace(dataset(), budget=None)), {})
