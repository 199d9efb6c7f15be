"""Shuts a job in, as far as this kernel can: files, network, system calls, user, resources.

Vetted code does not need this; it is the second wall, for the day when vetting failed. Linux
only. Two processes are made for a job: the *warden* takes spaces of its own and waits; its
child, the first process in them, gives up everything else and becomes the job. When the warden
or the first process ends, the kernel ends all the others. Source: docs/adr/0028.
"""

import contextlib
import ctypes
import json
import mmap
import os
import resource
import select
import signal
import socket
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NoReturn

from federation.node.walls import landlock, spaces, syscalls
from federation.node.walls.job_user import JobUser
from federation.node.walls.names import WALLS

_LIBC = ctypes.CDLL(None, use_errno=True)

_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER, _PR_SET_NO_NEW_PRIVS = 1, 36, 38
_PR_CAPBSET_DROP, _PR_CAP_AMBIENT, _CLEAR_ALL = 24, 47, 4
_CAPABILITIES, _CAP_VERSION = 64, 0x20080522
_FILE_MB = 64
_TRIED_MB, _TRIED_PROCESSES = 4096, 4


@dataclass(frozen=True)
class Room:
    """What one job may have.

    Attributes:
        home: its private folder, the only place it may write to besides ``writable``.
        memory_mb: address space of each of its processes.
        seconds: processor time of each of its processes.
        processes: its processes and threads, all together.
        user: whom it runs as; None is the node's own user.
    """

    home: Path
    readable: tuple[Path, ...]
    writable: tuple[Path, ...]
    memory_mb: int
    seconds: int
    processes: int
    user: JobUser | None


