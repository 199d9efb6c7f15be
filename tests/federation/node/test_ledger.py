"""The privacy ledger: nothing goes above the budget, whoever races, is killed or turns clocks."""

import multiprocessing
import os
import signal
import sqlite3
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from consent.grants.grant import Claims
from consent.grants.notices import Notices
from federation.node.books.state import State
from federation.node.errors import BudgetSpent, NoRoundsLeft
from federation.node.home import Dataset
from federation.node.privacy import accounting
from federation.node.privacy.ledger import Spend, Standing, budget_of, noise_for, reserve, settle
from tests.federation.node.conftest import AT
from tests.federation.node.noised import LATER, claims, dataset

NOISE = 5.0


def _reserve(state: State, data: Dataset, grant: Claims, at: datetime = AT) -> Spend:
    with state.writing():
        return reserve(state, data, grant, NOISE, at)


def _epsilon(rounds: int) -> float:
    return accounting.epsilon_of([(NOISE, rounds)], 1e-5)


def _budget(rounds: int) -> Dataset:
    """A dataset whose budget is enough for so many rounds and not for one more."""
    return dataset(f"{_epsilon(rounds) + 0.001:.4f}")


def _standing(state: State, data: Dataset, at: datetime = AT) -> Standing:
    standing = budget_of(state, data, at)
    assert standing is not None
    return standing


def test_a_round_within_the_budget_is_reserved_and_told(state: State) -> None:
    data, grant = dataset("3"), claims("one", epsilon="1", rounds=4, delta="1e-6")
    noise = noise_for(state, data, grant)

    with state.writing():
        spend = reserve(state, data, grant, noise, AT)

    assert spend.told() == {
        "unit": "person",
        "noise": str(accounting.noise_multiplier(1.0, 1e-6, 4)),
        "round": 1,
        "rounds": 4,
        "epsilon": "1",
        "delta": "0.000001",
    }
    assert noise_for(state, data, grant) == noise


def test_the_first_round_reserves_all_of_its_grant(state: State) -> None:
    data = _budget(3)

    _reserve(state, data, claims("three", rounds=3))

    with pytest.raises(BudgetSpent, match="would be"):
        _reserve(state, data, claims("one"))
    assert [_reserve(state, data, claims("three", rounds=3)).round for _ in range(2)] == [2, 3]
    with pytest.raises(NoRoundsLeft):
        _reserve(state, data, claims("three", rounds=3))


def test_a_grant_larger_than_what_is_left_is_refused_and_leaves_no_trace(state: State) -> None:
    data = _budget(3)
    settle(state, _reserve(state, data, claims("one")), left=True)

    with pytest.raises(BudgetSpent, match="for its lifetime"):
        _reserve(state, data, claims("three", rounds=3))

    assert _standing(state, data).grants == 1
    _reserve(state, data, claims("two", rounds=2))


@pytest.mark.parametrize(
    ("left", "fits"), [(True, False), (False, True), (None, False)], ids=["left", "held", "killed"]
)
def test_only_a_round_that_was_held_back_is_free_again(
    state: State, left: bool | None, fits: bool
) -> None:
    data = _budget(1)
    spend = _reserve(state, data, claims("one"))
    if left is not None:
        settle(state, spend, left=left)

    if fits:
        _reserve(state, data, claims("two"))
    else:
        with pytest.raises(BudgetSpent):
            _reserve(state, data, claims("two"))


def test_a_round_is_settled_once(state: State) -> None:
    data = _budget(1)
    spend = _reserve(state, data, claims("one"))

    settle(state, spend, left=True)
    settle(state, spend, left=False)

    assert _standing(state, data).left == pytest.approx(_epsilon(1))


def test_what_a_grant_did_not_use_is_free_when_its_time_is_over(state: State) -> None:
    data = _budget(3)
    settle(state, _reserve(state, data, claims("three", rounds=3)), left=True)
    assert _standing(state, data).reserved == pytest.approx(_epsilon(3))

    assert _standing(state, data, LATER).reserved == pytest.approx(_epsilon(1))
    late = replace(claims("two", rounds=2), not_after=LATER + timedelta(days=9))
    _reserve(state, data, late, LATER)

    # Now its unused rounds are taken: also a clock that is set back does not bring them back.
    with pytest.raises(BudgetSpent):
        _reserve(state, data, claims("three", rounds=3), AT)


