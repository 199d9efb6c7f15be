"""What ``kinhold-node status``, ``grants``, ``code`` and ``pause`` tell the operator."""

import json
import os
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from consent.grants.notices import Notices
from federation.node.books.receipts import Account, begin_message
from federation.node.books.state import State
from federation.node.console.spans import size_words, span_words
from federation.node.home import Home
from federation.node.settings import read_config
from federation.node.walls.names import WALLS
from tests.federation.node.conftest import AT, Made
from tests.federation.node.filled import (
    RUNS,
    Bare,
    beat,
    console,
    grant,
    hold,
    later,
    make_bare,
    receipt,
    with_ids,
)

Output = pytest.CaptureFixture[str]


@pytest.fixture
def node(home: Home, state: State) -> Bare:
    return make_bare(home, state)


def _told(node: Made | Bare, capsys: Output, *words: str) -> str:
    capsys.readouterr()
    assert console(node, *words) == 0
    return capsys.readouterr().out


def test_each_grant_is_told_with_what_it_waits_for(made: Made, capsys: Output) -> None:
    usable, waiting, over = hold(
        made,
        grant(made),
        grant(made, cooling_off_s=4 * 86_400, not_after=later(days=30)),
        grant(made, not_before=later(hours=-9), not_after=later(hours=-2)),
    )
    (undecided,) = hold(made, grant(made), signers=1)

    words = _told(made, capsys, "status")
    facts = {g["grant"]: g for g in json.loads(_told(made, capsys, "status", "--json"))["held"]}

    assert "It may be used in 4 days, from " in words
    assert "It may be used now, for 23 hours 59 minutes more and 3 rounds more." in words
    assert "It may not be used: signatures of stewards are missing." in words
    assert "1 more, most of them over: kinhold-node grants" in words
    standing = {
        str(one.document["id"]): name
        for one, name in (
            (usable, "usable"),
            (waiting, "waiting"),
            (over, "ended"),
            (undecided, "undecided"),
        )
    }
    assert {name: fact["standing"] for name, fact in facts.items()} == standing


@pytest.mark.parametrize(
    ("stop", "kind", "words"),
    [
        ("revoked", "revoked", "Revoked by its community"),
        ("paused", "paused", "Paused by a steward"),
        ("used", "used-up", "All its 3 rounds are used"),
        ("elsewhere", "not-here", "is not set up at this node"),
    ],
)
def test_a_stopped_grant_is_told_as_such(
    made: Made, capsys: Output, stop: str, kind: str, words: str
) -> None:
    (held,) = hold(made, grant(made))
    name = str(held.document["id"])
    revoked = frozenset({name} if stop == "revoked" else ())
    paused = frozenset({"all"} if stop == "paused" else ())
    made.state.set_notices(Notices("river", 9, datetime.now(UTC), revoked, paused))
    if stop == "used":
        made.state.db.execute("INSERT INTO rounds VALUES (?, 3)", (name,))
    if stop == "elsewhere":
        text = made.home.config.read_text()
        made.home.config.write_text(text.replace("river-diabetes", "hill-hearts"))

    (fact,) = json.loads(_told(made, capsys, "status", "--json"))["held"]

    assert fact["standing"] == kind
    assert words in fact["words"]
    assert words in _told(made, capsys, "grants", name[:8])


def test_one_grant_is_found_by_the_beginning_of_its_id(made: Made, capsys: Output) -> None:
    one, _ = hold(made, grant(made), grant(made))
    name = str(one.document["id"])

    assert _told(made, capsys, "grants", name[:8]).count("at its node") == 1
    assert console(made, "grants", "ffffffff-") == 2
    assert console(made, "grants", name[:3]) == 2
    assert "No grant that begins with" in capsys.readouterr().err


def test_what_is_worked_on_now_and_the_last_ten_runs(node: Bare, capsys: Output) -> None:
    for run in RUNS:
        receipt(node, run)
        receipt(node, run, mixed=True)
    begin_message(node.state, Account(run=RUNS[0], round=2))

    cut_off = _told(node, capsys, "status")
    beat(node, os.getpid())
    words = _told(node, capsys, "status")

    assert f"Work on run {RUNS[0]} was cut off after 20" in cut_off
    assert f"Works now on run {RUNS[0]}, round 2, since 20" in words
    assert words.count("2 messages, 100-199 people, 1.0 kB left, mixed with others'") == 10
    assert RUNS[-1] in words
    assert RUNS[3] not in words


def test_a_mixed_run_is_told_by_its_training_not_by_its_last_step(
    node: Bare, capsys: Output
) -> None:
    for outcome in ("prepared", "trained", "prepared"):
        receipt(node, RUNS[0], outcome=outcome)
    receipt(node, RUNS[1], outcome="prepared")

    words = _told(node, capsys, "status")

    assert f"run {RUNS[0]}: trained, 3 messages" in words
    assert f"run {RUNS[1]}: prepared, 1 message" in words


def test_runs_are_not_told_from_a_log_that_somebody_changed(node: Bare, capsys: Output) -> None:
    receipt(node, RUNS[0])
    node.state.db.executescript(
        "DROP TRIGGER receipts_same; UPDATE receipts SET signature = zeroblob(64)"
    )

    assert "the log is not whole" in _told(node, capsys, "status")
    assert json.loads(_told(node, capsys, "status", "--json"))["runs"] is None


