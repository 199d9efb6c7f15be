"""People who opted out: one plain text file for each dataset, looked at before every round.

A line is one id, and after ``#`` a comment such as the date and by whom, so that a helper can keep
the same list on paper. For PLINK an id is ``FID IID``. What cannot be read refuses: nobody is to be
used because of a slip of the pen. Source: docs/adr/0026.
"""

import os
import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from federation.node.books.state import State
from federation.node.data.marks import MISSING, Marker, people_key, plain_id
from federation.node.errors import NodeError
from federation.node.home import Dataset, Home

_COMMENT = re.compile(r"(?:^|\s)#\s*(.*)$")
_LONGEST = 200
_SEPARATORS = frozenset(",;")
_FOLDER, _FILE = 0o700, 0o600


@dataclass(frozen=True)
class Entry:
    """One line of the list."""

    id: str
    comment: str = ""


@dataclass(frozen=True)
class OptOuts:
    """Who is out, and the number that tells outside that the list changed; 0: it never held any."""

    ids: frozenset[str] = frozenset()
    version: int = 0


@dataclass(frozen=True)
class Change:
    """What became of the ids that were given: ``changed`` or left ``as_before``."""

    version: int
    changed: tuple[str, ...]
    as_before: tuple[str, ...]


def has_ids(dataset: Dataset) -> bool:
    """Say whether people can be told apart in a dataset, and so opt out."""
    return dataset.format == "plink" or bool(dataset.id_column)


def read(home: Home, state: State, dataset: Dataset) -> OptOuts:
    """Give who is out now; a list that somebody edited by hand gets its next number.

    Raises:
        NodeError: the list cannot be read, has a bad line, or is gone. No id is quoted.
    """
    found, row = _out(home, state, dataset), _row(state, dataset)
    if row is None and not found:
        return OptOuts()
    if row is not None and row[1] == _digest(home, found):
        return OptOuts(found, row[0])
    with state.writing():
        # Read again: another process may have written both meanwhile.
        found = _out(home, state, dataset)
        row, number = _row(state, dataset), _number(home, state, dataset, found)
        if row is None or row[0] != number:
            state.note(
                f"The opt-out list of {dataset.id} was changed in its file: it is list {number}."
            )
        return OptOuts(found, number)


def listed(home: Home, dataset: Dataset) -> tuple[Entry, ...]:
    """Give the list as it stands, in its order.

    Raises:
        NodeError: as for ``read``.
    """
    with closing(State(home.state)) as state:
        return _entries(dataset, _lines(home, state, dataset))


def add(home: Home, dataset: Dataset, ids: Iterable[str], comment: str = "") -> Change:
    """Put people on the list; they are out from the next round on.

    Args:
        comment: a date and by whom, for people to read.
    Raises:
        NodeError: the dataset has no ids, one of these cannot be one, or the list is not as it
            should be. Nothing was changed.
    """
    note = " ".join(comment.split())
    end = f"  # {note}" if note else ""

    def change(lines: list[str], out: frozenset[str], given: Sequence[str]) -> list[str]:
        return [*lines, *(_written(name) + end for name in given if name not in out)]

    return _change(home, dataset, ids, change)


def remove(home: Home, dataset: Dataset, ids: Iterable[str]) -> Change:
    """Take people off the list again, by their own word.

    Raises:
        NodeError: as for ``add``.
    """

    def change(lines: list[str], _out: frozenset[str], given: Sequence[str]) -> list[str]:
        entries = [_entry(dataset, line, number) for number, line in enumerate(lines, 1)]
        return [
            line
            for line, entry in zip(lines, entries, strict=True)
            if entry is None or entry.id not in given
        ]

    return _change(home, dataset, ids, change)


def require_ids(dataset: Dataset) -> None:
    """Raise where a list of ids would mean nothing.

    Raises:
        NodeError: the sentence says what to set.
    """
    if not has_ids(dataset):
        raise NodeError(
            f"{dataset.id} has no column that tells people apart, so nobody can opt out of it. "
            f'Name one in node.toml, below [datasets.{dataset.id}]: id_column = "..."'
        )


def file_of(home: Home, dataset: Dataset) -> Path:
    return home.optouts / f"{dataset.id}.txt"


_Act = Callable[[list[str], frozenset[str], Sequence[str]], list[str]]


