"""Nobody within the ranges moves a job's sums by more than was declared, whatever is asked."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from federation.catalogue.linear_regression import maths as linear
from federation.catalogue.logistic_regression import maths as logistic
from federation.catalogue.privacy import FORMS
from federation.catalogue.registry import JOBS, job_named
from federation.catalogue.shared.packing import unpack
from federation.catalogue.shared.sums import Frame, NoBounds, SumForm

Reply = dict[str, list[float]]

LINEAR, LOGISTIC = FORMS["linear-regression"], FORMS["logistic-regression"]
ROUNDING = 1e-3  # as much as the node adds noise for


def _linear(table: np.ndarray) -> Reply:
    sums = linear.site_sums(list(table[:, :-1].T), table[:, -1])
    return {name: values.tolist() for name, values in sums.items()}


def _logistic(table: np.ndarray, frame: Frame) -> Reply:
    point = logistic.Point(*(np.array(frame.question[n]) for n in ("beta", "centre", "scale")))
    sums = logistic.site_sums(list(table[:, :-1].T), table[:, -1], point)
    return {name: values.tolist() for name, values in sums.items()}


def _moved(form: SumForm, frame: Frame, before: Reply, after: Reply) -> np.ndarray:
    return (form.to_sums(after, frame) - form.to_sums(before, frame)) / form.bounds(frame)


_PLACES = st.floats(-1e3, 1e3)
_WIDTHS = st.floats(0.5, 1e3)


@st.composite
def _tables(draw: st.DrawFn, *, yes_no: bool) -> tuple[np.ndarray, list[tuple[float, float]]]:
    """A table within drawn ranges, the outcome last, with values at the ends of them too."""
    size = draw(st.integers(2, 5))
    ranges = [
        (low, low + draw(_WIDTHS)) for low in draw(st.lists(_PLACES, min_size=size, max_size=size))
    ]
    if yes_no:
        ranges[-1] = (0.0, 1.0)
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    share = rng.random((draw(st.integers(21, 60)), size))
    share[rng.random(share.shape) < draw(st.sampled_from([0.0, 0.5, 1.0]))] = draw(
        st.sampled_from([0.0, 1.0])
    )
    share[-1] = rng.integers(0, 2, size)  # the one who leaves stands at the ends
    if yes_no:
        share[:, -1] = rng.integers(0, 2, len(share))
    low, high = np.array(ranges).T
    return np.clip(low + share * (high - low), low, high), ranges


@settings(max_examples=60, deadline=None)
@given(_tables(yes_no=False))
def test_one_person_moves_linear_sums_by_no_more_than_their_bounds(
    drawn: tuple[np.ndarray, list[tuple[float, float]]],
) -> None:
    table, ranges = drawn
    frame = Frame(ranges, {})

    moved = _moved(LINEAR, frame, _linear(table[:-1]), _linear(table))

    assert np.abs(moved).max() <= 1 + ROUNDING
    assert np.linalg.norm(moved) <= np.sqrt(len(moved)) * (1 + ROUNDING)
    # She stands at the end of every range: the bound is reached, so it is not too wide either.
    assert np.linalg.norm(moved) >= np.sqrt(len(moved)) * (1 - ROUNDING)


@settings(max_examples=60, deadline=None)
@given(_tables(yes_no=True), st.data())
def test_one_person_moves_logistic_sums_by_no_more_than_their_bounds(
    drawn: tuple[np.ndarray, list[tuple[float, float]]], data: st.DataObject
) -> None:
    table, ranges = drawn
    frame = Frame(ranges, _question(data, ranges))
    try:
        LOGISTIC.bounds(frame)
        before, after = _logistic(table[:-1], frame), _logistic(table, frame)
    except (logistic.PointedQuestion, NoBounds):
        return  # then nothing leaves

    moved = _moved(LOGISTIC, frame, before, after)

    assert np.abs(moved).max() <= 1 + ROUNDING
    assert np.linalg.norm(moved) <= np.sqrt(len(moved)) * (1 + ROUNDING)


def _question(data: st.DataObject, ranges: list[tuple[float, float]]) -> Reply:
    many = len(ranges) - 1
    exact = {"min_size": many, "max_size": many}
    return {
        "beta": data.draw(st.lists(st.floats(-3, 3), min_size=many + 1, max_size=many + 1)),
        "centre": data.draw(st.lists(st.floats(-1e3, 1e3), **exact)),
        "scale": data.draw(st.lists(st.floats(0.1, 1e3) | st.floats(-1e3, -0.1), **exact)),
    }


@pytest.mark.parametrize(
    ("change", "value"),
    [
        ("scale", [0.0, 1.0]),
        ("scale", [1e-320, 1.0]),
        ("scale", [float("nan"), 1.0]),
        ("scale", [float("inf"), 1.0]),
        ("scale", [1.0]),
        ("centre", [1e308, 0.0]),
        ("centre", [5.0, 1e5]),
        ("beta", [float("nan"), 0.0, 0.0]),
        ("beta", [0.0, 1e308, 1e308]),
        ("beta", [0.0, 0.0]),
        ("more", [1.0]),
    ],
)
def test_a_question_that_bounds_nobody_is_refused(change: str, value: list[float]) -> None:
    sound = {"beta": [0.0] * 3, "centre": [0.0] * 2, "scale": [1e-5, -1.0]}
    ranges = [(0.0, 10.0), (0.0, 10.0), (0.0, 1.0)]
    assert np.isfinite(LOGISTIC.bounds(Frame(ranges, sound))).all()

    with pytest.raises(NoBounds):
        LOGISTIC.bounds(Frame(ranges, sound | {change: value}))


@pytest.mark.parametrize("name", JOBS)
def test_every_job_has_a_form_that_gives_its_reply_back(name: str) -> None:
    rng = np.random.default_rng(3)
    table = np.column_stack([rng.uniform(0, 10, (40, 3)), rng.integers(0, 2, 40)])
    asked = {"beta": [0.1, 0.2, 0.0, -0.1], "centre": [5.0] * 3, "scale": [2.0] * 3}
    frame = Frame([(0.0, 10.0)] * 3 + [(0.0, 1.0)], asked)
    reply = _linear(table) if name == "linear-regression" else _logistic(table, frame)

    form = FORMS[name]
    sums = form.to_sums(reply, frame)
    back = form.from_sums(sums, frame, 0.0)

    assert len(sums) == len(form.bounds(frame)) == job_named(name).numbers_per_round(3)
    assert set(back) == set(reply)
    for part, values in reply.items():
        np.testing.assert_allclose(back[part], values, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", JOBS)
@pytest.mark.parametrize("spread", [1.0, 30.0, 1e6])
def test_noised_sums_come_back_as_a_reply_that_can_be_solved(name: str, spread: float) -> None:
    rng = np.random.default_rng(4)
    asked = {"beta": [0.0] * 4, "centre": [5.0] * 3, "scale": [2.0] * 3}
    frame = Frame([(0.0, 10.0)] * 3 + [(0.0, 1.0)], asked)
    form = FORMS[name]
    bounds = form.bounds(frame)

    for _ in range(20):
        reply = form.from_sums(rng.normal(0.0, spread, len(bounds)) * bounds, frame, spread)

        assert reply["count"][0] >= 20
        matrix = unpack(np.array(reply["scatter" if "scatter" in reply else "hessian"]))
        assert np.linalg.eigvalsh(matrix)[0] > 0
        arrays = {part: np.array(values) for part, values in reply.items()}
        if name == "linear-regression":
            assert np.isfinite(linear.solve(linear.combine([arrays])).coefficients).all()
        else:
            point, sums = logistic.standardise(logistic.combine([arrays]))
            assert np.isfinite(point.scale).all()
            assert np.isfinite(logistic.newton_step(sums)).all()
