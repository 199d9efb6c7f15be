"""The federated fit is the fit of all records in one table: equal to statsmodels' OLS."""

from pathlib import Path

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_diabetes

from federation.catalogue.linear_regression import client_app, maths, server_app
from federation.catalogue.registry import job_named
from federation.catalogue.shared.asking import TooFewNodes
from tests.federation.catalogue.local_grid import LocalGrid, fit, run_config, split

JOB = "linear-regression"


def _grid(folder: Path, *, scaled: bool, **more: object) -> tuple[LocalGrid, np.ndarray, list[str]]:
    data = load_diabetes(scaled=scaled)
    names = [str(name) for name in data.feature_names]
    columns = dict(zip(names, data.data.T, strict=True)) | {"progression": data.target}
    config = run_config(JOB, {"outcome": "progression", "predictors": names}, **more)
    return LocalGrid(client_app.app, config, split(folder, columns)), data.target, names


@pytest.mark.parametrize("scaled", [True, False], ids=["scaled", "as measured"])
def test_equals_the_pooled_fit_of_statsmodels(tmp_path: Path, scaled: bool) -> None:
    grid, outcome, names = _grid(tmp_path, scaled=scaled)
    pooled = sm.OLS(outcome, sm.add_constant(load_diabetes(scaled=scaled).data)).fit()

    result = fit(server_app.app, grid)

    keys = ["intercept", *names]
    assert list(result["coefficients"]) == sorted(keys)
    np.testing.assert_allclose(
        [result["coefficients"][k] for k in keys], pooled.params, rtol=1e-8, atol=0
    )
    np.testing.assert_allclose(
        [result["standard_errors"][k] for k in keys], pooled.bse, rtol=1e-8, atol=0
    )
    assert result["r_squared"] == pytest.approx(pooled.rsquared, rel=1e-10)
    assert result["residual_sd"] == pytest.approx(np.sqrt(pooled.scale), rel=1e-10)
    assert (result["rounds"], result["nodes"], result["n_band"]) == (1, 3, "200-499")


def test_a_reply_is_exactly_what_the_catalogue_declares(tmp_path: Path) -> None:
    grid, _, names = _grid(tmp_path, scaled=True)

    fit(server_app.app, grid)

    job = job_named(JOB)
    for reply in grid.replies:
        assert list(reply.content) == [job.record]
        record = reply.content[job.record]
        assert {name: len(record[name]) for name in record} == job.lengths(len(names))
    assert job.numbers_per_round(len(names)) == 1 + 11 + 66


def test_nodes_that_refuse_are_told_with_their_reasons(tmp_path: Path) -> None:
    grid, _, _ = _grid(tmp_path, scaled=True, **{"kinhold.min-nodes": 3})
    grid.refuses = {2: "kinhold:revoked: The community revoked this grant."}

    with pytest.raises(TooFewNodes) as caught:
        fit(server_app.app, grid)

    assert str(caught.value) == (
        "2 of 3 nodes answered, 3 are needed; kinhold:revoked: The community revoked this grant."
    )


def test_a_node_outside_the_run_is_not_asked(tmp_path: Path) -> None:
    grid, _, _ = _grid(tmp_path, scaled=True, **{"kinhold.nodes": "1,3"})

    assert fit(server_app.app, grid)["nodes"] == 2

    assert grid.asked == {1: 1, 2: 0, 3: 1}


def test_a_node_that_stays_silent_does_not_stop_enough_others(tmp_path: Path) -> None:
    grid, _, _ = _grid(tmp_path, scaled=True, **{"kinhold.min-nodes": 2})
    grid.leaves = {1: 0}

    assert fit(server_app.app, grid)["nodes"] == 2


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ([[1, 2, 3, 4, 5], [2, 4, 6, 8, 10]], "follows from the others"),
        ([[1, 2, 3, 4, 5], [7, 7, 7, 7, 7]], "same value for everyone"),
        ([[1, 2, 4, 4, 5], [3, 1, 2, 9, 4], [1, 0, 1, 1, 0], [5, 3, 8, 2, 2]], "need more than 5"),
    ],
    ids=["one from another", "constant", "too few people"],
)
def test_what_has_no_unique_fit_is_refused_in_words(
    columns: list[list[float]], reason: str
) -> None:
    outcome = np.array([2.0, 1.0, 4.0, 3.0, 6.0])
    sums = maths.combine([maths.site_sums([np.array(c, dtype=float) for c in columns], outcome)])

    with pytest.raises(maths.NoUniqueFit, match=reason):
        maths.solve(sums)


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 10**6), cuts=st.lists(st.integers(1, 39), min_size=1, max_size=4))
def test_how_people_are_split_over_sites_does_not_matter(seed: int, cuts: list[int]) -> None:
    random = np.random.default_rng(seed)
    table = random.normal(1000.0, 1.0, (40, 3))
    whole = maths.combine([maths.site_sums(list(table[:, :2].T), table[:, 2])])
    parts = [p for p in np.split(table, sorted(set(cuts))) if len(p)]

    together = maths.combine([maths.site_sums(list(p[:, :2].T), p[:, 2]) for p in parts])

    np.testing.assert_allclose(together.means, whole.means, rtol=1e-13)
    np.testing.assert_allclose(together.scatter, whole.scatter, rtol=1e-9, atol=1e-9)
    assert together.count == whole.count
