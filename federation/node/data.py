"""Reads the granted columns of a dataset, and only those, and hands complete cases on.

Runs in the guard, after every check that can be made without the data. Nothing here puts a
value from the data into an error, a log or a receipt; a column's name at most.
"""

import csv
import fcntl
import math
import os
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from federation.node.errors import JobFailed
from federation.node.home import Dataset

Floats = NDArray[np.float64]

MISSING = frozenset({"", "NA", "N/A", "NaN", "nan", "null", "NULL"})
_UNREADABLE = "data-unreadable"
_FIELD_LIMIT = 1_000_000


def read_columns(dataset: Dataset, names: Sequence[str]) -> dict[str, Floats]:
    """Read columns as float64, one number a person, people with any value missing left out.

    Raises:
        JobFailed: the file cannot be read, a column is missing from it, or a value in a
            column does not fit the type that ``node.toml`` gives it.
    """
    try:
        columns = _READERS[dataset.format](dataset.path, names)
    except OSError as error:
        raise JobFailed(
            _UNREADABLE, f"The file of {dataset.id} cannot be read: {error.strerror}."
        ) from None
    complete = np.ones(len(next(iter(columns.values()))), dtype=bool)
    for name, values in columns.items():
        complete &= ~np.isnan(values)
        _check_type(name, values, dataset.variables[name])
    return {name: values[complete] for name, values in columns.items()}


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


def _read_csv(path: Path, names: Sequence[str]) -> dict[str, Floats]:
    csv.field_size_limit(_FIELD_LIMIT)
    values: list[list[float]] = [[] for _ in names]
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.reader(file)
            header = [name.strip() for name in next(rows, [])]
            places = [_place(header, name) for name in names]
            for row in rows:
                if not row:
                    continue
                for place, name, column in zip(places, names, values, strict=True):
                    column.append(_number(row[place] if place < len(row) else "", name))
    except (csv.Error, UnicodeDecodeError) as error:
        raise JobFailed(_UNREADABLE, "The file is not a CSV table in UTF-8.") from error
    return {
        name: np.array(column, dtype=np.float64) for name, column in zip(names, values, strict=True)
    }


def _place(header: list[str], name: str) -> int:
    if header.count(name) != 1:
        raise JobFailed(
            _UNREADABLE, f"The file has {header.count(name)} columns named {name}, not one."
        )
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


def _read_parquet(path: Path, names: Sequence[str]) -> dict[str, Floats]:
    # Loaded only when it is needed: it takes 60 MB and a third of a second.
    import pyarrow
    import pyarrow.parquet

    try:
        with pyarrow.parquet.ParquetFile(path) as file:
            header = file.schema_arrow.names
            for name in names:
                _place(header, name)
            table = file.read(columns=list(names), use_threads=False)
    except pyarrow.ArrowException as error:
        raise JobFailed(_UNREADABLE, "The file is not a Parquet table.") from error
    return {name: _as_floats(table.column(name), name) for name in names}


def _as_floats(column: object, name: str) -> Floats:
    import pyarrow

    kind = column.type  # type: ignore[attr-defined]  # pyarrow is skipped by mypy
    wanted = (pyarrow.types.is_integer, pyarrow.types.is_floating, pyarrow.types.is_boolean)
    if not any(fits(kind) for fits in wanted):
        raise _not_numbers(name)
    floats = column.cast(pyarrow.float64())  # type: ignore[attr-defined]  # the same
    values = np.asarray(floats.to_numpy(), dtype=np.float64)
    if np.isinf(values).any():
        raise _not_numbers(name)
    return values


def _check_type(name: str, values: Floats, kind: str) -> None:
    known = values[~np.isnan(values)]
    if kind == "yes-no" and not np.all((known == 0) | (known == 1)):
        raise JobFailed(_UNREADABLE, f"The column {name} holds values other than 0 and 1.")


def _not_numbers(name: str) -> JobFailed:
    return JobFailed(_UNREADABLE, f"The column {name} holds something that is not a number.")


_READERS = {"csv": _read_csv, "parquet": _read_parquet}
