"""Processes, memory, disk: what one job takes has an end, and ends with it."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from federation.node.errors import JobFailed, JobStopped
from federation.node.walls.census import descendants
from federation.node.walls.spaces import SCRATCH_FILES, SCRATCH_MB
from tests.federation.node.cells import Cell, open_cell


@pytest.fixture(scope="module")
def cell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cell]:
    cell = open_cell(tmp_path_factory.mktemp("cell"))
    yield cell
    cell.launcher.close()


def test_a_job_cannot_start_more_processes_than_it_may(cell: Cell) -> None:
    code = (
        "reader, writer = os.pipe()\n"
        "for count in range(1000):\n"
        "    try:\n"
        "        child = os.fork()\n"
        "    except OSError as error:\n"
        "        break\n"
        "    if child == 0:\n"
        "        os.close(writer)\n"
        "        os.read(reader, 1)\n"
        "        os._exit(0)\n"
        'told["count"] = count\n'
    )
    try:
        count = cell.tell("many", code, processes=20)["count"]
    except JobFailed:  # only looked at now and then: killed when it was seen
        count = None

    assert (count is not None and count <= 20) is cell.held["processes"]


def test_a_fork_bomb_ends_with_its_job_and_the_node_lives(cell: Cell) -> None:
    body = (
        "while True:\n"
        "    try:\n"
        "        if os.fork() == 0:\n"
        "            os.setsid()\n"
        "            if os.fork():\n"
        "                os._exit(0)\n"
        "    except OSError:\n"
        "        pass"
    )

    def look(seconds: float) -> None:
        if seconds > 0.4:
            raise JobStopped("paused", "Stop.")

    with pytest.raises((JobStopped, JobFailed)):
        cell.run("bomb", body, look=look, processes=40)

    assert descendants(cell.launcher.process.pid) == set()
    assert cell.tell("after the bomb", 'told["alive"] = True') == {"alive": True}


def test_a_process_that_always_moves_on_does_not_outlive_its_job(cell: Cell) -> None:
    """Each one forks the next and ends, in a session of its own: no list ever shows it twice."""
    body = (
        "import signal\n"
        "signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # or the dead would count as processes\n"
        "if os.fork() == 0:\n"
        "    while True:\n"
        "        try:\n"
        "            os.setsid()\n"
        "            if os.fork():\n"
        "                os._exit(0)\n"
        "        except OSError:\n"
        "            pass\n"
        "time.sleep(0.2)\n"
        "return Message(RecordDict(), reply_to=message)"
    )

    assert cell.run("hopper", body) == b""
    assert descendants(cell.launcher.process.pid) == set()


def test_a_job_cannot_fill_the_disk(cell: Cell) -> None:
    """Not with large files, deleted ones, many small ones, or what it prints."""
    code = (
        "kept, block, written = [], bytes(1 << 22), 0\n"
        "try:\n"
        "    for number in range(1000):\n"
        '        file = open(f"f{number}", "wb", buffering=0)\n'
        "        kept.append(file)\n"
        '        os.unlink(f"f{number}")\n'
        "        for _ in range(15):\n"
        "            written += file.write(block)\n"
        "except OSError as error:\n"
        '    told["full"] = errno.errorcode[error.errno]\n'
        'told["mb"] = written >> 20\n'
        "for file in kept: file.close()\n"
        "try:\n"
        "    for count in range(100000):\n"
        '        os.mkdir(f"d{count}")\n'
        "except OSError:\n"
        '    told["files"] = count\n'
    )
    if not cell.held["disk"]:
        with pytest.raises(JobFailed):
            cell.tell("disk", code)
        return

    told = cell.tell("disk", code)

    assert told["full"] in ("ENOSPC", "EFBIG", "ENOMEM")
    assert told["mb"] <= SCRATCH_MB
    assert told["files"] <= SCRATCH_FILES
    assert list((cell.work / "disk" / "home").iterdir()) == []


def test_what_a_job_prints_has_an_end(cell: Cell) -> None:
    code = (
        "block, written = bytes(1 << 22), 0\n"
        "try:\n"
        "    for _ in range(1000):\n"
        "        written += os.write(2, block)\n"
        "except OSError as error:\n"
        '    told["end"] = errno.errorcode[error.errno]'
    )

    assert cell.tell("prints", code) == {"end": "EFBIG"}
    log = cell.work / "prints" / "job.log"
    assert log.stat().st_size <= 64 << 20
    log.unlink()


def test_processes_of_a_job_share_one_limit_of_memory(cell: Cell) -> None:
    body = (
        "for _ in range(4):\n"
        "    if os.fork() == 0:\n"
        "        kept = bytearray(b'x') * (200 << 20)\n"
        "        time.sleep(60)\n"
        "time.sleep(60)"
    )

    with pytest.raises(JobFailed, match="SIGKILL"):
        cell.run("memory", body, memory_mb=700)

    assert cell.held["memory"]
    assert descendants(cell.launcher.process.pid) == set()


def test_a_killed_warden_takes_the_job_with_it(cell: Cell) -> None:
    seen: set[int] = set()
    launcher = cell.launcher.process.pid

    def look(seconds: float) -> None:
        seen.update(descendants(launcher))
        if len(seen) > 2:
            children = Path(f"/proc/{launcher}/task/{launcher}/children").read_text().split()
            for warden in children:
                os.kill(int(warden), signal.SIGKILL)

    with pytest.raises(JobFailed, match="SIGKILL"):
        cell.run("warden", "os.fork()\ntime.sleep(60)", look=look)

    assert not any(Path(f"/proc/{pid}").exists() for pid in seen)
