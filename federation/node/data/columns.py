"""Reads the granted columns of a dataset, and only those, with a mark for whose each row is.

Runs in the guard, after every check that can be made without the data. Nothing here puts a
value from the data into an error, a log or a receipt; a variable's name at most. Ids become marks
in the line that reads them; the name of their column leaves the node as little as they do.
"""

import csv
import fcntl
import io
import math
import os
import zipfile
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from federation.node.data.files import UNREADABLE, Digested, digest_of, unchanged
from federation.node.data.marks import LENGTH, MISSING, Marker
from federation.node.data.plink import read_plink
from federation.node.errors import JobFailed
from federation.node.home import Dataset

Floats = NDArray[np.float64]

_FIELD_LIMIT = 1_000_000
_BATCH = 65_536


@dataclass(frozen=True)
class Table:
    """All rows of a file, in its order.

    Attributes:
        columns: float64, NaN where there is no value.
        marks: whose each row is, ``marks.NOBODY`` where it does not say; dtype S16.
        version: SHA-256 of the file or files, in hex.
    """

    columns: dict[str, Floats]
    marks: NDArray[np.bytes_]
    version: str


def read_table(dataset: Dataset, names: Sequence[str], marker: Marker) -> Table:
    """Read columns as they stand in the file.

    Raises:
        JobFailed: the file cannot be read or changed meanwhile, or a column is missing from it or
            holds something else than numbers.
    """
    try:
        columns, marks, version = _READERS[dataset.format](dataset, names, marker)
    except OSError as error:
        raise JobFailed(
            UNREADABLE, f"The file of {dataset.id} cannot be read: {error.strerror}."
        ) from None
    return Table(columns, np.frombuffer(bytes(marks), dtype=f"S{LENGTH}"), version)


def hand_over(columns: dict[str, Floats]) -> int:
    """Write columns as ``.npz`` into memory that has no path; return its descriptor.

    The memory is sealed: whoever holds the descriptor can read it and nothing else.
    """
    descriptor = os.memfd_create("kinhold-data", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    # By hand, because numpy.savez takes a column named "file" for its own argument.
    with open(descriptor, "wb", closefd=False) as sink, zipfile.ZipFile(sink, "w") as archive:
        for name, values in columns.items():
            with archive.open(f"{name}.npy", "w") as member:
                np.lib.format.write_array(member, values, allow_pickle=False)
    seal(descriptor)
    return descriptor


def seal(descriptor: int) -> None:
    """Forbid any further change of a memfd, by anyone."""
    seals = fcntl.F_SEAL_WRITE | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_SEAL
    fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, seals)


_Read = tuple[dict[str, Floats], bytearray, str]


def _read_csv(dataset: Dataset, names: Sequence[str], marker: Marker) -> _Read:
    csv.field_size_limit(_FIELD_LIMIT)
    values = [array("d") for _ in names]
    marks = bytearray()
    try:
        with unchanged(dataset.path) as file:
            source = Digested(file)
            rows = csv.reader(io.TextIOWrapper(io.BufferedReader(source), "utf-8-sig", newline=""))
            header = [name.strip() for name in next(rows, [])]
            wanted = [(_place(header, name), name) for name in names]
            mark = _mark_rows(dataset, header, marker)
            for row in rows:
                if not row:
                    continue
                marks += mark(row)
                for (place, name), column in zip(wanted, values, strict=True):
                    column.append(_number(row[place] if place < len(row) else "", name))
            version = source.version()
    except (csv.Error, UnicodeDecodeError) as error:
        raise JobFailed(UNREADABLE, "The file is not a CSV table in UTF-8.") from error
    columns = [np.frombuffer(column, dtype=np.float64) for column in values]
    return dict(zip(names, columns, strict=True)), marks, version


