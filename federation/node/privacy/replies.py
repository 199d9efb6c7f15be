"""Looks at what a job wants to send before it may leave the node.

Closed by default: only the record the catalogue declares, only the lists in it, only their
lengths, only finite numbers. Code that is not of the catalogue is looked at in
``unpacked_replies.py``.
"""

import math
from collections.abc import Iterable

from flwr.app import MetricRecord, RecordDict

from federation.catalogue.registry import Job
from federation.node.errors import JobFailed

REPLY_LIMIT = 8 * 1_048_576
"""Most bytes of a reply, as protobuf."""

BAD = "bad-reply"


def check_reply(records: RecordDict, job: Job, predictors: int) -> None:
    """Let a reply of a catalogue job pass, or not.

    Args:
        job: the catalogue's declaration.
        predictors: how many predictors the run has; lengths are told in them.
    Raises:
        JobFailed: it is not what was declared. The text names the place, never a value.
    """
    if list(records) != [job.record] or not isinstance(records[job.record], MetricRecord):
        raise JobFailed(BAD, f"The job replied with something other than {job.record!r}.")
    record = records[job.record]
    lengths = job.lengths(predictors)
    if set(record) != set(lengths):
        raise JobFailed(BAD, "The job replied with other lists than it declares.")
    for name, length in lengths.items():
        values = record[name]
        if not isinstance(values, list) or len(values) != length:
            raise JobFailed(BAD, f"The list {name!r} does not have its declared length.")
        check_numbers(f"The list {name!r}", values)


def check_numbers(what: str, values: Iterable[object]) -> None:
    """Refuse anything but finite numbers.

    Raises:
        JobFailed: the text names ``what``, never a value.
    """
    for value in values:
        if not isinstance(value, int | float) or not math.isfinite(value):
            raise JobFailed(BAD, f"{what} holds something that is not a finite number.")
