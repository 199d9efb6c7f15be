"""In a container that allows no namespaces the walls that are left hold, and a job still ends."""

import errno
import os
import platform
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest

from federation.node.errors import JobFailed
from federation.node.walls import confine, landlock, syscalls
from federation.node.walls.census import descendants
from tests.federation.node.cells import open_cell

_UNSHARE = {"x86_64": 272, "aarch64": 97}

_MOVES_ON = """
import signal
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
if os.fork() == 0:
    while True:
        try:
            os.setsid()
            if os.fork():
                os._exit(0)
        except OSError:
            pass
time.sleep(0.2)
return Message(RecordDict(), reply_to=message)
"""
_FILLS = """
kept, block = [], bytes(1 << 22)
for number in range(200):
    kept.append(open(f"f{number}", "wb", buffering=0))
    os.unlink(f"f{number}")
    for _ in range(15):
        kept[-1].write(block)
time.sleep(60)
"""


def _forbid_namespaces() -> None:
    """Do as container programs do: refuse ``unshare``, for good."""
    refused = syscalls._answer(syscalls._ERRNO | errno.EPERM)
    program = [
        syscalls._step(syscalls._LOAD, syscalls._NUMBER),
        syscalls._step(syscalls._EQUAL, _UNSHARE[platform.machine()], skip_else=1),
        refused,
        syscalls._answer(syscalls._ALLOW),
    ]
    assert syscalls.install(program)


def _inside(folder: Path) -> None:
    _forbid_namespaces()
    cell = open_cell(folder)
    launcher = cell.launcher.process.pid
    try:
        assert not cell.held["disk"]
        assert cell.held["network"] and cell.held["files"] and cell.held["system calls"]

        assert cell.run("moves-on", _MOVES_ON) == b""
        assert descendants(launcher) == set()

        with pytest.raises(JobFailed, match="SIGKILL"):
            cell.run("fills", _FILLS)
        assert descendants(launcher) == set()
    finally:
        cell.launcher.close()


def _beside_the_node(_folder: Path) -> None:
    """As the node's own user, on a kernel whose Landlock does not look at signals."""
    if os.geteuid() == 0:
        os.setresgid(65534, 65534, 65534)
        os.setresuid(65534, 65534, 65534)
    landlock.python_folders = list  # Python may lie where this user cannot look
    _forbid_namespaces()
    if landlock._LIBC.syscall(landlock._CREATE, None, 0, landlock._VERSION_QUERY) >= 6:
        assert confine.what_holds()["processes"]
    landlock._SCOPES = 0
    assert not confine.what_holds()["processes"]


@pytest.mark.skipif(platform.machine() not in _UNSHARE, reason="numbers of calls not known")
def test_a_job_that_could_halt_the_nodes_processes_is_not_said_to_be_held() -> None:
    """With a signal it could halt the process that listens for stops."""
    _in_a_process(_beside_the_node, Path())


@pytest.mark.skipif(platform.machine() not in _UNSHARE, reason="numbers of calls not known")
def test_without_namespaces_a_job_leaves_nothing_running_and_fills_nothing(tmp_path: Path) -> None:
    _in_a_process(_inside, tmp_path)


def _in_a_process(act: Callable[[Path], None], folder: Path) -> None:
    child = os.fork()
    if child == 0:
        status = 1
        try:
            act(folder)
            status = 0
        except BaseException:  # noqa: BLE001  # a forked child must never run on as pytest
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(status)

    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
