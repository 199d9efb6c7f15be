"""The federated fit is the fit of all records in one table: equal to statsmodels' Logit."""

import itertools
from pathlib import Path

import numpy as np
import pytest
import statsmodels.api as sm
from sklearn.datasets import load_breast_cancer, load_diabetes

from federation.catalogue.logistic_regression import client_app, maths, server_app
from federation.catalogue.logistic_regression.maths import (
    Point,
    PointedQuestion,
    site_sums,
    start,
)
from federation.catalogue.registry import job_named
from federation.catalogue.shared.asking import TooFewNodes
from tests.federation.catalogue.local_grid import LocalGrid, fit, run_config, split

JOB = "logistic-regression"


def _diabetes(scaled: bool) -> tuple[np.ndarray, np.ndarray, list[str]]:
    data = load_diabetes(scaled=scaled)
    high = (data.target > np.median(data.target)).astype(float)
    return data.data, high, [str(name) for name in data.feature_names]


def _cancer() -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Five of thirty variables: with all of them the two outcomes can be told apart."""
    data = load_breast_cancer()
    return data.data[:, :5], data.target.astype(float), ["a", "b", "c", "d", "e"]


def _grid(
    folder: Path, table: np.ndarray, outcome: np.ndarray, names: list[str], **more: object
) -> LocalGrid:
    columns = dict(zip(names, table.T, strict=True)) | {"case": outcome}
    rest = {"kinhold.max-rounds": 15, "kinhold.min-nodes": 3} | more
    config = run_config(JOB, {"outcome": "case", "predictors": names}, **rest)
    return LocalGrid(client_app.app, config, split(folder, columns))


@pytest.mark.parametrize(
    ("table", "outcome", "names"),
    [_diabetes(True), _diabetes(False), _cancer()],
    ids=["diabetes scaled", "diabetes as measured", "breast cancer as measured"],
)
def test_equals_the_pooled_fit_of_statsmodels(
    tmp_path: Path, table: np.ndarray, outcome: np.ndarray, names: list[str]
) -> None:
    pooled = sm.Logit(outcome, sm.add_constant(table)).fit(
        disp=False, method="newton", tol=1e-12, maxiter=100
    )

    result = fit(server_app.app, _grid(tmp_path, table, outcome, names))

    keys = ["intercept", *names]
    assert result["converged"]
    np.testing.assert_allclose(
        [result["coefficients"][k] for k in keys], pooled.params, rtol=1e-8, atol=0
    )
    np.testing.assert_allclose(
        [result["standard_errors"][k] for k in keys], pooled.bse, rtol=1e-8, atol=0
    )
    assert result["log_likelihood"] == pytest.approx(pooled.llf, rel=1e-10)
    assert 2 <= result["rounds"] <= 15


def test_a_reply_is_exactly_what_the_catalogue_declares(tmp_path: Path) -> None:
    grid = _grid(tmp_path, *_diabetes(True))

    fit(server_app.app, grid)

    job = job_named(JOB)
    for reply in grid.replies:
        record = reply.content[job.record]
        assert {name: len(record[name]) for name in record} == job.lengths(10)


def test_too_few_rounds_end_without_a_claim_to_have_settled(tmp_path: Path) -> None:
    grid = _grid(tmp_path, *_diabetes(True), **{"kinhold.max-rounds": 2})

    result = fit(server_app.app, grid)

    assert (result["converged"], result["rounds"]) == (False, 2)


def test_a_node_that_drops_out_leaves_the_fit_of_the_others(tmp_path: Path) -> None:
    table, outcome, names = _diabetes(True)
    grid = _grid(tmp_path, table, outcome, names, **{"kinhold.min-nodes": 2})
    grid.leaves = {3: 2}
    left = np.concatenate(np.array_split(np.arange(len(outcome)), 3)[:2])
    pooled = sm.Logit(outcome[left], sm.add_constant(table[left])).fit(
        disp=False, method="newton", tol=1e-12, maxiter=100
    )

    result = fit(server_app.app, grid)

    assert (result["converged"], result["nodes"]) == (True, 2)
    np.testing.assert_allclose(
        [result["coefficients"][k] for k in ["intercept", *names]], pooled.params, rtol=1e-8
    )


def test_a_node_that_drops_out_below_the_minimum_ends_the_run(tmp_path: Path) -> None:
    grid = _grid(tmp_path, *_diabetes(True))
    grid.leaves = {3: 2}

    with pytest.raises(TooFewNodes, match="1 did not answer in time"):
        fit(server_app.app, grid)


def test_outcomes_that_can_be_told_apart_are_refused_in_words(tmp_path: Path) -> None:
    x = np.linspace(-1, 1, 60)
    grid = _grid(tmp_path, np.column_stack([x, x**2]), (x > 0).astype(float), ["x", "xx"])
    grid.files = split(tmp_path, {"x": x, "xx": x**2, "case": (x > 0).astype(float)}, sites=3)

    with pytest.raises(PointedQuestion, match="apart perfectly"):
        fit(server_app.app, grid)


def test_an_outcome_other_than_yes_and_no_is_refused_at_the_node() -> None:
    with pytest.raises(ValueError, match="0 or 1"):
        maths.site_sums([np.ones(3)], np.array([0.0, 1.0, 2.0]), maths.start(1))


def test_a_step_that_makes_the_fit_worse_is_halved(tmp_path: Path) -> None:
    """Found by search: 28 people with far-off values, where a full Newton step overshoots.

    Each stands there twenty times, which changes no step: nodes do not answer for a few people.
    """
    random = np.random.default_rng(9294)
    people, size = int(random.integers(6, 40)), int(random.integers(1, 4))
    table = random.standard_normal((people, size)) * np.exp(random.normal(0, 2, (people, size)))
    outcome = (random.random(people) < random.choice([0.1, 0.5, 0.9])).astype(float)
    table, outcome = np.repeat(table, 20, axis=0), np.repeat(outcome, 20)
    columns = dict(zip("abc", table.T, strict=True)) | {"case": outcome}
    parameters = {"outcome": "case", "predictors": list("abc"), "max-iterations": 50}
    config = run_config(JOB, parameters, **{"kinhold.max-rounds": 50})
    grid = LocalGrid(client_app.app, config, split(tmp_path, columns, sites=1))

    result = fit(server_app.app, grid)

    fits = [reply.content["sums"]["loglikelihood"][0] for reply in grid.replies]
    assert any(later < before - 1e-6 for before, later in itertools.pairwise(fits))
    found = [result["coefficients"][name] for name in ("intercept", *"abc")]
    slope = sm.Logit(outcome, sm.add_constant(table)).score(np.array(found))
    assert result["converged"]
    np.testing.assert_allclose(slope, 0.0, atol=1e-6)  # the top, by statsmodels' own formula


def test_a_question_that_rests_on_a_few_people_is_not_answered() -> None:
    """The point is the aggregator's to choose; far out, the sums would be one person's record."""
    draw = np.random.default_rng(7)
    predictors = [draw.normal(50, 10, 150), draw.normal(28, 4, 150)]
    outcome = draw.integers(0, 2, 150).astype(float)
    start_point = start(2)
    pointed = Point(np.array([-1000.0, 0.0, 20.0]), np.zeros(2), np.ones(2))
    nowhere = Point(np.array([np.nan, 0.0, 0.0]), np.zeros(2), np.ones(2))

    assert site_sums(predictors, outcome, start_point)["count"] == 150.0
    with pytest.raises(PointedQuestion, match="too few people"):
        site_sums(predictors, outcome, pointed)
    with pytest.raises(PointedQuestion, match="finite"):
        site_sums(predictors, outcome, nowhere)
