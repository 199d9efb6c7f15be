"""What others can make a node write has bounds: refusals, logs, the last room on a disk."""

import os

import pytest

from federation.node.books import upkeep
from federation.node.books.upkeep import MOST_LOG, REFUSAL_EVERY_S, REFUSALS_AT_ONCE, Upkeep
from federation.node.home import Home


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_refusals_without_end_are_taken_at_a_pace(home: Home) -> None:
    clock = Clock()
    watch = Upkeep(home, clock)
    for _ in range(REFUSALS_AT_ONCE):
        assert watch.may_take()
        watch.refused()

    assert not watch.may_take()
    clock.now += REFUSAL_EVERY_S + 1
    assert watch.may_take()
    watch.refused()
    assert not watch.may_take()
    clock.now += 86_400
    taken = 0
    while watch.may_take():
        watch.refused()
        taken += 1
    assert taken == REFUSALS_AT_ONCE  # a quiet day is not saved up for a flood


def test_work_that_is_not_refused_has_no_pace(home: Home) -> None:
    watch = Upkeep(home, Clock())

    assert all(watch.may_take() for _ in range(10 * REFUSALS_AT_ONCE))


def test_a_disk_that_is_nearly_full_takes_no_message(
    home: Home, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(upkeep, "LEAST_ROOM", 1 << 62)
    watch = Upkeep(home)

    assert not watch.may_take()
    assert not watch.may_take()

    assert caplog.text.count("are free on the disk") == 1


def test_a_log_that_grows_loses_its_older_half_and_goes_on(home: Home) -> None:
    path = home.log / "supernode.log"
    writer = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    line = b"a message came in and was refused\n" * 1000
    for _ in range(MOST_LOG // len(line) + 2):
        os.write(writer, line)

    Upkeep(home).tidy()
    os.write(writer, b"the newest line\n")
    os.close(writer)

    text = path.read_bytes()
    assert MOST_LOG // 2 < len(text) < MOST_LOG // 2 + 1000
    assert text.startswith(b"(older lines were cut off)\n")
    assert text.endswith(b"refused\nthe newest line\n")


def test_a_short_log_and_a_link_are_left_alone(home: Home) -> None:
    (home.log / "node.log").write_text("as it was")
    other = home.folder / "elsewhere"
    other.write_bytes(b"x" * (MOST_LOG + 1))
    (home.log / "linked.log").symlink_to(other)

    Upkeep(home).tidy()

    assert (home.log / "node.log").read_text() == "as it was"
    assert other.stat().st_size == MOST_LOG + 1
