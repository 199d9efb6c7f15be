"""Looks through a data file and holds it against what ``node.toml`` says of its columns.

For the operator, at the node's own console. What is said names columns and rows, never a value.
"""

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from secrets import token_bytes

from federation.node.data.columns import plain_text, read_table
from federation.node.data.marks import LENGTH, MISSING, Marker, plain_id
from federation.node.data.variables import categories_of as categories_of
from federation.node.data.variables import decimal as _read
from federation.node.data.variables import limits_of as limits_of
from federation.node.errors import JobFailed, NodeError
from federation.node.home import Dataset

MOST_OF_ONE = 3
"""How many faults of one column are told: with more, the column is another than was meant."""
_FIELD_LIMIT = 1_000_000

_FIRST = 2  # row of a table below its header

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


def look_through(dataset: Dataset, out: frozenset[str] = frozenset()) -> Findings:
    """Read every described column once.

    Args:
        out: ids of people who opted out; they are not counted.
    Raises:
        NodeError: the file cannot be read, or a column is not in it exactly once.
    """
    names = list(dataset.variables)
    checks = [(name, _check_of(dataset, name)) for name in names]
    found = Findings()
    people: set[str] = set()
    nameless = 0
    try:
        for number, person, row in _whose_rows(dataset, names):
            if person is None:
                nameless += 1
            else:
                people.add(plain_id(person))
            for (name, check), text in zip(checks, row, strict=True):
                if text and (wrong := check(text)):
                    found.add(name, number, wrong)
    except OSError as error:
        raise NodeError(f"Cannot read {dataset.path}: {error.strerror or error}.") from None
    found.people = nameless + len(people - out - {""})
    return found


def rows_of(path: Path, kind: str, names: Sequence[str]) -> Iterator[Row]:
    """Read these columns of a table row by row.

    Raises:
        NodeError: it is not a table of that kind, or a column is not in it exactly once.
        OSError: it cannot be read.
    """
    return _ROWS[kind](path, names)


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


def _whose_rows(dataset: Dataset, names: Sequence[str]) -> Iterator[tuple[int, str | None, Row]]:
    """Yield the number of each row, whose it is (None where nothing tells) and its columns."""
    if dataset.format == "plink":
        yield from _plink_rows(dataset, names)
    elif dataset.id_column:
        wanted = [*names, dataset.id_column]
        for number, row in enumerate(rows_of(dataset.path, dataset.format, wanted), _FIRST):
            yield number, row[-1], row[:-1]
    else:
        for number, row in enumerate(rows_of(dataset.path, dataset.format, names), _FIRST):
            yield number, None, row


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
                yield from (
                    [plain_text(value) for value in row] for row in zip(*columns, strict=True)
                )
    except pyarrow.ArrowException:
        raise NodeError(f"{path} is not a Parquet table.") from None


def _plink_rows(dataset: Dataset, names: Sequence[str]) -> Iterator[tuple[int, str, Row]]:
    """Yield people as a table would have them, after the files were found to be sound."""
    try:
        # A key of no further use: what is wanted here are the values.
        columns = read_table(dataset, names, Marker(token_bytes(LENGTH))).columns
    except JobFailed as failure:
        raise NodeError(str(failure)) from None
    with dataset.path.with_suffix(".fam").open(encoding="utf-8") as fam:
        for place, line in enumerate(fam):
            row = [plain_text(float(columns[name][place])) for name in names]
            yield place + 1, " ".join(line.split()[:2]), row


def _places(header: list[str], names: Sequence[str]) -> list[int]:
    for name in names:
        if header.count(name) != 1:
            # Which column tells people apart is nobody's business; here it is the operator's.
            raise NodeError(f"The file has {header.count(name)} columns named {name}, not one.")
    return [header.index(name) for name in names]


def _text(text: str) -> str:
    text = text.strip()
    return "" if text in MISSING else text


_ROWS = {"csv": _csv_rows, "parquet": _parquet_rows}
