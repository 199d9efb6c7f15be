"""Who is in a dataset for one round: opted out, incomplete, enough rows of each; then counted.

Runs in the guard. Of ids, only marks come here. Source: docs/adr/0026.
"""

from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from federation.node.books.state import State
from federation.node.data import optouts
from federation.node.data.cohorts import anything_remembered
from federation.node.data.columns import Floats, Table, read_table
from federation.node.data.files import UNREADABLE
from federation.node.data.marks import LENGTH, NOBODY, Marker, people_key
from federation.node.data.optouts import OptOuts
from federation.node.data.variables import bounds_of
from federation.node.errors import (
    DatasetNotHere,
    JobFailed,
    NodeError,
    NotHidden,
    OptOutsUnreadable,
)
from federation.node.home import Dataset, Home

_Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class People:
    """Whose values a job gets, and these values.

    Attributes:
        columns: float64, one number for each row that is used, by variable.
        count: people; rows may be more, where the dataset allows more of one person.
        marks: sorted, one for each person.
        version: stands for the data file or files, by this node's key: it tells only whether
            they changed.
        optouts: number of the opt-out list that was applied; 0 is none.
    """

    columns: dict[str, Floats]
    count: int
    marks: tuple[bytes, ...]
    version: str
    optouts: int


def read_people(home: Home, dataset: Dataset, names: Sequence[str], *, clip: bool) -> People:
    """Read the people who may be used, by these variables.

    Who opted out goes first, then rows with a value missing or nobody's id, then rows of one
    person beyond ``rows_per_person`` in the file's order.

    Args:
        clip: move values into the ranges of ``node.toml``, as privacy noise needs it; else a
            value outside of them is an error.
    Raises:
        OptOutsUnreadable: it is not sure who opted out.
        DatasetNotHere: the file is not the one that ``node.toml`` fixes.
        NotHidden: values cannot be clipped, because a range is missing.
        JobFailed: the data cannot be used. No value is in the text.
    """
    key, out = _key_and_optouts(home, dataset)
    marker = Marker(key)
    table = read_table(dataset, names, marker)
    if dataset.sha256 and table.version != dataset.sha256:
        raise DatasetNotHere(
            f"The file of {dataset.id} is not the one whose sha256 stands in node.toml."
        )
    gone = _as_array([marker.of_person(name) for name in out.ids])
    _tell_unknown(home, dataset, table, gone)
    keep = _kept(table, gone, dataset.rows_per_person)
    present = np.unique(table.marks[keep])
    return People(
        columns={
            name: _fitting(dataset, name, values[keep], clip=clip)
            for name, values in table.columns.items()
        },
        count=len(present),
        marks=_as_bytes(present),
        version=marker.of_file(table.version),
        optouts=out.version,
    )


def not_in_data(home: Home, dataset: Dataset, ids: Iterable[str]) -> tuple[str, ...]:
    """Give those of some ids that nobody in the data has: perhaps misspelt.

    Raises:
        NodeError: the data cannot be read.
    """
    marker = Marker(people_key(home))
    try:
        there = read_table(dataset, (), marker).marks
    except JobFailed as failure:
        raise NodeError(str(failure)) from None
    given = tuple(ids)
    known = np.isin(_as_array([marker.of_person(name) for name in given]), there)
    return tuple(name for name, found in zip(given, known, strict=True) if not found)


def _key_and_optouts(home: Home, dataset: Dataset) -> tuple[bytes, OptOuts]:
    with closing(State(home.state)) as state:
        if not home.people_key.exists() and anything_remembered(state):
            raise JobFailed(
                UNREADABLE,
                "The key keys/people is gone, so earlier runs cannot be compared. "
                "Put it back from the backup.",
            )
        try:
            return people_key(home), optouts.read(home, state, dataset)
        except NodeError as error:
            raise OptOutsUnreadable(str(error)) from None


def _kept(table: Table, gone: NDArray[np.bytes_], rows_per_person: int) -> _Mask:
    keep: _Mask = (table.marks != NOBODY.rstrip(b"\0")) & ~np.isin(table.marks, gone)
    for values in table.columns.values():
        keep &= ~np.isnan(values)
    return _first_rows(table.marks, keep, rows_per_person)


def _first_rows(marks: NDArray[np.bytes_], keep: _Mask, most: int) -> _Mask:
    """Of the rows that are kept, keep each person's first ones."""
    places = np.flatnonzero(keep)
    order = np.argsort(marks[places], kind="stable")
    sorted_marks = marks[places][order]
    begins = np.ones(len(order), dtype=bool)
    begins[1:] = sorted_marks[1:] != sorted_marks[:-1]
    numbers = np.arange(len(order))
    rank = numbers - np.maximum.accumulate(np.where(begins, numbers, 0))
    chosen = np.zeros(len(keep), dtype=bool)
    chosen[places[order[rank < most]]] = True
    return chosen


def _fitting(dataset: Dataset, name: str, values: Floats, *, clip: bool) -> Floats:
    if dataset.variables[name] == "yes-no" and not np.all((values == 0) | (values == 1)):
        raise JobFailed(UNREADABLE, f"The column {name} holds values other than 0 and 1.")
    bounds = bounds_of(dataset, name)
    if clip:
        if bounds is None:
            raise NotHidden(
                f"The variable {name} has no range in node.toml, and privacy noise needs one."
            )
        return np.clip(values, *bounds)
    if bounds is not None and not np.all((values >= bounds[0]) & (values <= bounds[1])):
        raise JobFailed(
            UNREADABLE, f"The column {name} holds values outside its range in node.toml."
        )
    return values


def _tell_unknown(home: Home, dataset: Dataset, table: Table, gone: NDArray[np.bytes_]) -> None:
    """Tell the operator, in the node's own log, that an id on the list may be misspelt."""
    if unknown := int(np.count_nonzero(~np.isin(gone, table.marks))):
        with closing(State(home.state)) as state:
            state.note(
                f"{unknown} of the ids on the opt-out list of {dataset.id} are nobody's in the "
                "data. Look for misspelt ones."
            )


def _as_array(marks: Sequence[bytes]) -> NDArray[np.bytes_]:
    return np.frombuffer(b"".join(marks), dtype=f"S{LENGTH}")


def _as_bytes(marks: NDArray[np.bytes_]) -> tuple[bytes, ...]:
    whole = marks.tobytes()
    return tuple(whole[place : place + LENGTH] for place in range(0, len(whole), LENGTH))
