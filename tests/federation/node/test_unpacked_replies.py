"""What leaves of code that nobody declared: numbers under agreed names, and few of them."""

import io
import math
from collections.abc import Callable

import numpy as np
import pytest
from flwr.app import Array, ArrayRecord, ConfigRecord, MetricRecord, RecordDict

from federation.node.errors import JobFailed
from federation.node.privacy.unpacked_replies import Names, rewritten

NAMES = Names(outputs=("weights", "loss", "steps"), came=("arrays", "layer.0"))


def _arrays(**arrays: np.ndarray) -> RecordDict:
    return RecordDict({"weights": ArrayRecord({n: Array(a) for n, a in arrays.items()})})


def _metrics(**metrics: object) -> RecordDict:
    return RecordDict({"metrics": MetricRecord(metrics)})  # type: ignore[arg-type]


def _left(records: RecordDict, people: int = 300) -> dict[str, dict[str, object]]:
    return {name: dict(record) for name, record in rewritten(records, NAMES, people).items()}


def test_arrays_leave_as_they_are_and_metrics_with_three_digits() -> None:
    grid = np.arange(6, dtype=np.float32).reshape(2, 3) / 7
    records = RecordDict(
        {
            "metrics": MetricRecord({"loss": 0.123456, "steps": [123456, 7890]}),
            "arrays": ArrayRecord({"layer.0": Array(grid)}),
        }
    )

    left = rewritten(records, NAMES, people=300)

    assert dict(left["metrics"]) == {"loss": 0.123, "steps": [123000, 7890]}
    array = left["arrays"]["layer.0"].numpy()
    assert (array.dtype, array.tolist()) == (grid.dtype, grid.tolist())


@pytest.mark.parametrize("small", [1, 20, 5.0, 19.999, -3, [0.5, 4.0]])
def test_a_whole_number_up_to_20_leaves_as_a_band_that_the_node_writes(small: object) -> None:
    left = _left(_metrics(loss=0.5, steps=small))

    assert left == {"metrics": {"loss": 0.5}, "bands": {"metrics.steps": "1-20"}}


@pytest.mark.parametrize("value", [0, 21, 0.0, 20.5, 1.25, [0, 21]])
def test_other_numbers_leave_as_numbers(value: object) -> None:
    assert _left(_metrics(steps=value)) == {"metrics": {"steps": value}}


def test_order_and_bytes_behind_an_array_do_not_leave() -> None:
    first, second = Array(np.ones(2)), Array(np.zeros(2))
    padded = Array(first.dtype, first.shape, first.stype, first.data + b"Chi, born 1961")

    left = rewritten(
        RecordDict({"weights": ArrayRecord({"1": second, "0": padded})}), NAMES, people=300
    )

    assert list(left["weights"]) == ["0", "1"]
    assert left["weights"]["0"].data == first.data


def _with_text_between() -> np.ndarray:
    """Long floats use ten of their sixteen bytes."""
    numbers = np.ones(2, dtype=np.longdouble)
    numbers.view(np.uint8).reshape(2, -1)[:, 10:] = np.frombuffer(b"chi-61", np.uint8)
    return numbers


def _archive() -> bytes:
    held = io.BytesIO()
    np.savez(held, x=np.ones(2))
    return held.getvalue()


def _endless() -> bytes:
    held = io.BytesIO()
    shape = {"descr": "<f8", "fortran_order": False, "shape": (10**14,)}
    np.lib.format.write_array_header_1_0(held, shape)
    return held.getvalue()


def _raw(data: bytes) -> RecordDict:
    return RecordDict({"weights": ArrayRecord({"0": Array("<f8", (1,), "numpy.ndarray", data)})})


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: _arrays(w=np.ones(2)), "name of one array"),
        (lambda: RecordDict({"chi-1961": ArrayRecord({})}), "name of one record"),
        (lambda: _metrics(age_of_chi=61), "name of one metric"),
        (lambda: _arrays(**{"7": np.ones(2)}), "name of one array"),
        (lambda: RecordDict({"bands": MetricRecord({"loss": 1.5})}), "name of one record"),
        (lambda: RecordDict({"metrics": ConfigRecord({"loss": "x"})}), "may hold text"),
        (lambda: RecordDict({"metrics": ConfigRecord({"loss": b"x"})}), "may hold text"),
        (lambda: RecordDict({"metrics": ConfigRecord({"loss": 1.5})}), "may hold text"),
        (lambda: _metrics(loss=math.inf), "not a finite number"),
        (lambda: _metrics(loss=[0.5, math.nan]), "not a finite number"),
        (lambda: _arrays(weights=np.array([np.nan])), "not a finite number"),
        (lambda: _arrays(weights=np.array(["x"])), "not a finite number"),
        (lambda: _arrays(weights=np.ones((0, 1961))), "is empty"),
        (lambda: _arrays(weights=np.ones((1,) * 9)), "more than 8 dimensions"),
        (
            lambda: RecordDict(
                {"weights": ArrayRecord({"0": Array("<f8", (1,), "numpy.ndarray", b"junk")})}
            ),
            "cannot be read",
        ),
        (lambda: _arrays(weights=_with_text_between()), "more than 8 bytes"),
        (lambda: _arrays(weights=np.ones(2, dtype="S9")), "more than 8 bytes"),
        (lambda: _raw(_archive()), "cannot be read"),
        (lambda: _raw(_endless()), "cannot be read"),
        (
            lambda: RecordDict({f"r{n}": MetricRecord({"loss": 1.5}) for n in range(17)}),
            "more than 16 records",
        ),
        (lambda: _metrics(**{f"m{n}": 1.5 for n in range(201)}), "more than 200 entries"),
    ],
)
def test_anything_else_holds_the_whole_reply_back(
    make: Callable[[], RecordDict], reason: str
) -> None:
    with pytest.raises(JobFailed, match=reason) as caught:
        rewritten(make(), NAMES, people=3000)

    assert caught.value.code == "bad-reply"
    assert "chi" not in str(caught.value)


def test_more_than_one_number_for_three_people_holds_it_back() -> None:
    records = _arrays(weights=np.ones((3, 33)))
    records["metrics"] = MetricRecord({"loss": 1.5})

    rewritten(records, NAMES, people=300)
    with pytest.raises(JobFailed, match="too many numbers") as caught:
        rewritten(records, NAMES, people=299)

    assert caught.value.code == "too-many-parameters"
