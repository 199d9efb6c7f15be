"""Looks into a data file and proposes what ``node.toml`` could say of it.

A proposal for the operator, written at the node and read by people there. It holds names of
columns and kinds of values, never a value: ranges are left open, because the least and the
greatest value seen are somebody's own.
"""

import csv
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal, InvalidOperation
from pathlib import Path

from federation.node.errors import NodeError
from federation.node.inspect import rows_of
from federation.node.settings import SLUG

_FORMATS = {".csv": "csv", ".parquet": "parquet", ".bed": "plink"}
_NAMES_PEOPLE = re.compile(
    r"(?:.*[ _.-])?(?:i?id|record|person|patient|participant|subject|member|mrn)"
    r"(?:[ _.-]?(?:id|nr|no|number|code))?"
)
_MOST_DELTA = Decimal("0.01")
_MOST_VARIANTS = 50  # more are for the operator to choose from
_LINE_LIMIT = 1_000_000


@dataclass(frozen=True)
class Proposal:
    """What a file looks like.

    Attributes:
        kinds: type of each column that could be a variable, in the file's order.
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


def dataset_lines(name: str, path: Path, *, min_cohort: int) -> list[str]:
    """Write the section of one dataset for ``node.toml``.

    Raises:
        NodeError: the name is not a short one, or the file cannot be read as its format.
    """
    if not SLUG.fullmatch(name):
        raise NodeError(f"A dataset's name must be short, like river-diabetes, not {name!r}.")
    kind = format_of(path)
    try:
        found = _variants(path) if kind == "plink" else propose(path, kind)
    except OSError as error:
        raise NodeError(f"Cannot read {path}: {error.strerror or error}.") from None
    return [
        "",
        f"[datasets.{name}]",
        f"path = {json.dumps(str(path))}",
        f'format = "{kind}"',
        "# Fewest people for any answer; below 20 nothing ever leaves.",
        f"min_cohort = {min_cohort}",
        *_id_lines(found),
        "# What people read of it on the platform; look at it with: kinhold-node datasets describe",
        'title = ""',
        'description = ""',
        "",
        "# The most that all noised answers together may give away of one person, for good.",
        "# Epsilon: smaller is safer. Delta: well below one in the number of people.",
        f"[datasets.{name}.budget]",
        'epsilon = "10"',
        f'delta = "{delta_for(found.people)}"',
        "",
        "# Proposed from the file: look through it, and take out what no job may ever use.",
        '# Types: "number", "yes-no" (0 or 1), "category" (text; no job can use it so far).',
        "# Give each number the least and greatest value that can be, not that is: answers with",
        "# noise need it. For example:",
        '# "age" = { type = "number", unit = "years", label = "Age", range = [0, 120] }',
        f"[datasets.{name}.variables]",
        *_variable_lines(found, kind),
    ]


def propose(path: Path, kind: str) -> Proposal:
    """Read a whole table once and guess what each column is.

    Raises:
        NodeError: it is not a table of that kind, or has two columns of one name.
        OSError: it cannot be read.
    """
    names = [name for name in columns_of(path, kind) if name]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise NodeError(f"{path} has more than one column named {twice!r}; give each its own.")
    guesses = [_Guess(bool(_NAMES_PEOPLE.fullmatch(name.lower()))) for name in names]
    rows = 0
    for row in rows_of(path, kind, names):
        rows += 1
        for guess, text in zip(guesses, row, strict=True):
            if text:
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


def delta_for(people: int) -> str:
    """Give one in ten times the people, rounded down to one digit, as ``node.toml`` wants it."""
    exact = Decimal(1) / (10 * max(people, 1))
    rounded = exact.quantize(Decimal((0, (1,), exact.adjusted())), rounding=ROUND_FLOOR)
    return f"{min(rounded, _MOST_DELTA):f}"


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


def _id_lines(found: Proposal) -> list[str]:
    lines = []
    if found.id_column:
        lines = [
            "# The column that tells people apart. Neither it nor its name leaves this machine.",
            f"id_column = {json.dumps(found.id_column)}",
        ]
    for name in found.repeated:
        lines += [
            f"# {json.dumps(name)} seems to name people too. If it tells them apart, write it as",
            "# id_column, and in rows_per_person how many rows of one person may be used.",
        ]
    return lines


def _variable_lines(found: Proposal, kind: str) -> list[str]:
    if kind == "plink" and not found.kinds:
        return [
            "# Name each variant that jobs may use, as the .bim file does, like:",
            '# "rs123" = { type = "number", range = [0, 2] }',
        ]
    # Of an allele it is known how often a person can have it.
    more = ", range = [0, 2]" if kind == "plink" else ""
    return [
        f'{json.dumps(name)} = {{ type = "{guess}"{more} }}' for name, guess in found.kinds.items()
    ]


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


def _variants(path: Path) -> Proposal:
    """Read who and what is in a PLINK data set from the two files beside the .bed file."""
    with path.open("rb") as bed:
        if bed.read(3) != b"\x6c\x1b\x01":
            raise NodeError(f"{path} is not a PLINK .bed file in its usual order, by variant.")
    people = len(_words(path.with_suffix(".fam")))
    names = [words[1] for words in _words(path.with_suffix(".bim"))]
    few: Sequence[str] = names if len(names) <= _MOST_VARIANTS else ()
    return Proposal(dict.fromkeys(few, "number"), "", (), people)


def _words(path: Path) -> list[list[str]]:
    try:
        lines = path.read_text("utf-8").splitlines()
    except UnicodeDecodeError:
        raise NodeError(f"{path} is not a text of PLINK's.") from None
    words = [line.split() for line in lines if line.strip()]
    if any(len(line) < 6 for line in words):
        raise NodeError(f"{path} does not have six columns in every line.")
    return words