@pytest.mark.parametrize("by", ["grant", "delegation"])
def test_what_a_revoked_grant_did_not_use_is_free(state: State, by: str) -> None:
    data = _budget(3)
    grant = claims("three", rounds=3)
    settle(state, _reserve(state, data, grant), left=True)

    revoked = frozenset({"three" if by == "grant" else "another"})
    state.set_notices(Notices("river", 1, AT, revoked, frozenset(), ()))

    kept = 1 if by == "grant" else 3
    assert _standing(state, data).reserved == pytest.approx(_epsilon(kept))


def test_the_same_file_under_another_name_has_the_same_ledger(state: State) -> None:
    data = _budget(1)
    _reserve(state, data, claims("one"))

    with pytest.raises(BudgetSpent):
        _reserve(state, replace(data, id="other-name"), claims("two"))
    with pytest.raises(BudgetSpent):
        _reserve(state, replace(data, path=Path("/moved.csv")), claims("two"))
    other = replace(data, id="other-name", path=Path("/other.csv"))
    _reserve(state, other, claims("two"))


def test_without_a_budget_nothing_is_spent(state: State) -> None:
    data = replace(dataset(), budget=None)

    with pytest.raises(BudgetSpent, match="has no privacy budget"):
        _reserve(state, data, claims("one"))
    assert budget_of(state, data, AT) is None


def test_a_grant_of_much_is_told_to_the_operator_once(state: State) -> None:
    data = dataset("10")
    for _ in range(2):
        _reserve(state, data, claims("much", epsilon="4", rounds=2))

    assert [text for _, text in state.events() if "epsilon 4 of" in text] == [
        "A grant lets epsilon 4 of river-diabetes go at once. "
        "Above 3 is more than is recommended for one grant."
    ]


@pytest.mark.parametrize(
    "attempt",
    [
        "DELETE FROM noised_grants",
        "UPDATE noised_grants SET noise = '1000'",
        "DELETE FROM noised_rounds",
        "UPDATE noised_rounds SET became = 'reserved' WHERE number = 2",
        "UPDATE noised_rounds SET became = 'freed' WHERE number = 2",
        "UPDATE noised_rounds SET noised_grant = 2 WHERE number = 1",
        "INSERT INTO noised_rounds (noised_grant, at, became) VALUES (1, '', 'freed')",
    ],
)
def test_the_ledger_is_never_shortened_or_lowered(state: State, attempt: str) -> None:
    _reserve(state, dataset("10"), claims("one"))
    settle(state, _reserve(state, dataset("10"), claims("two")), left=True)

    with pytest.raises(sqlite3.IntegrityError, match=r"privacy ledger|is settled|is reserved"):
        state.db.execute(attempt)


def _race(path: Path, data: Dataset, number: int) -> None:
    """Reserve twice; end each as a node may: sent, held back, or killed on the way."""
    state = State(path)
    for attempt in range(2):
        try:
            with state.writing():
                spend = reserve(state, data, claims(f"{number}-{attempt}"), NOISE, AT)
                if number == 0:
                    os.kill(os.getpid(), signal.SIGKILL)  # before anything is on disk
        except BudgetSpent:
            continue
        if number % 3 == 1:
            os.kill(os.getpid(), signal.SIGKILL)  # between reserve and settle
        settle(state, spend, left=bool((number + attempt) % 2))


def _ends(path: Path, data: Dataset, numbers: range) -> list[int | None]:
    fork = multiprocessing.get_context("fork")
    racers = [fork.Process(target=_race, args=(path, data, number)) for number in numbers]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join(timeout=60)
    return [racer.exitcode for racer in racers]


def _kept(state: State) -> int:
    kept = state.db.execute("SELECT COUNT(*) FROM noised_rounds WHERE became <> 'freed'")
    return int(kept.fetchone()[0])


def test_processes_that_race_and_are_killed_never_overspend(state: State) -> None:
    capacity = 6
    data = _budget(capacity)
    path = Path(state.db.execute("PRAGMA database_list").fetchone()[2])
    for rounds in range(1, capacity + 2):
        _epsilon(rounds)  # found once here, instead of in each of the processes

    assert _ends(path, data, range(2)) == [-signal.SIGKILL] * 2
    assert _kept(state) == 1
    assert set(_ends(path, data, range(2, 10))) <= {0, -signal.SIGKILL}

    assert 1 < _kept(state) <= capacity
    assert _standing(state, data).left <= _epsilon(capacity) + 0.001
    # Whoever comes afterwards gets exactly what is left of it, and no round more.
    with pytest.raises(BudgetSpent):
        for number in range(capacity + 1):
            _reserve(state, data, claims(f"after-{number}"))
    assert _kept(state) == capacity