def die_with_parent(number: int = signal.SIGKILL) -> None:
    """Ask the kernel to send this process a signal when its parent ends, however it ends."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, int(number))


def adopt_orphans() -> None:
    """Become the parent of descendants whose own parents end, in the place of process 1."""
    _LIBC.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def fork_job(room: Room) -> spaces.Spaces:
    """Fork the job's first process in spaces of its own; the warden never returns from here.

    Returns:
        in the new process, what it has of its own.
    """
    made = spaces.part(room.home, room.user)
    warden = os.pidfd_open(os.getpid())
    child = os.fork()
    if child == 0:
        if made.processes:
            os.setsid()  # out of reach of the warden's group; the kernel ends it all the same
        die_with_parent()
        _end_without(warden)
        return replace(made, warden=warden)
    os.closerange(0, 65_536)  # above all the pipe for the reply, whose end its reader awaits
    _limit(resource.RLIMIT_CORE, 0)
    _, status = os.waitpid(child, 0)
    ended = os.waitstatus_to_exitcode(status)
    if ended < 0:  # end in the same way, so that whoever waits for the warden sees it
        with contextlib.suppress(OSError):
            signal.signal(-ended, signal.SIG_DFL)
        os.kill(os.getpid(), -ended)
    os._exit(ended if ended >= 0 else 1)


def _end_without(warden: int) -> None:
    """End if the warden was gone before ``die_with_parent`` could tell."""
    if select.select([warden], [], [], 0)[0]:
        os._exit(1)


def shut_in(room: Room, made: spaces.Spaces) -> tuple[bool, bool]:
    """Give up everything that a job may not have. There is no way back.

    Returns:
        whether the walls around files and system calls stand.
    """
    processes = room.processes + _others(room, made)  # asked while /proc can be read
    _LIBC.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    files = landlock.restrict_files(readable=room.readable, writable=[room.home, *room.writable])
    limit_resources(memory_mb=room.memory_mb, seconds=room.seconds, processes=processes)
    _drop_rights(room.user)
    die_with_parent()  # a change of user has taken it back
    _end_without(made.warden)
    os.close(made.warden)
    return files, syscalls.refuse_calls()


def limit_resources(*, memory_mb: int, seconds: int, processes: int = 64) -> None:
    """Set hard limits on memory, processor time, processes, files and core dumps."""
    for what, most in (
        (resource.RLIMIT_AS, memory_mb * 1_048_576),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_NPROC, processes),
        (resource.RLIMIT_FSIZE, _FILE_MB * 1_048_576),
        (resource.RLIMIT_NOFILE, 256),
        (resource.RLIMIT_MEMLOCK, 0),
        (resource.RLIMIT_MSGQUEUE, 0),
        # Not 0: a program that collects dumps through a pipe would still be given one.
        (resource.RLIMIT_CORE, 1),
    ):
        _limit(what, most)


def _limit(what: int, most: int) -> None:
    _, hard = resource.getrlimit(what)
    if hard != resource.RLIM_INFINITY:
        most = min(most, hard)
    resource.setrlimit(what, (most, most))


def _others(room: Room, made: spaces.Spaces) -> int:
    """Count what stands beside the job in the kernel's count of one user's processes."""
    if room.user is not None:
        return 0
    if made.users:
        return 1  # the warden
    own, count = os.geteuid(), 0
    for folder in Path("/proc").glob("[0-9]*/task"):
        with contextlib.suppress(OSError):
            if folder.stat().st_uid == own:
                count += len(list(folder.iterdir()))
    return count


def _drop_rights(user: JobUser | None) -> None:
    for capability in range(_CAPABILITIES):
        _LIBC.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)
    _LIBC.prctl(_PR_CAP_AMBIENT, _CLEAR_ALL, 0, 0, 0)
    if user is not None:
        os.setgroups([])
        os.setresgid(user.gid, user.gid, user.gid)
        os.setresuid(user.uid, user.uid, user.uid)
    head = (ctypes.c_uint32 * 2)(_CAP_VERSION, 0)
    if _LIBC.capset(head, (ctypes.c_uint32 * 6)()):
        raise OSError(ctypes.get_errno(), "the rights of root could not be given up")


def what_holds(user: JobUser | None = None, folders: Sequence[Path] = ()) -> dict[str, bool]:
    """Shut a process in like a job and let it try each wall; tell which stand here.

    Args:
        user: whom jobs would run as.
        folders: what that user must reach besides Python: code, and where jobs lie.
    """
    reader, writer = os.pipe()
    with tempfile.TemporaryDirectory(prefix="kinhold-walls-") as scratch:
        child = os.fork()
        if child == 0:
            os.close(reader)
            _try_walls(user, folders, Path(scratch), writer)
        os.close(writer)
        with os.fdopen(reader, "rb") as source:
            answer = source.read()
        os.waitpid(child, 0)
    found: dict[str, bool] = json.loads(answer or b"{}")
    return {name: found.get(name, False) for name in WALLS}


def _try_walls(
    user: JobUser | None, folders: Sequence[Path], scratch: Path, writer: int
) -> NoReturn:
    """Become a job that does nothing but try. What fails here is a wall that is missing."""
    node = os.getppid()
    try:
        needed = [p for p in (*landlock.python_folders(), *folders) if p.exists()]
        if user is not None:
            spaces.open_way(needed, user)
            user.owns(scratch)
        room = Room(scratch, tuple(folders), (), _TRIED_MB, 10, _TRIED_PROCESSES, user)
        made = fork_job(room)
        files, calls = shut_in(room, made)
        own = user is not None and os.getresuid() == (user.uid,) * 3
        found = {
            "files": files and _refused(lambda: list(Path("/").iterdir())),
            "network": made.network or _refused(socket.socket),
            "system calls": calls and _LIBC.ptrace(0, 0, 0, 0) == -1,
            "own user": own and all(map(_reads, needed)),
            # Where numbers of processes are its own, the node's means nobody, or itself.
            "processes": _processes_end()
            and (made.processes or _refused(lambda: os.kill(node, 0))),
            "memory": _refused(lambda: mmap.mmap(-1, 2 * _TRIED_MB << 20)),
            "disk": made.disk,
        }
        os.write(writer, json.dumps(found).encode())
    except BaseException:  # noqa: BLE001  # a forked child must never run on as its parent
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(0)


def _refused(act: Callable[[], object]) -> bool:
    try:
        act()
    except OSError:
        return True
    return False


def _reads(path: Path) -> bool:
    """Say whether this process can go into a folder and read the code that lies there."""
    try:
        if not path.is_dir():
            return _opens(path)
        code = path.glob("*.py") if os.access(path, os.R_OK) else iter(())
        return os.access(path, os.X_OK) and all(map(_opens, code))
    except OSError:
        return False


def _opens(file: Path) -> bool:
    return not _refused(lambda: file.open("rb").close())


def _processes_end() -> bool:
    """Start processes until the kernel refuses, or until it should have."""
    reader, writer = os.pipe()
    for _ in range(2 * _TRIED_PROCESSES):
        try:
            child = os.fork()
        except OSError:
            return True
        if child == 0:
            os.close(writer)
            os.read(reader, 1)  # until the one that tries is gone
            os._exit(0)
    return False