def test_budget_and_opt_outs_of_each_dataset(node: Bare, capsys: Output) -> None:
    assert "Nobody can opt out" in _told(node, capsys, "status")
    with_ids(node)
    text = node.home.config.read_text()
    budget = '\nbudget = { epsilon = "10", delta = "0.00001" }'
    node.home.config.write_text(text.replace('id_column = "id"', 'id_column = "id"' + budget))
    console(node, "optout", "add", "river-diabetes", "a", "b")

    words = _told(node, capsys, "status")

    assert "Opted out: 2 people, list 1." in words
    assert "Privacy budget: epsilon 0 of 10 is used" in words
    assert "ITS FILE IS NOT THERE" in words

    (node.home.optouts / "river-diabetes.txt").write_text("a,b\n")
    assert "OPT-OUTS CANNOT BE READ, nothing runs" in _told(node, capsys, "status")


def test_stops_are_told_with_their_age_and_limit(node: Bare, capsys: Output) -> None:
    assert "No list of stops was seen yet" in _told(node, capsys, "status")
    node.state.set_notices(Notices("river", 1, datetime.now(UTC), frozenset(), frozenset()))
    assert "fresh, less than a minute old. They count until they are 1 day old." in _told(
        node, capsys, "status"
    )
    ahead = datetime.now(UTC) + timedelta(days=2)
    node.state.set_notices(Notices("river", 2, ahead, frozenset(), frozenset({"all"})))
    told = _told(node, capsys, "status")
    assert "ahead of this clock" in told
    assert "PAUSED by stewards: all" in told


def test_a_peer_whose_charter_is_not_pinned_is_told(node: Bare, capsys: Output) -> None:
    text = node.home.config.read_text()
    node.home.config.write_text(
        text.replace("notice_max_age_s", 'peers = ["hill"]\nnotice_max_age_s')
    )

    assert (
        "hill takes part in sums; nothing is mixed with its answers before: kinhold-node pin"
        in (_told(node, capsys, "status"))
    )


def test_walls_are_told_while_the_node_runs(node: Bare, capsys: Output) -> None:
    beat(node, os.getpid(), confined={name: name != "network" for name in WALLS})

    told = _told(node, capsys, "status")

    assert "  files: a job is held" in told
    assert "  network: NOT HELD" in told
    assert "runs; connected to SuperLink." in told


@pytest.mark.parametrize("text", ["", "[]", '{"pid": "x"}', '{"pid": 1}', '{"pid": 1, "at": 0}'])
def test_a_heartbeat_that_cannot_be_used_counts_as_none(
    node: Bare, capsys: Output, text: str
) -> None:
    node.home.heartbeat.write_text(text)

    assert json.loads(_told(node, capsys, "status", "--json"))["running"] is False


def test_a_pause_keeps_its_reason_and_its_time(node: Bare, capsys: Output) -> None:
    console(node, "pause", "--reason", "a  storm\nis \x1b[31mcoming")

    told = _told(node, capsys, "status")

    assert "PAUSED here by its operator. Since 20" in told
    assert "Reason: a storm is ?[31mcoming" in told
    assert node.home.paused.stat().st_mode & 0o077 == 0
    assert node.state.events()[-1][1].endswith("Reason: a storm is ?[31mcoming")


@pytest.mark.parametrize("text", ["", "long ago\n", "2030-01-01T00:00:00Z"])
def test_a_switch_made_by_hand_counts_too(node: Bare, capsys: Output, text: str) -> None:
    node.home.paused.write_text(text)

    assert "PAUSED here by its operator." in _told(node, capsys, "status")


def test_nothing_delays_a_pause(node: Bare, capsys: Output) -> None:
    node.home.config.write_text("community = ")
    node.home.receipt_key.unlink()

    assert console(node, "pause") == 0

    assert node.home.paused.exists()
    assert "This holds, but could not be written to the log" in capsys.readouterr().err


def test_a_switch_that_cannot_be_set_is_told(node: Bare, capsys: Output) -> None:
    node.home.paused.symlink_to(Path("/nowhere/at/all"))

    assert console(node, "pause") == 2
    assert "Cannot write" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "less than a minute"),
        (61, "1 minute"),
        (7_320, "2 hours 2 minutes"),
        (3 * 86_400 + 4 * 3600 + 59, "3 days 4 hours"),
    ],
)
def test_spans_are_told_in_their_two_largest_units(seconds: int, words: str) -> None:
    assert span_words(seconds) == words


def test_sizes_are_told_in_words() -> None:
    assert [size_words(n) for n in (1, 1500, 3_200_000_000)] == ["1 bytes", "1.5 kB", "3.2 GB"]


def test_a_state_file_that_is_broken_is_told_by_verify(node: Bare, capsys: Output) -> None:
    for number in range(60):
        node.state.note(f"A line {number} " + "x" * 200, AT)
    node.state.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    (page,) = node.state.db.execute(
        "SELECT rootpage FROM sqlite_master WHERE name = 'chained_events'"
    ).fetchone()
    (size,) = node.state.db.execute("PRAGMA page_size").fetchone()
    node.state.close()
    with node.home.state.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)

    assert console(node, "verify") == 1

    assert "The state file cannot be read" in capsys.readouterr().out
    with pytest.raises(sqlite3.Error):
        State(node.home.state).events()
    assert read_config(node.home).name == "river-node"