def _mark_rows(
    dataset: Dataset, header: list[str], marker: Marker
) -> Callable[[Sequence[str]], bytes]:
    """Give what marks one row: by its id, or by all that ``node.toml`` describes of it.

    By all of it and not by what is granted: marks must stay the same from grant to grant.
    """
    if dataset.id_column:
        place = _id_place(header, dataset.id_column)
        return lambda row: marker.of_person(row[place] if place < len(row) else "")
    places = [header.index(name) for name in _described(dataset, header)]
    return lambda row: marker.of_row(row[place] if place < len(row) else "" for place in places)


def _described(dataset: Dataset, header: list[str]) -> list[str]:
    return [name for name in sorted(dataset.variables) if header.count(name) == 1]


def _place(header: list[str], name: str) -> int:
    if header.count(name) != 1:
        raise JobFailed(
            UNREADABLE, f"The file has {header.count(name)} columns named {name}, not one."
        )
    return header.index(name)


def _id_place(header: list[str], name: str) -> int:
    if header.count(name) != 1:
        raise JobFailed(UNREADABLE, "The file has no single column that tells people apart.")
    return header.index(name)


def _number(text: str, name: str) -> float:
    text = text.strip()
    if text in MISSING:
        return math.nan
    try:
        value = float(text)
    except ValueError:
        raise _not_numbers(name) from None
    if math.isinf(value):
        raise _not_numbers(name)
    return value


def _read_parquet(dataset: Dataset, names: Sequence[str], marker: Marker) -> _Read:
    # Loaded only when it is needed: it takes 60 MB and a third of a second.
    import pyarrow
    import pyarrow.parquet

    try:
        with unchanged(dataset.path) as file:
            version = digest_of(file)
            table = pyarrow.parquet.ParquetFile(file)
            header = table.schema_arrow.names
            for name in names:
                _place(header, name)
            columns = {name: _parquet_column(table, name) for name in names}
            marks = _parquet_marks(dataset, table, marker)
    except pyarrow.ArrowException as error:
        raise JobFailed(UNREADABLE, "The file is not a Parquet table.") from error
    return columns, marks, version


def _parquet_column(table: Any, name: str) -> Floats:
    """Read one column alone, so that no more than one is held twice at a time."""
    import pyarrow

    column = table.read(columns=[name], use_threads=False).column(name)
    wanted = (pyarrow.types.is_integer, pyarrow.types.is_floating, pyarrow.types.is_boolean)
    if not any(fits(column.type) for fits in wanted):
        raise _not_numbers(name)
    values = np.asarray(column.cast(pyarrow.float64()).to_numpy(), dtype=np.float64)
    if np.isinf(values).any():
        raise _not_numbers(name)
    return values


def _parquet_marks(dataset: Dataset, table: Any, marker: Marker) -> bytearray:
    header = table.schema_arrow.names
    if dataset.id_column:
        _id_place(header, dataset.id_column)
        wanted = [dataset.id_column]
    else:
        wanted = _described(dataset, header)
    marks = bytearray()
    for row in _parquet_rows(table, wanted):
        marks += marker.of_person(row[0]) if dataset.id_column else marker.of_row(row)
    return marks


def _parquet_rows(table: Any, names: list[str]) -> Iterator[list[str]]:
    if not names:
        yield from ([] for _ in range(table.metadata.num_rows))
        return
    for batch in table.iter_batches(_BATCH, columns=names, use_threads=False):
        columns: Iterable[list[Any]] = [batch.column(name).to_pylist() for name in names]
        for row in zip(*columns, strict=True):
            yield [plain_text(value) for value in row]


def plain_text(value: Any) -> str:
    """Write a value of a Parquet table as it would stand in a CSV file; "" if it is missing.

    A number without a fraction is written without one: ids become floats where one is missing.
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, bool) or (isinstance(value, float) and value.is_integer()):
        value = int(value)
    text = str(value).strip()
    return "" if text in MISSING else text


def _not_numbers(name: str) -> JobFailed:
    return JobFailed(UNREADABLE, f"The column {name} holds something that is not a number.")


_READERS: dict[str, Callable[[Dataset, Sequence[str], Marker], _Read]] = {
    "csv": _read_csv,
    "parquet": _read_parquet,
    "plink": read_plink,
}