def _change(home: Home, dataset: Dataset, ids: Iterable[str], act: _Act) -> Change:
    require_ids(dataset)
    given = tuple(dict.fromkeys(_checked(dataset, text, "What was given") for text in ids))
    with closing(State(home.state)) as state, state.writing():
        # The lock of the state file is held, so two helpers cannot lose each other's lines.
        lines = _lines(home, state, dataset)
        before = _frozen(_entries(dataset, lines))
        lines = act(lines, before, given)
        after = _frozen(_entries(dataset, lines))
        if after != before:
            _write(file_of(home, dataset), lines)
        known = after or before or _row(state, dataset)
        return Change(
            version=_number(home, state, dataset, after) if known else 0,
            changed=tuple(name for name in given if name in before ^ after),
            as_before=tuple(name for name in given if name not in before ^ after),
        )


def _out(home: Home, state: State, dataset: Dataset) -> frozenset[str]:
    return _frozen(_entries(dataset, _lines(home, state, dataset)))


def _lines(home: Home, state: State, dataset: Dataset) -> list[str]:
    path = file_of(home, dataset)
    try:
        return path.read_text("utf-8-sig").splitlines()
    except FileNotFoundError:
        if _row(state, dataset) is None:
            return []
        raise NodeError(
            f"The opt-out list {path.name} was here before and is gone. Put it back; "
            "an empty file says that nobody is out."
        ) from None
    except OSError as error:
        raise NodeError(f"The opt-out list {path.name} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise NodeError(f"The opt-out list {path.name} is not text in UTF-8.") from None


def _entries(dataset: Dataset, lines: Iterable[str]) -> tuple[Entry, ...]:
    found = (_entry(dataset, line, number) for number, line in enumerate(lines, 1))
    entries = tuple(entry for entry in found if entry is not None)
    if entries:
        require_ids(dataset)
    return entries


def _entry(dataset: Dataset, line: str, number: int) -> Entry | None:
    found = _COMMENT.search(line)
    text = line[: found.start()] if found else line
    if not text.strip():
        return None
    where = f"The opt-out list {dataset.id}.txt, line {number},"
    return Entry(_checked(dataset, text, where), found.group(1).strip() if found else "")


def _checked(dataset: Dataset, text: str, where: str) -> str:
    """Give an id in its plain form.

    Raises:
        NodeError: it cannot be one. The text is not quoted: it may be somebody's.
    """
    text = text.strip()
    quoted = len(text) > 1 and text[0] == text[-1] == '"'
    name = plain_id(text[1:-1] if quoted else text)
    if name in MISSING or len(name) > _LONGEST or not name.isprintable():
        raise NodeError(f"{where} is not an id.")
    if name.startswith("#") or " #" in name or (_SEPARATORS & set(name) and not quoted):
        raise NodeError(
            f"{where} is not one id: write one on each line. An id with a comma stands in quotes."
        )
    if dataset.format == "plink" and len(name.split()) != 2:
        raise NodeError(f'{where} is not a PLINK id: write both parts, "FID IID".')
    return name


def _written(name: str) -> str:
    return f'"{name}"' if _SEPARATORS & set(name) else name


def _write(path: Path, lines: Sequence[str]) -> None:
    """Put the whole list in place at once, readable by its owner only."""
    draft = path.with_suffix(".new")
    try:
        path.parent.mkdir(mode=_FOLDER, exist_ok=True)
        draft.unlink(missing_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _FILE)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in lines)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        raise NodeError(f"Cannot write {path}: {error.strerror}.") from None


def _row(state: State, dataset: Dataset) -> tuple[int, str] | None:
    row: tuple[int, str] | None = state.db.execute(
        "SELECT version, digest FROM optout_versions WHERE dataset = ?", (dataset.id,)
    ).fetchone()
    return row


def _number(home: Home, state: State, dataset: Dataset, out: frozenset[str]) -> int:
    """Give the number of a list, the next one if it changed. Call inside ``state.writing()``."""
    row, digest = _row(state, dataset), _digest(home, out)
    if row is not None and row[1] == digest:
        return row[0]
    number = row[0] + 1 if row else 1
    state.db.execute(
        """INSERT INTO optout_versions VALUES (?, ?, ?) ON CONFLICT (dataset)
        DO UPDATE SET version = excluded.version, digest = excluded.digest""",
        (dataset.id, number, digest),
    )
    return number


def _frozen(entries: Iterable[Entry]) -> frozenset[str]:
    return frozenset(entry.id for entry in entries)


def _digest(home: Home, ids: frozenset[str]) -> str:
    """Tell one set from another with marks: the state file is to hold no id, not even hashed."""
    marker = Marker(people_key(home))
    return sha256(b"".join(sorted(marker.of_person(name) for name in ids))).hexdigest()
