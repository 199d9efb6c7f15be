"""Events are signed and chained; what was changed, put in, taken out or cut off is named."""

import os
import shutil
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from consent.grants.codec import digest
from federation.node import keys
from federation.node.books import events, heads
from federation.node.books.noted_settings import note_settings
from federation.node.books.state import State
from federation.node.console.log import look_through
from federation.node.data import optouts
from federation.node.errors import NodeError
from federation.node.home import Home
from federation.node.settings import read_config
from tests.federation.node.conftest import AT, CONFIG, Made
from tests.federation.node.filled import RUNS, Bare, console, make_bare, receipt, with_ids
from tests.federation.node.joint import Joint


@pytest.fixture
def node(home: Home, state: State) -> Bare:
    return make_bare(home, state)


def _damage(state: State, sql: str) -> None:
    """Do as somebody with the file in their hands would: take the guards off first."""
    guards = ("chained_events_stay", "chained_events_same", "receipts_stay", "receipts_same")
    old = ("events_stay", "events_same")
    state.db.executescript("".join(f"DROP TRIGGER IF EXISTS {n};" for n in (*guards, *old)) + sql)


def _bad(node: Bare | Made) -> str:
    return look_through(node.home, node.config).bad


def test_events_are_chained_and_read_back_verified(node: Bare) -> None:
    for text in ("One.", "Two.", "Three."):
        node.state.note(text, AT)

    found = events.read_events(node.state, keys.public_receipt_key(node.home))

    assert [(event.sequence, event.text) for event in found] == [
        (1, "One."),
        (2, "Two."),
        (3, "Three."),
    ]
    assert _bad(node) == ""


@pytest.mark.parametrize(
    ("sql", "place"),
    [
        ("DELETE FROM chained_events WHERE sequence = 2", "Event 2 is missing; number 3"),
        ("DELETE FROM chained_events WHERE sequence = 1", "Event 1 is missing"),
        ("DELETE FROM chained_events WHERE sequence = 4", "Event 4 was written here and is gone"),
        ("DELETE FROM chained_events", "Event 4 was written here and is gone"),
        (
            "UPDATE chained_events SET event = CAST(replace(CAST(event AS TEXT), 'Line 3', "
            "'Lime 3') AS BLOB) WHERE sequence = 3",
            "Event 3 is not whole: It is not signed by this node",
        ),
        (
            "UPDATE chained_events SET sequence = 9 WHERE sequence = 2;"
            "UPDATE chained_events SET sequence = 2 WHERE sequence = 3;"
            "UPDATE chained_events SET sequence = 3 WHERE sequence = 9",
            "Event 2 belongs to another place",
        ),
        (
            "INSERT INTO chained_events SELECT 5, event, signature FROM chained_events "
            "WHERE sequence = 4",
            "Event 5 belongs to another place",
        ),
        (
            "INSERT INTO events (at, text) VALUES ('2029-01-01T00:00:00Z', 'Put in.')",
            "Event 1 does not follow the lines that were written before",
        ),
        ("DELETE FROM receipts WHERE sequence = 2", "Receipt 2 is not the one that event 4 names"),
    ],
)
def test_the_first_bad_place_is_named(node: Bare, sql: str, place: str) -> None:
    for number in range(1, 5):
        if number > 2:
            receipt(node, RUNS[number])
        node.state.note(f"Line {number}", AT)
    _damage(node.state, sql)

    assert place in _bad(node)
    assert console(node, "verify") == 1


def test_a_receipt_cut_off_before_it_was_delivered_is_missed(node: Bare) -> None:
    for run in RUNS[:3]:
        receipt(node, run)
    _damage(node.state, "DELETE FROM receipts WHERE sequence = 3")

    assert _bad(node) == "Receipt 3 was written here and is gone."


def test_a_state_file_set_back_to_yesterdays_copy_is_noticed(node: Bare, tmp_path: Path) -> None:
    node.state.note("Yesterday.", AT)
    node.state.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    copy = shutil.copy(node.home.state, tmp_path / "copy")
    node.state.note("Today.", AT)
    node.state.close()

    for part in node.home.folder.glob("state.sqlite*"):
        part.unlink()
    shutil.copy(copy, node.home.state)

    assert _bad(node) == "Event 2 was written here and is gone."


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (None, "state.head, which says how long the log was, is gone"),
        (b"", "is not signed by this node"),
        (b'{"heads":"{}","signature":"AA"}', "is not signed by this node"),
    ],
)
def test_the_record_of_the_ends_is_needed_and_signed(
    node: Bare, text: bytes | None, problem: str
) -> None:
    node.state.note("A line.", AT)
    file = heads.file_of(node.state)
    assert file.stat().st_mode & 0o077 == 0
    if text is None:
        file.unlink()
    else:
        file.write_bytes(text)

    assert problem in _bad(node)


def test_a_head_that_a_killed_writer_left_open_does_not_stop_the_next(node: Bare) -> None:
    draft = node.home.state.with_suffix(".head-new")
    draft.write_bytes(b"half")
    node.state.note("Somebody else is writing.", AT)
    assert not heads.file_of(node.state).exists()
    os.utime(draft, (0, 0))

    node.state.note("It was a dead writer's.", AT)

    assert _bad(node) == ""


