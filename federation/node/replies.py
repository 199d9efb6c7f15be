"""Looks at what a job wants to send before it may leave the node.

Closed by default: only the record the catalogue declares, only the lists in it, only their
lengths, only finite numbers. Code that is not of the catalogue (policy "pinned") is held to
kinds of record, finite numbers and a size.
"""

import math
from collections.abc import Iterable

import numpy as np
from flwr.app import ArrayRecord, ConfigRecord, MetricRecord, RecordDict

from federation.catalogue.registry import Job
from federation.node.errors import JobFailed

REPLY_LIMIT = 8 * 1_048_576
"""Most bytes of a reply, as protobuf."""

_RECORDS = 16
_NAMES = 200
_TEXT_LIMIT = 1_000
_BAD = "bad-reply"


def check_reply(records: RecordDict, job: Job | None, predictors: int) -> None:
    """Let a reply pass, or not.

    Args:
        job: the catalogue's declaration, or None for unpacked code that has none.
        predictors: how many predictors the run has; lengths are told in them.
    Raises:
        JobFailed: it is not what was declared. The text names the place, never a value.
    """
    if job is None:
        _check_any(records)
        return
    if list(records) != [job.record] or not isinstance(records[job.record], MetricRecord):
        raise JobFailed(_BAD, f"The job replied with something other than {job.record!r}.")
    record = records[job.record]
    lengths = job.lengths(predictors)
    if set(record) != set(lengths):
        raise JobFailed(_BAD, "The job replied with other lists than it declares.")
    for name, length in lengths.items():
        values = record[name]
        if not isinstance(values, list) or len(values) != length:
            raise JobFailed(_BAD, f"The list {name!r} does not have its declared length.")
        _check_numbers(name, values)


def _check_any(records: RecordDict) -> None:
    if len(records) > _RECORDS:
        raise JobFailed(_BAD, f"The job replied with more than {_RECORDS} records.")
    for name, record in records.items():
        if len(record) > _NAMES:
            raise JobFailed(_BAD, f"The record {name!r} holds more than {_NAMES} entries.")
        if isinstance(record, ArrayRecord):
            for array in record.values():
                _check_array(name, array)
        elif isinstance(record, MetricRecord | ConfigRecord):
            for value in record.values():
                _check_value(name, value)
        else:
            raise JobFailed(_BAD, f"The record {name!r} is of a kind that may not leave.")


def _check_array(name: str, array: object) -> None:
    try:
        values = array.numpy()  # type: ignore[attr-defined]  # flwr is skipped by mypy
    except (ValueError, TypeError, EOFError, OSError) as error:
        raise JobFailed(_BAD, f"An array in {name!r} cannot be read.") from error
    if values.dtype.kind not in "fiu" or not np.isfinite(values).all():
        raise JobFailed(_BAD, f"An array in {name!r} holds something that is not a number.")


def _check_value(name: str, value: object) -> None:
    if isinstance(value, list):
        for item in value:
            _check_value(name, item)
    elif isinstance(value, bytes) or (isinstance(value, str) and len(value) > _TEXT_LIMIT):
        raise JobFailed(_BAD, f"The record {name!r} holds bytes or a long text.")
    elif not isinstance(value, str):
        _check_numbers(name, [value])


def _check_numbers(name: str, values: Iterable[object]) -> None:
    for value in values:
        if not isinstance(value, int | float) or not math.isfinite(value):
            raise JobFailed(_BAD, f"{name!r} holds something that is not a finite number.")
