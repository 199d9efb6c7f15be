"""Looks through a data file and holds it against what ``node.toml`` says of its columns.

For the operator, at the node's own console. What is said names columns and rows, never a value.
"""

import csv
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from federation.node.data import MISSING
from federation.node.errors import NodeError
from federation.node.home import Dataset

MOST_OF_ONE = 3
"""How many faults of one column are told: with more, the column is another than was meant."""
_FIELD_LIMIT = 1_000_000

# One row of the columns asked for, as texts; "" where nothing is there.
Row = Sequence[str]


@dataclass
class Findings:
    """``people`` counts who is in the file; it stays at the node. ``problems`` are sentences.

    ``faults`` counts them by column, those that are not told any more too.
    """

    people: int = 0
    problems: list[str] = field(default_factory=list)
    faults: dict[str, int] = field(default_factory=dict)

    @property
    def more(self) -> bool:
        return sum(self.faults.values()) > len(self.problems)

    def add(self, column: str, row: int, wrong: str) -> None:
        self.faults[column] = self.faults.get(column, 0) + 1
        if self.faults[column] <= MOST_OF_ONE:
            self.problems.append(f"Column {column}, row {row}: {wrong}.")


def look_through(dataset: Dataset) -> Findings:
    """Read every described column once.

    Raises:
        NodeError: the file cannot be read, or a column is not in it exactly once.
    """
    names = list(dataset.variables)
    id_column = dataset.words.id_column
    wanted = [*names, id_column] if id_column else names
    checks = [(name, _check_of(dataset, name)) for name in names]
    found = Findings()
    people: set[str] = set()
    rows = 0
    try:
        for number, row in enumerate(rows_of(dataset.path, dataset.format, wanted), 2):
            rows += 1
            if id_column and row[-1]:
                people.add(row[-1])
            for (name, check), text in zip(checks, row, strict=False):
                if text and (wrong := check(text)):
                    found.add(name, number, wrong)
    except OSError as error:
        raise NodeError(f"Cannot read {dataset.path}: {error.strerror or error}.") from None
    found.people = len(people) if id_column else rows
    return found


def rows_of(path: Path, kind: str, names: Sequence[str]) -> Iterator[Row]:
    """Read these columns of a file row by row.

    Raises:
        NodeError: it is not a table of that kind, or a column is not in it exactly once.
        OSError: it cannot be read.
    """
    return _ROWS[kind](path, names)


def limits_of(dataset: Dataset, name: str) -> tuple[Decimal, Decimal] | None:
    """Return the least and the greatest value that ``node.toml`` allows a variable.

    Raises:
        NodeError: what stands there are not two numbers, the smaller first.
    """
    held = dataset.words.columns.get(name, {}).get("range")
    if held is None:
        return None
    if isinstance(held, list) and len(held) == 2 and not any(isinstance(e, bool) for e in held):
        ends = [_read(str(end)) for end in held if isinstance(end, int | float)]
        match ends:
            case [Decimal() as least, Decimal() as most] if least <= most:
                return least, most
    raise NodeError(f"The range of {name} must be two numbers, the smaller first, like [0, 120].")


def categories_of(dataset: Dataset, name: str) -> tuple[str, ...]:
    """Return the texts that ``node.toml`` allows a variable; empty if it does not say.

    Raises:
        NodeError: it is not a list of texts.
    """
    held = dataset.words.columns.get(name, {}).get("categories", [])
    if not isinstance(held, list) or not all(isinstance(text, str) for text in held):
        raise NodeError(f'The categories of {name} must be a list of texts, like ["yes", "no"].')
    return tuple(held)


def _check_of(dataset: Dataset, name: str) -> Callable[[str], str]:
    """Return what says, of one text in the column, what is wrong with it; "" if nothing is."""
    kind = dataset.variables[name]
    limits, allowed = limits_of(dataset, name), frozenset(categories_of(dataset, name))
    if kind == "yes-no":
        return _yes_or_no
    if kind == "number":
        return _number_between(*limits) if limits else _number
    if not allowed:
        return lambda _text: ""
    return lambda text: "" if text in allowed else "not one of the categories in node.toml"


def _number(text: str) -> str:
    return "" if _read(text) is not None else "not a number"


def _number_between(least: Decimal, most: Decimal) -> Callable[[str], str]:
    def check(text: str) -> str:
        value = _read(text)
        if value is None:
            return "not a number"
        return "" if least <= value <= most else "outside the range in node.toml"

    return check


def _yes_or_no(text: str) -> str:
    value = _read(text)
    return "" if value in (0, 1) else "neither 0 nor 1"


def _read(text: str) -> Decimal | None:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def _csv_rows(path: Path, names: Sequence[str]) -> Iterator[Row]:
    csv.field_size_limit(_FIELD_LIMIT)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = csv.reader(file)
            places = _places([name.strip() for name in next(lines, [])], names)
            for line in lines:
                if line:
                    yield [_text(line[place]) if place < len(line) else "" for place in places]
    except (csv.Error, UnicodeDecodeError):
        raise NodeError(f"{path} is not a CSV table in UTF-8.") from None


def _parquet_rows(path: Path, names: Sequence[str]) -> Iterator[Row]:
    import pyarrow
    import pyarrow.parquet

    try:
        with pyarrow.parquet.ParquetFile(path) as file:
            _places(file.schema_arrow.names, names)
            for batch in file.iter_batches(columns=list(names)):
                columns = [batch.column(name).to_pylist() for name in names]
                yield from ([_text(value) for value in row] for row in zip(*columns, strict=True))
    except pyarrow.ArrowException:
        raise NodeError(f"{path} is not a Parquet table.") from None


def _places(header: list[str], names: Sequence[str]) -> list[int]:
    for name in names:
        if header.count(name) != 1:
            # Which column tells people apart is nobody's business; here it is the operator's.
            raise NodeError(f"The file has {header.count(name)} columns named {name}, not one.")
    return [header.index(name) for name in names]


def _text(value: Any) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    text = str(int(value)) if isinstance(value, bool) else str(value).strip()
    return "" if text in MISSING else text


_ROWS = {"csv": _csv_rows, "parquet": _parquet_rows}