def test_events_from_before_the_chain_stay_readable_and_cannot_be_changed_later(
    node: Bare, capsys: pytest.CaptureFixture[str]
) -> None:
    node.state.close()
    node.home.state.unlink()
    old = sqlite3.connect(node.home.state)
    old.executescript(
        "CREATE TABLE events (number INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, "
        "text TEXT NOT NULL); INSERT INTO events (at, text) VALUES "
        "('2029-01-01T00:00:00Z', 'An old line.'), ('2029-01-02T00:00:00Z', 'Another.')"
    )
    old.close()

    state = State(node.home.state)
    state.note("The first signed line.", AT)

    assert [text for _, text in state.events()] == [
        "An old line.",
        "Another.",
        "The first signed line.",
    ]
    console(node, "log")
    assert "An old line. (from before events were signed)" in capsys.readouterr().out
    console(node, "verify")
    assert "2 older events" in capsys.readouterr().out
    with pytest.raises(sqlite3.IntegrityError, match="never deleted"):
        state.db.execute("DELETE FROM events")
    _damage(state, "UPDATE events SET text = 'A nicer line.' WHERE number = 1")
    assert "Event 1 does not follow the lines" in _bad(node)


def test_an_event_of_another_book_does_not_fit(joint: Joint) -> None:
    made = joint.made
    coast = State(made.home.holders / "coast.sqlite")
    made.state.note("River's.", AT)
    row = made.state.db.execute("SELECT * FROM chained_events WHERE sequence = 1").fetchone()
    coast.db.executescript("DROP TRIGGER chained_events_stay; DELETE FROM chained_events")
    coast.db.execute("INSERT INTO chained_events VALUES (?, ?, ?)", row)

    assert _bad(made) == "What was learned of coast: Event 1 belongs to another place."


def test_a_note_within_a_transaction_is_taken_back_with_it(state: State) -> None:
    class Change(Exception):
        pass

    with pytest.raises(Change), state.writing():
        state.note("It never was.", AT)
        raise Change
    state.note("It was.", AT)

    assert [text for _, text in state.events()] == ["It was."]


def test_what_the_operator_did_is_written_again_and_what_was_learned_is_not(state: State) -> None:
    for _ in range(3):
        state.note("Seen.", AT)
        state.note("Done.", AT, events.OPERATOR)

    assert [text for _, text in state.events()] == ["Seen.", "Done.", "Done.", "Done."]


def test_a_platform_cannot_fill_the_disk_with_ever_new_lines(
    state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "_MOST_LEARNED", 30)
    for number in range(50):
        state.note(f"Wrong thing {number}", AT)
    state.note("The operator paused the node.", AT, events.OPERATOR)
    held_back = [text for _, text in state.events()]

    state.note("A new day.", AT + timedelta(days=2))

    assert len(held_back) == 32
    assert held_back[-2].startswith("1000 lines were written within a day")
    assert held_back[-1] == "The operator paused the node."
    assert state.events()[-1][1] == "A new day."


def test_a_strangers_words_become_one_plain_line(state: State) -> None:
    state.note("Red \x1b[31mtext\u202e \ud800 and\na second line " + "x" * 5000, AT)

    ((_, text),) = state.events()

    assert text.startswith("Red ?[31mtext? ? and a second line x")
    assert len(text) == 1000


def test_an_event_names_the_newest_receipt(node: Bare) -> None:
    receipt(node, RUNS[0])
    node.state.note("After it.", AT)

    (event,) = events.read_events(node.state, keys.public_receipt_key(node.home))

    (blob,) = node.state.db.execute("SELECT receipt FROM receipts").fetchone()
    assert (event.receipts, event.receipt) == (1, digest(blob))


def test_without_the_key_nothing_is_written_down(home: Home, state: State) -> None:
    home.receipt_key.unlink()

    with pytest.raises(NodeError, match="Cannot read"):
        state.note("Unsigned.", AT)

    assert state.events() == []


def test_settings_are_written_down_when_the_node_starts_with_others(node: Bare) -> None:
    for text in ("min_cohort = 20", "min_cohort = 20", "min_cohort = 50", "min_cohort = 20"):
        config = CONFIG.format(platform="http://127.0.0.1:1").replace("min_cohort = 20", text)
        node.home.config.write_text(config)
        note_settings(node.home, read_config(node.home))

    told = [text for _, text in node.state.events()]

    assert len(told) == 3
    assert told[0].startswith("The node started with node.toml ")
    assert "code preinstalled; works for everybody; data: river-diabetes (4 variables" in told[0]
    assert "at least 50 people" in told[1]
    assert told[2] == told[0]


def test_a_list_that_somebody_edited_by_hand_is_told_of(node: Bare) -> None:
    with_ids(node)
    dataset = read_config(node.home).datasets["river-diabetes"]
    node.home.optouts.mkdir()
    (node.home.optouts / "river-diabetes.txt").write_text("anna-7\n")

    for _ in range(2):
        optouts.read(node.home, node.state, dataset)

    assert [text for _, text in node.state.events()] == [
        "The opt-out list of river-diabetes was changed in its file: it is list 1."
    ]
