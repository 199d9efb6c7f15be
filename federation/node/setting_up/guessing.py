"""Looks into a data file and guesses what each column is: a number, yes or no, a text, an id.

For the operator, at the node's own console. What is kept of a value is which kind it is.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

from federation.node.data.marks import MISSING
from federation.node.errors import NodeError

_FORMATS = {".csv": "csv", ".parquet": "parquet", ".bed": "plink"}
_NAMES_PEOPLE = re.compile(
    r"(?:.*[ _.-])?(?:i?id|record|person|patient|participant|subject|member|mrn)"
    r"(?:[ _.-]?(?:id|nr|no|number|code))?"
)
_MOSTVARIANTS = 50  # more are for the operator to choose from
_LINE_LIMIT = 1_000_000
_PLINK = b"\x6c\x1b"
_FIELDS = 6
VARIANT = "variant"


@dataclass(frozen=True)
class Proposal:
    """What a file looks like.

    Attributes:
        kinds: type of each column that could be a variable, in the file's order; "variant" is
            a number, too, of which the range is known.
        id_column: the column that seems to tell people apart; "" if none does.
        repeated: columns that name people more than once each.
        people: how many there seem to be. Stays here.
    """

    kinds: dict[str, str]
    id_column: str
    repeated: tuple[str, ...]
    people: int


def format_of(path: Path) -> str:
    """Tell a file's format by its name.

    Raises:
        NodeError: it is none of the three.
    """
    try:
        return _FORMATS[path.suffix.lower()]
    except KeyError:
        raise NodeError(
            f"{path} must end in .csv, .parquet or .bed, so that its format is known."
        ) from None


def columns_of(path: Path, kind: str) -> list[str]:
    """Read the names of a table's columns, and nothing else.

    Raises:
        NodeError: the file cannot be read, or is not of that format.
    """
    try:
        return _header(path) if kind == "csv" else _schema(path)
    except OSError as error:
        raise NodeError(f"Cannot read {path}: {error.strerror or error}.") from None


def propose(path: Path, kind: str) -> Proposal:
    """Read a whole table once and guess what each column is.

    Raises:
        NodeError: it is not a table of that kind, or has two columns of one name.
        OSError: it cannot be read.
    """
    if kind == "plink":
        return _variants(path)
    names = [name for name in columns_of(path, kind) if name]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise NodeError(f"{path} has more than one column named {twice!r}; give each its own.")
    guesses = [_Guess(bool(_NAMES_PEOPLE.fullmatch(name.lower()))) for name in names]
    rows = 0
    for row in _csv_rows(path, names) if kind == "csv" else _parquet_rows(path, names):
        rows += 1
        for guess, value in zip(guesses, row, strict=False):
            text = str(int(value)) if isinstance(value, bool) else str(value).strip()
            if text not in MISSING and value is not None:
                guess.see(text)
    kinds: dict[str, str] = {}
    ids, repeated = [], []
    for name, guess in zip(names, guesses, strict=True):
        if not guess.names_people or not guess.seen:
            kinds[name] = guess.kind
        elif len(guess.seen) == rows:
            ids.append(name)
        else:
            repeated.append(name)
    return Proposal(kinds, ids[0] if ids else "", (*ids[1:], *repeated), rows)


class _Guess:
    """What one column may hold, as far as it was read; "" and the like are not looked at."""

    def __init__(self, names_people: bool) -> None:
        self.names_people = names_people
        self.seen: set[str] = set()
        self._any = False
        self._number = self._yes_no = True

    def see(self, text: str) -> None:
        self._any = True
        if self.names_people:
            self.seen.add(text)
        if not self._number:
            return
        try:
            value = Decimal(text)
        except InvalidOperation:
            value = Decimal("NaN")
        self._number = value.is_finite()
        self._yes_no = self._yes_no and self._number and value in (0, 1)

    @property
    def kind(self) -> str:
        if not self._any or not self._number:
            return "category"
        return "yes-no" if self._yes_no else "number"


def _header(path: Path) -> list[str]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            # The first line alone, so that a file that is no table at all is not read to its end.
            line = file.readline(_LINE_LIMIT)
            names = [name.strip() for name in next(csv.reader([line]), [])]
    except (csv.Error, UnicodeDecodeError):
        names = []
    if not any(names) or any("\0" in name for name in names):
        raise NodeError(f"{path} is not a CSV table in UTF-8 with names in its first line.")
    return names


def _schema(path: Path) -> list[str]:
    import pyarrow
    import pyarrow.parquet

    try:
        names: list[str] = pyarrow.parquet.read_schema(path).names
    except pyarrow.ArrowException:
        raise NodeError(f"{path} is not a Parquet table.") from None
    return names


def _csv_rows(path: Path, names: list[str]) -> Iterator[list[str]]:
    csv.field_size_limit(_LINE_LIMIT)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = csv.reader(file)
            header = [name.strip() for name in next(lines, [])]
            places = [header.index(name) for name in names]
            for line in lines:
                if line:
                    yield [line[place] if place < len(line) else "" for place in places]
    except (csv.Error, ValueError):  # one of them: not UTF-8
        raise NodeError(f"{path} is not a CSV table in UTF-8.") from None


def _parquet_rows(path: Path, names: list[str]) -> Iterator[tuple[object, ...]]:
    import pyarrow
    import pyarrow.parquet

    try:
        with pyarrow.parquet.ParquetFile(path) as file:
            for batch in file.iter_batches(columns=names):
                columns = [batch.column(name).to_pylist() for name in names]
                yield from zip(*columns, strict=True)
    except pyarrow.ArrowException:
        raise NodeError(f"{path} is not a Parquet table.") from None


def _variants(path: Path) -> Proposal:
    """Read who and what is in a PLINK data set from the two files beside the .bed file."""
    with path.open("rb") as bed:
        if bed.read(2) != _PLINK:
            raise NodeError(f"{path} is not a PLINK 1 .bed file.")
    people = _words(path.with_suffix(".fam"))
    cases = {line[5] for line in people} <= {"0", "1", "2", "-9"}
    kinds = {"sex": "yes-no", "phenotype": "yes-no" if cases else "number"}
    variants = [line[1] for line in _words(path.with_suffix(".bim"))]
    if len(variants) <= _MOSTVARIANTS:
        kinds |= dict.fromkeys(variants, VARIANT)
    return Proposal(kinds, "", (), len(people))


def _words(path: Path) -> list[list[str]]:
    try:
        lines = path.read_text("utf-8").splitlines()
    except UnicodeDecodeError:
        raise NodeError(f"{path} is not a text of PLINK's.") from None
    words = [line.split() for line in lines if line.strip()]
    if any(len(line) < _FIELDS for line in words):
        raise NodeError(f"{path} does not have six columns in every line.")
    return words
