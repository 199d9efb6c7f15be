"""What a job may send: what the catalogue declares, and nothing beside it."""

import math
from collections.abc import Callable

import pytest
from flwr.app import ConfigRecord, MetricRecord, RecordDict

from federation.catalogue.registry import LINEAR_REGRESSION
from federation.node.errors import JobFailed
from federation.node.privacy.replies import check_reply

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
