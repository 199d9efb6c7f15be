"""What of an unpacked bundle's reply leaves the node: numbers under agreed names, and little else.

Nobody declared what such code sends, so the node writes the reply anew and lets into it only
arrays of numbers and rounded metrics. No name, order, text or byte of the job's own making gets
through: names must stand in the grant's outputs or have come with the message itself.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from flwr.app import Array, ArrayRecord, ConfigRecord, MetricRecord, RecordDict
from numpy.typing import NDArray

from federation.node.errors import JobFailed
from federation.node.privacy.replies import BAD, check_numbers

PEOPLE_PER_NUMBER = 3
"""Fewest people for each number that leaves without noise. Source: DataSHIELD's 0.33."""

BANDS = "bands"
"""Name of the node's own record, which tells metrics that are too small a count to be told."""

SMALL = "1-20"
"""How a whole number from 1 to 20 leaves: it may be a count of people."""

_SMALLEST_TOLD = 21
_DIGITS = 3
_RECORD_NAMES = ("arrays", "metrics")  # what Flower's own strategies call them
_RECORDS, _NAMES, _DIMENSIONS = 16, 200, 8
_BYTES = 8  # of one number: longer ones have bytes that count for nothing and may hold text

Metric = int | float | list[int] | list[float]


@dataclass(frozen=True)
class Names:
    """What things in a reply may be called, in the order in which they leave.

    Attributes:
        outputs: as the grant names them.
        came: names of the records, and of what is in them, in the message that was answered.
    """

    outputs: Sequence[str]
    came: Sequence[str] = field(default=())

    def records(self) -> list[str]:
        return list(dict.fromkeys([*self.came, *self.outputs, *_RECORD_NAMES]))

    def arrays(self, count: int) -> list[str]:
        """Also places from 0 on, as Flower names arrays that have no name, with none left out."""
        return list(dict.fromkeys([*self.came, *self.outputs, *map(str, range(count))]))


def rewritten(records: RecordDict, names: Names, people: int) -> RecordDict:
    """Give what may leave of a reply.

    Raises:
        JobFailed: something in it may not, or it holds too many numbers for so few people.
    """
    if len(records) > _RECORDS:
        raise JobFailed(BAD, f"The job replied with more than {_RECORDS} records.")
    reply, bands, numbers = RecordDict(), dict[str, str](), 0
    for name in _in_order(records, [n for n in names.records() if n != BANDS], "record"):
        record = records[name]
        if len(record) > _NAMES:
            raise JobFailed(BAD, f"A record holds more than {_NAMES} entries.")
        if isinstance(record, ArrayRecord):
            arrays = _arrays(record, names)
            numbers += sum(values.size for values in arrays.values())
            reply[name] = ArrayRecord({n: Array(values) for n, values in arrays.items()})
        elif isinstance(record, MetricRecord):
            metrics, small = _metrics(record, names)
            numbers += sum(len(v) if isinstance(v, list) else 1 for v in metrics.values())
            reply[name] = MetricRecord(metrics)
            bands |= {f"{name}.{metric}": SMALL for metric in small}
        else:
            raise JobFailed(BAD, "A record is of a kind that may not leave: it may hold text.")
    if numbers * PEOPLE_PER_NUMBER > people:
        raise JobFailed(
            "too-many-parameters",
            "The reply holds too many numbers. Without noise there must be "
            f"{PEOPLE_PER_NUMBER} people for each.",
        )
    if bands:
        reply[BANDS] = ConfigRecord(bands)
    return reply


def _arrays(record: ArrayRecord, names: Names) -> dict[str, NDArray[np.generic]]:
    allowed = names.arrays(len(record))
    return {name: _numbers_in(record[name]) for name in _in_order(record, allowed, "array")}


def _numbers_in(array: Array) -> NDArray[np.generic]:
    """Read an array's numbers and nothing that came with them, such as bytes behind the last."""
    try:
        values: NDArray[np.generic] = array.numpy()
    except (ValueError, TypeError, EOFError, OSError, MemoryError) as error:
        raise JobFailed(BAD, "An array cannot be read.") from error
    if not isinstance(values, np.ndarray):  # an archive of several
        raise JobFailed(BAD, "An array cannot be read.")
    if values.dtype.itemsize > _BYTES:
        raise JobFailed(BAD, f"A number in an array takes more than {_BYTES} bytes.")
    if values.dtype.kind not in "fiu" or not np.isfinite(values).all():
        raise JobFailed(BAD, "An array holds something that is not a finite number.")
    if values.size == 0 or values.ndim > _DIMENSIONS:
        raise JobFailed(BAD, f"An array is empty, or has more than {_DIMENSIONS} dimensions.")
    return np.array(values, order="C")


def _metrics(record: MetricRecord, names: Names) -> tuple[dict[str, Metric], list[str]]:
    """Round every metric; name those apart that hold too small a whole number."""
    told: dict[str, Metric] = {}
    small: list[str] = []
    for name in _in_order(record, names.outputs, "metric"):
        value = record[name]
        many = value if isinstance(value, list) else [value]
        check_numbers("A metric", many)
        rounded = [_rounded(number) for number in many]
        if any(number and abs(number) < _SMALLEST_TOLD and number % 1 == 0 for number in rounded):
            small.append(name)
        else:
            told[name] = rounded if isinstance(value, list) else rounded[0]
    return told, small


def _rounded(number: float) -> float:
    """Round to ``_DIGITS`` significant digits; a whole number stays one."""
    kind: Callable[[float], float] = type(number)
    return kind(float(f"{number:.{_DIGITS}g}"))


def _in_order(found: Sequence[str], allowed: Sequence[str], what: str) -> list[str]:
    """List what was found in the order of what is allowed, so that the order tells nothing.

    Raises:
        JobFailed: a name is not allowed. It is not repeated: it may be anything.
    """
    if not set(found) <= set(allowed):
        raise JobFailed(
            BAD,
            f"The name of one {what} in the reply neither stands in the grant's outputs nor came "
            "with the message.",
        )
    return [name for name in dict.fromkeys(allowed) if name in found]
