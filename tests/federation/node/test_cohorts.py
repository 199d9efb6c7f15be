"""Between grants without noise the people are the same, or at least ten have changed."""

import multiprocessing
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from federation.node.books.state import State
from federation.node.data import cohorts
from federation.node.data.cohorts import admit, require_not_nearly_same
from federation.node.errors import NearlySamePeople
from federation.node.home import Dataset, Home

RIVER = Dataset("river", Path("/data/river.csv"), "csv", 20, {"age": "number"})


def marks(*ranges: range) -> tuple[bytes, ...]:
    return tuple(sorted(n.to_bytes(16, "big") for one in ranges for n in one))


def _run(state: State, grant: str, *people: range, dataset: Dataset = RIVER) -> None:
    with state.writing():
        admit(state, dataset, grant, marks(*people))


@pytest.mark.parametrize(
    ("others", "passes"),
    [
        ((range(1, 101),), True),
        ((range(1, 100),), False),
        ((range(1, 102),), False),
        ((range(2, 102),), False),
        ((range(1, 92),), False),
        ((range(1, 91),), True),
        ((range(1, 111),), True),
        ((range(5, 105),), False),
        ((range(6, 106),), True),
        ((range(201, 301),), True),
    ],
)
def test_none_or_at_least_ten_people_differ(
    state: State, others: tuple[range, ...], passes: bool
) -> None:
    _run(state, "one", range(1, 101))

    if passes:
        _run(state, "two", *others)
    else:
        with pytest.raises(NearlySamePeople, match="Ask with privacy noise, or wait until 10"):
            _run(state, "two", *others)


def test_every_earlier_grant_counts_and_not_only_the_last(state: State) -> None:
    _run(state, "one", range(1, 101))
    _run(state, "two", range(1, 201))

    with pytest.raises(NearlySamePeople):
        _run(state, "three", range(1, 98))


def test_a_refused_run_is_not_remembered(state: State) -> None:
    _run(state, "one", range(1, 101))
    with pytest.raises(NearlySamePeople):
        _run(state, "two", range(1, 96))

    _run(state, "three", range(1, 86))  # ten from the refused ones, fifteen from the first


def test_rounds_of_one_grant_may_lose_people(state: State) -> None:
    """Whoever opts out between two rounds is out of the next one, at once (R-47)."""
    _run(state, "one", range(1, 101))
    _run(state, "one", range(1, 100))
    _run(state, "one", range(1, 98))

    with pytest.raises(NearlySamePeople):
        _run(state, "two", range(1, 98))  # the same as the last round, three from the first


def test_the_same_people_may_be_used_by_many_grants_and_take_room_once(state: State) -> None:
    for grant in ("one", "two", "three", "two"):
        _run(state, grant, range(1, 101))

    assert state.db.execute("SELECT COUNT(*), SUM(length(marks)) FROM cohorts").fetchone() == (
        1,
        1600,
    )
    assert state.db.execute("SELECT COUNT(*) FROM cohort_grants").fetchone() == (3,)


def test_another_dataset_is_not_compared_unless_it_is_the_same_file(state: State) -> None:
    _run(state, "one", range(1, 101))
    _run(
        state, "two", range(1, 100), dataset=replace(RIVER, id="hill", path=Path("/data/hill.csv"))
    )

    with pytest.raises(NearlySamePeople):
        _run(state, "three", range(1, 100), dataset=replace(RIVER, id="again"))


def test_what_is_remembered_has_a_bound_and_then_refuses(
    state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cohorts, "MOST_SETS", 3)
    for number in range(3):
        _run(state, f"g{number}", range(1000 * number, 1000 * number + 50))

    _run(state, "again", range(50))  # known already: needs no room
    with pytest.raises(NearlySamePeople, match="as many runs"):
        _run(state, "more", range(9000, 9050))
    monkeypatch.setattr(cohorts, "MOST_SETS", 100)
    monkeypatch.setattr(cohorts, "MOST_BYTES", 200 * 16 - 1)
    with pytest.raises(NearlySamePeople, match="as many runs"):
        _run(state, "more", range(9000, 9050))


def test_nothing_of_it_is_changed_or_forgotten(state: State) -> None:
    _run(state, "one", range(1, 101))

    for sentence in (
        "DELETE FROM cohorts",
        "UPDATE cohorts SET marks = x''",
        "DELETE FROM cohort_grants",
        "UPDATE cohort_grants SET grant_digest = 'two'",
    ):
        with pytest.raises(sqlite3.IntegrityError):
            state.db.execute(sentence)


def _race(home: Home, number: int, start: object, results: object) -> None:
    start.wait()  # type: ignore[attr-defined]  # a Barrier of multiprocessing
    state = State(home.state)
    try:
        _run(state, f"grant {number}", range(number, number + 100))
    except NearlySamePeople:
        results.put("refused")  # type: ignore[attr-defined]  # a Queue
    else:
        results.put("admitted")  # type: ignore[attr-defined]  # the same


def test_of_many_near_runs_at_one_time_one_is_admitted(home: Home, state: State) -> None:
    fork = multiprocessing.get_context("fork")
    start, results = fork.Barrier(4), fork.Queue()
    racers = [fork.Process(target=_race, args=(home, n, start, results)) for n in range(4)]
    for racer in racers:
        racer.start()
    outcomes = sorted(results.get(timeout=30) for _ in racers)
    for racer in racers:
        racer.join(30)

    assert outcomes == ["admitted", "refused", "refused", "refused"]


def test_looking_alone_remembers_nothing(state: State) -> None:
    require_not_nearly_same(state, RIVER, "one", marks(range(100)))

    assert not cohorts.anything_remembered(state)
