"""Fixed point numbers and masks: sums are exact, and nothing wraps around unseen."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from federation.catalogue.linear_regression import additive, maths
from federation.catalogue.registry import JOBS
from federation.catalogue.shared import masks

_numbers = st.floats(-1e34, 1e34, allow_nan=False).filter(lambda v: v == 0 or abs(v) >= 2**-76)


@given(st.lists(st.lists(_numbers, min_size=3, max_size=3), min_size=1, max_size=8))
def test_sums_are_exact_whatever_their_order(rows: list[list[float]]) -> None:
    total = [0, 0, 0]
    for row in rows:
        total = masks.add(total, masks.to_fixed(row))

    expected = [sum(map(Fraction, column)) for column in zip(*rows, strict=True)]
    assert masks.from_fixed(total, len(rows)) == expected


@given(st.binary(min_size=32, max_size=64), st.lists(_numbers, max_size=5))
def test_a_mask_that_is_put_on_and_lifted_changes_nothing(seed: bytes, row: list[float]) -> None:
    plain = masks.to_fixed(row)
    hidden = masks.add(plain, masks.mask(seed, b"here", len(row)))

    assert masks.add(hidden, masks.mask(seed, b"here", len(row)), -1) == plain
    assert masks.unpack_fixed(masks.pack_fixed(hidden)) == hidden


def test_every_bit_of_the_secret_counts() -> None:
    """Flower folds a secret into 32 bits, so that its masks can be searched for."""
    seed = bytes(range(32))
    found = {tuple(masks.mask(seed, b"here", 2)), tuple(masks.mask(seed, b"there", 2))}
    for bit in range(256):
        changed = int.from_bytes(seed, "big") ^ 1 << bit
        found.add(tuple(masks.mask(changed.to_bytes(32, "big"), b"here", 2)))

    assert len(found) == 258


@pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan, 2.0**117, -(2.0**117), 1e300])
def test_what_has_no_place_in_the_fixed_point_is_refused(value: float) -> None:
    with pytest.raises(masks.NotANumber):
        masks.to_fixed([1.0, value])


def test_bytes_that_are_no_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        masks.unpack_fixed(bytes(33))


@pytest.mark.parametrize(
    ("nodes", "least"), [(1, 3), (2, 3), (3, 3), (4, 3), (5, 4), (6, 5), (9, 7), (10, 7)]
)
def test_more_than_two_thirds_must_answer_the_last_step(nodes: int, least: int) -> None:
    assert masks.least_to_unmask(nodes) == least
    assert 3 * least > 2 * nodes


@pytest.mark.parametrize("name", JOBS)
def test_every_job_has_a_form_that_adds_up(name: str) -> None:
    from importlib import import_module

    additive = import_module(f"federation.catalogue.{JOBS[name].package}.additive")
    lengths = JOBS[name].lengths(2)
    reply = {part: [1.0 + at for at in range(length)] for part, length in lengths.items()}

    sums = additive.to_sums(reply)

    assert additive.from_sums(sums) == reply
    with pytest.raises(ValueError, match="of nobody"):
        additive.from_sums({part: [Fraction(0)] * len(v) for part, v in sums.items()})


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10**6), shift=st.sampled_from([0.0, 1950.0, 1e7]))
def test_adding_sums_about_zero_loses_no_digits(seed: int, shift: float) -> None:
    """Values far from zero are where sums of squares in floats would."""
    random = np.random.default_rng(seed)
    table = random.normal(shift, 1.0, (90, 3))
    replies = [
        {n: v.tolist() for n, v in maths.site_sums(list(part.T[:2]), part.T[2]).items()}
        for part in np.array_split(table, 3)
    ]
    parts = [additive.to_sums(reply) for reply in replies]
    total = {
        name: [sum(v) for v in zip(*(p[name] for p in parts), strict=True)] for name in parts[0]
    }

    added = {name: np.array(values) for name, values in additive.from_sums(total).items()}

    mixed, plain = (
        maths.solve(maths.combine(answers))
        for answers in ([added], [{n: np.array(v) for n, v in r.items()} for r in replies])
    )
    np.testing.assert_allclose(mixed.coefficients[1:], plain.coefficients[1:], rtol=1e-6, atol=1e-8)
