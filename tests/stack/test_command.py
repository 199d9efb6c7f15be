"""``python -m tools.stack`` as people meet it: clear sentences, clean ends, nothing left over."""

import os
import signal
import socket
import subprocess
from pathlib import Path

import psycopg

from tests.stack.conftest import Start, eventually, marks_in, run_stack
from tools.stack import leftovers, processes
from tools.stack.processes import Mark


def test_a_port_in_use_is_one_sentence_that_names_the_way_out(var: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        answer = run_stack("up", "--var", var, "--web-port", str(port))

    assert answer.returncode == 1
    assert answer.stderr == (
        f"stack: Port {port} is already in use by another program. "
        "Choose another with --web-port (or PORT= with make).\n"
    )
    assert not var.exists()


def test_a_number_that_is_no_port_is_a_sentence(var: Path) -> None:
    answer = run_stack("up", "--var", var, "--web-port", "70000")

    assert (answer.returncode, answer.stderr.count("\n")) == (1, 1)
    assert "70000 is not a port number" in answer.stderr


def test_an_unknown_part_is_a_sentence(var: Path) -> None:
    answer = run_stack("up", "--var", var, "--parts", "valkey,kafka")

    assert (answer.returncode, answer.stderr.count("\n")) == (1, 1)
    assert "There is no part kafka" in answer.stderr


def test_a_read_only_folder_is_a_sentence(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o555)
    if os.geteuid() == 0:
        closed = Path("/proc")  # root may write anywhere but where the kernel itself says no

    answer = run_stack("up", "--var", closed, "--parts", "valkey")

    assert (answer.returncode, answer.stderr.count("\n")) == (1, 1)
    assert answer.stderr.startswith(f"stack: The folder {closed} cannot be written to (")
    assert answer.stderr.endswith("Choose another with --var, for example --var /tmp/kinhold.\n")


def test_ctrl_c_stops_everything_and_leaves_nothing(var: Path, start: Start) -> None:
    stack = start("up", "--var", var, "--parts", "valkey")
    marks = marks_in(var)

    stack.send_signal(signal.SIGINT)
    out, _ = stack.communicate(timeout=10)

    assert stack.returncode == 0
    assert out.endswith("  valkey          stopped\nStopped.\n")
    assert not any(mark.alive for mark in marks.values())
    assert not (var / "env").exists()
    assert not (var / leftovers.MARKS).exists()


def test_a_second_stack_in_the_same_folder_is_refused_and_the_first_goes_on(
    var: Path, start: Start
) -> None:
    first = start("up", "--var", var, "--parts", "valkey")

    second = run_stack("up", "--var", var, "--parts", "valkey")

    assert second.returncode == 1
    assert second.stderr.startswith(f"stack: A stack is already running in {var}.")
    assert first.poll() is None
    assert marks_in(var)["valkey"].alive


def test_status_and_down_from_another_terminal(var: Path, start: Start) -> None:
    stack = start("up", "--var", var, "--parts", "valkey")

    status = run_stack("status", "--var", var)
    down = run_stack("down", "--var", var)

    assert status.returncode == 0
    assert f"A stack runs in {var} (process {stack.pid})." in status.stdout
    assert (down.returncode, down.stdout) == (0, "Stopped.\n")
    assert stack.wait(timeout=5) == 0
    assert run_stack("status", "--var", var).returncode == 1
    assert run_stack("down", "--var", var).stdout == "Nothing runs.\n"


def test_a_part_that_dies_ends_the_stack_with_its_name_and_its_log(var: Path, start: Start) -> None:
    stack = start("up", "--var", var, "--parts", "valkey")

    os.kill(marks_in(var)["valkey"].pid, signal.SIGKILL)
    out, _ = stack.communicate(timeout=15)

    assert stack.returncode == 1
    assert "stack: valkey was ended by SIGKILL while it was needed." in out
    assert f"{var}/log/valkey.log" in out
    assert "Traceback" not in out


def test_a_killed_supervisor_leaves_no_orphan_and_the_next_start_finds_the_data(
    var: Path, start: Start
) -> None:
    first = start("db", "--var", var)
    with psycopg.connect(_database_url(var)) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    marks = marks_in(var)
    assert set(marks) == {"postgres", "valkey"}

    first.kill()

    assert eventually(lambda: not any(mark.alive for mark in marks.values()), within_s=10)

    second = start("db", "--var", var)
    with psycopg.connect(_database_url(var)) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (7,)
    second.terminate()
    assert second.wait(timeout=10) == 0

    assert run_stack("remove", "--var", var).stdout == f"Removed {var}.\n"
    assert not var.exists()


def _database_url(var: Path) -> str:
    lines = (var / "env").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines)["DATABASE_URL"]


def test_a_leftover_is_stopped_and_a_stranger_with_its_number_is_not(tmp_path: Path) -> None:
    with (
        subprocess.Popen(["sleep", "300"], process_group=0) as leftover,
        subprocess.Popen(["sleep", "300"], process_group=0) as stranger,
    ):
        leftovers.note(
            tmp_path,
            [
                ("worker", leftover.pid, signal.SIGTERM),
                ("web", stranger.pid, signal.SIGTERM),
            ],
        )
        notes = tmp_path / leftovers.MARKS
        mark = processes.mark_of(stranger.pid)
        assert isinstance(mark, Mark)
        earlier = str(int(mark.started) - 1) if mark.started.isdigit() else "long ago"
        text = notes.read_text()
        # The same number, another start: the number was given to somebody else since.
        head, _, tail = text.partition(str(stranger.pid))
        notes.write_text(head + str(stranger.pid) + tail.replace(mark.started, earlier))

        assert leftovers.clear(tmp_path) == ["worker"]

        assert leftover.wait(timeout=5) == -signal.SIGTERM
        assert stranger.poll() is None
        stranger.kill()


def test_a_folder_of_somebody_else_is_not_removed(tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()

    answer = run_stack("remove", "--var", tmp_path)

    assert (answer.returncode, answer.stderr.count("\n")) == (1, 1)
    assert (tmp_path / "letters").is_dir()
