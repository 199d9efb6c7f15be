"""What a job may send: what the catalogue declares, and nothing beside it."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from flwr.app import Array, ArrayRecord, ConfigRecord, MetricRecord, RecordDict

from federation.catalogue.registry import LINEAR_REGRESSION
from federation.node.errors import JobFailed
from federation.node.replies import check_reply

SOUND = {"count": [20.0], "means": [1.0, 2.0, 3.0], "scatter": [1.0] * 6}


def _reply(**changes: list[float] | None) -> RecordDict:
    lists = {name: values for name, values in (SOUND | changes).items() if values is not None}
    return RecordDict({"sums": MetricRecord(lists)})


def test_the_declared_reply_passes() -> None:
    check_reply(_reply(), LINEAR_REGRESSION, predictors=2)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: _reply(extra=[1.0]), "other lists than it declares"),
        (lambda: _reply(count=None), "other lists than it declares"),
        (lambda: _reply(means=[1.0, 2.0]), "'means' does not have its declared length"),
        (lambda: _reply(scatter=[1.0] * 7), "'scatter' does not have its declared length"),
        (lambda: _reply(means=[1.0, math.nan, 3.0]), "not a finite number"),
        (lambda: _reply(scatter=[math.inf] * 6), "not a finite number"),
        (lambda: RecordDict({}), "something other than 'sums'"),
        (
            lambda: RecordDict({"sums": MetricRecord(SOUND), "more": MetricRecord({"a": 1})}),
            "something other than 'sums'",
        ),
        (lambda: RecordDict({"sums": ConfigRecord(SOUND)}), "something other than 'sums'"),
        (
            lambda: RecordDict({"sums": MetricRecord({**SOUND, "count": 20.0})}),
            "'count' does not have its declared length",
        ),
    ],
)
def test_one_thing_beside_the_declared_is_enough_to_hold_it_back(
    make: Callable[[], RecordDict], reason: str
) -> None:
    with pytest.raises(JobFailed, match=reason):
        check_reply(make(), LINEAR_REGRESSION, predictors=2)


def test_unpacked_code_may_send_finite_numbers_and_short_texts() -> None:
    records = RecordDict(
        {
            "weights": ArrayRecord({"w": Array(np.ones((2, 2)))}),
            "metrics": MetricRecord({"loss": 0.5, "steps": [1, 2]}),
            "notes": ConfigRecord({"kind": "mlp", "ready": True}),
        }
    )

    check_reply(records, None, predictors=0)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: RecordDict({"a": ArrayRecord({"w": Array(np.array([np.nan]))})}), "not a number"),
        (lambda: RecordDict({"a": ArrayRecord({"w": Array(np.array(["x"]))})}), "not a number"),
        (
            lambda: RecordDict({"a": ArrayRecord({"w": Array("<f8", (1,), "numpy", b"junk")})}),
            "cannot be read|not a number",
        ),
        (lambda: RecordDict({"a": MetricRecord({"m": math.inf})}), "not a finite number"),
        (lambda: RecordDict({"a": ConfigRecord({"c": b"bytes"})}), "bytes or a long text"),
        (lambda: RecordDict({"a": ConfigRecord({"c": "x" * 1_001})}), "bytes or a long text"),
        (lambda: RecordDict({"a": ConfigRecord({"c": ["x" * 1_001]})}), "bytes or a long text"),
        (
            lambda: RecordDict({f"r{n}": MetricRecord({"m": 1}) for n in range(17)}),
            "more than 16 records",
        ),
        (
            lambda: RecordDict({"a": MetricRecord({f"m{n}": 1 for n in range(201)})}),
            "more than 200 entries",
        ),
    ],
)
def test_unpacked_code_is_held_to_kinds_numbers_and_sizes(
    make: Callable[[], RecordDict], reason: str
) -> None:
    with pytest.raises(JobFailed, match=reason):
        check_reply(make(), None, predictors=0)
