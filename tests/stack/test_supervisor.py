"""The supervisor with small programs in the place of servers."""

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stack.conftest import eventually
from tools.stack.errors import PartFailed, StackError, StopRequested
from tools.stack.parts import Part
from tools.stack.processes import mark_of
from tools.stack.supervisor import State, Supervisor

Told = list[tuple[str, State]]

# Says "up", ignores the polite signal, and has a helper that would outlive it.
STUBBORN = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
helper = subprocess.Popen(["sleep", "300"])
print(helper.pid, flush=True)
time.sleep(300)
"""


def shell(name: str, words: str, **more: object) -> Part:
    return Part(name=name, command=["/bin/sh", "-c", words], env={"PATH": "/usr/bin:/bin"}, **more)


@pytest.fixture
def told() -> Told:
    return []


@pytest.fixture
def supervisor(tmp_path: Path, told: Told) -> Iterator[Supervisor]:
    (tmp_path / "log").mkdir()
    supervisor = Supervisor(tmp_path, say=lambda part, state, _s: told.append((part.name, state)))
    yield supervisor
    supervisor.stop()


def test_a_part_starts_when_those_it_needs_are_ready_and_stops_before_them(
    supervisor: Supervisor, told: Told
) -> None:
    supervisor.bring_up(
        [
            shell("page", "sleep 300", after=("tables", "store")),
            shell("tables", "exit 0", after=("store",), once=True),
            shell("store", "sleep 300"),
        ]
    )
    supervisor.stop()

    assert told == [
        ("store", State.STARTING),
        ("store", State.READY),
        ("tables", State.STARTING),
        ("tables", State.DONE),
        ("page", State.STARTING),
        ("page", State.READY),
        ("page", State.STOPPED),
        ("store", State.STOPPED),
    ]


def test_a_part_that_cannot_start_is_named_with_the_end_of_its_log(
    supervisor: Supervisor, tmp_path: Path
) -> None:
    with pytest.raises(PartFailed) as failure:
        supervisor.bring_up([shell("store", "echo no space on disk; exit 3")])

    assert str(failure.value) == (
        "store did not start: it ended with exit code 3. "
        f"The end of its log, {tmp_path}/log/store.log:\n    no space on disk"
    )


def test_a_part_that_does_not_get_ready_has_a_limit(supervisor: Supervisor) -> None:
    with pytest.raises(PartFailed, match=r"store was not ready after 0 s\..*\n.*log is empty"):
        supervisor.bring_up([shell("store", "sleep 300", ready=lambda: False, patience_s=0.2)])


def test_a_part_that_dies_later_is_noticed(supervisor: Supervisor) -> None:
    supervisor.bring_up([shell("store", "sleep 0.3; echo out of memory; kill -9 $$")])

    with pytest.raises(PartFailed, match=r"store was ended by SIGKILL while.*\n    out of memory"):
        assert not eventually(lambda: bool(supervisor.watch()), within_s=5)


def test_a_wish_to_stop_is_heard_while_parts_are_starting(
    supervisor: Supervisor, tmp_path: Path
) -> None:
    impatient = Supervisor(tmp_path, stop_requested=lambda: True)

    with pytest.raises(StopRequested):
        impatient.bring_up([shell("store", "sleep 300", ready=lambda: False)])

    impatient.stop()


def test_what_ignores_the_polite_signal_is_ended_with_its_helpers(
    supervisor: Supervisor, tmp_path: Path
) -> None:
    log = tmp_path / "log" / "mule.log"
    mule = Part(
        name="mule",
        command=[sys.executable, "-c", STUBBORN],
        env={"PATH": "/usr/bin:/bin"},
        ready=lambda: log.read_text().strip().isdigit(),
    )
    supervisor.bring_up([mule])
    helper = int(log.read_text())
    begun = time.monotonic()

    supervisor.stop()

    assert time.monotonic() - begun < 10
    assert eventually(lambda: mark_of(helper) is None, within_s=2)


def test_a_command_that_does_not_exist_is_a_sentence(supervisor: Supervisor) -> None:
    with pytest.raises(StackError, match="/no/such/program cannot be started: No such file"):
        supervisor.bring_up([Part(name="store", command=["/no/such/program"], env={})])
