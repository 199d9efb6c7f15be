"""The node's memory: rounds are never counted twice for one or once for two, stops stay."""

import multiprocessing
import sqlite3
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from consent.grants.grant import Claims, parse_grant
from consent.grants.notices import Notices
from consent.grants.statements import Signed
from federation.node.books import state as state_module
from federation.node.books.state import State
from federation.node.errors import NodeError, NoRoundsLeft
from federation.node.home import Home
from tests.consent.grants.papers import sound_grant
from tests.federation.node.conftest import AT, Made

GRANT = "11111111-1111-4111-8111-111111111111"


def _claims(max_rounds: int) -> Claims:
    return replace(parse_grant(sound_grant().statement), id=GRANT, max_rounds=max_rounds)


def _take(path: Path, most: int, results: "multiprocessing.Queue[int | None]") -> None:
    state = State(path)
    for _ in range(5):
        try:
            results.put(state.reserve_round(_claims(most)))
        except NoRoundsLeft:
            results.put(None)


def test_processes_that_race_for_rounds_get_each_round_once(home: Home) -> None:
    State(home.state).close()
    fork = multiprocessing.get_context("fork")
    results: multiprocessing.Queue[int | None] = fork.Queue()
    racers = [fork.Process(target=_take, args=(home.state, 12, results)) for _ in range(4)]
    for racer in racers:
        racer.start()
    taken = [results.get(timeout=30) for _ in range(20)]
    for racer in racers:
        racer.join()

    assert sorted(n for n in taken if n is not None) == list(range(1, 13))
    assert taken.count(None) == 8
    assert State(home.state).rounds_used(GRANT) == 12


@pytest.mark.parametrize(
    "attempt",
    [
        "UPDATE rounds SET used = 0",
        "DELETE FROM rounds",
        "DELETE FROM charters",
        "UPDATE charters SET envelope = ''",
        "DELETE FROM receipts",
        "UPDATE receipts SET receipt = x'00'",
        "DELETE FROM notices",
        "UPDATE notices SET sequence = 6",
        "INSERT OR REPLACE INTO notices VALUES (1, 'river', 6, '', '[]', '[]', '[]')",
    ],
)
def test_what_counts_as_evidence_cannot_be_changed_by_mistake(state: State, attempt: str) -> None:
    state.reserve_round(_claims(3))
    state.db.execute("INSERT INTO charters VALUES (1, '{}', '')")
    state.db.execute("INSERT INTO receipts VALUES (1, x'01', x'02')")
    state.set_notices(Notices("river", 7, AT, frozenset(), frozenset()))

    with pytest.raises(sqlite3.IntegrityError, match="never"):
        state.db.execute(attempt)


def test_a_grant_shown_before_its_ballots_is_first_seen_with_them(made: Made) -> None:
    signed = Signed(made.charter.statement, ())
    bare = Signed(signed.statement, ())
    later = AT + timedelta(days=3)

    assert not made.state.serve_grant(GRANT, bare, decided_under=None, at=AT)
    assert made.state.serve_grant(GRANT, made.charter, decided_under=1, at=later)
    assert not made.state.serve_grant(
        GRANT, made.charter, decided_under=2, at=later + timedelta(days=1)
    )

    held = made.state.grant(GRANT)
    assert held is not None
    assert (held.first_seen, held.first_seen_charter) == (later, 1)
    assert held.signed == made.charter


def test_the_grant_served_last_is_the_one_that_counts(made: Made) -> None:
    other = replace(made.charter, statement=made.charter.statement + b" ")
    made.state.serve_grant(GRANT, made.charter, decided_under=1, at=AT)
    made.state.serve_grant(GRANT, other, decided_under=None, at=AT)

    held = made.state.grant(GRANT)

    assert held is not None
    assert held.signed == other
    assert [grant.signed for grant in made.state.grants()] == [made.charter, other]


def test_made_up_grants_push_out_each_other_and_never_a_decided_one(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state_module, "_MOST_UNDECIDED", 3)
    made.state.serve_grant(GRANT, made.charter, decided_under=1, at=AT)
    made_up = [replace(made.charter, statement=b"%d" % number) for number in range(5)]
    for grant in (*made_up, made_up[2]):
        made.state.serve_grant("made-up", grant, decided_under=None, at=AT)

    kept = [grant.signed for grant in made.state.grants()]

    assert kept == [made.charter, made_up[2], made_up[4], made_up[3]]


def test_notices_come_back_as_they_were_kept(state: State) -> None:
    notices = Notices("river", 7, AT, frozenset({GRANT}), frozenset({"all"}), ("{}", "[]"))

    state.set_notices(notices)

    kept = state.notices()
    assert kept == notices
    assert kept is not None
    assert kept.keep == notices.keep


def test_the_same_warning_is_written_once(state: State) -> None:
    for _ in range(50):
        state.note("The platform shows another charter.")
        state.note("The list of notices was refused.")

    assert len(state.events()) == 2


def test_a_file_that_is_no_database_is_told_in_words(home: Home) -> None:
    home.state.write_text("not a database, but long enough to look at" * 100)

    with pytest.raises(NodeError, match=r"Cannot use .*state\.sqlite"):
        State(home.state)


def test_the_state_can_be_read_by_its_owner_only(home: Home, state: State) -> None:
    assert home.state.stat().st_mode & 0o077 == 0
