"""Counts what a job uses while it runs, for limits that the kernel sets for one process only."""

import contextlib
import os
import signal
from pathlib import Path

_GONE = (FileNotFoundError, ProcessLookupError, PermissionError)


def descendants(pid: int) -> set[int]:
    """List the processes that come from this one, itself left out."""
    found: set[int] = set()
    left = [pid]
    while left:
        for task in _tasks(left.pop()):
            with contextlib.suppress(*_GONE):
                children = {int(word) for word in (task / "children").read_text().split()}
                left += children - found
                found |= children
    return found


def count_threads(pids: set[int]) -> int:
    return sum(len(_tasks(pid)) for pid in pids)


def memory_mb(pids: set[int], *, shared_mb: float) -> float:
    """Sum up what processes hold in memory that is no file's.

    Args:
        shared_mb: what each of them has in common with the process it was forked from; taken
            off where the kernel does not tell how much of it is shared.
    """
    return sum(_memory_mb(pid, shared_mb) for pid in pids)


def own_memory_mb() -> float:
    """Tell what this process holds itself, as ``memory_mb`` counts where it must guess."""
    return _fields(Path("/proc/self/status"), ("RssAnon", "RssShmem")) / 1024


def kill_all(pids: set[int]) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def takes_disk(folder: Path, pids: set[int]) -> tuple[int, int]:
    """Give bytes and number of all files of a job: those below its folder, and those of its
    processes that were deleted while they are open, as far as they can be seen.
    """
    size = number = 0
    for place, folders, files in os.walk(folder):
        number += len(folders) + len(files)
        for name in files:
            with contextlib.suppress(OSError):
                size += (Path(place) / name).lstat().st_blocks * 512
    deleted: dict[int, int] = {}
    device = folder.stat().st_dev
    for pid in pids:
        for file in _open_files(pid):
            with contextlib.suppress(OSError):
                status = file.stat()
                if (status.st_nlink, status.st_dev) == (0, device):
                    deleted[status.st_ino] = status.st_blocks * 512
    return size + sum(deleted.values()), number + len(deleted)


def free_mb(folder: Path) -> float:
    """Tell how much an ordinary user can still write where this folder lies."""
    status = os.statvfs(folder)
    return status.f_bavail * status.f_frsize / 1_048_576


def _memory_mb(pid: int, shared_mb: float) -> float:
    try:
        return _fields(Path(f"/proc/{pid}/smaps_rollup"), ("Pss_Anon", "Pss_Shmem")) / 1024
    except OSError:  # an old kernel, or a process that does not let itself be looked at
        pass
    try:
        told = _fields(Path(f"/proc/{pid}/status"), ("RssAnon", "RssShmem")) / 1024
    except OSError:
        return 0.0
    return max(0.0, told - shared_mb)


def _fields(file: Path, names: tuple[str, ...]) -> int:
    """Add up lines like ``RssAnon: 1234 kB``."""
    total = 0
    for line in file.read_text().splitlines():
        name, _, value = line.partition(":")
        if name in names:
            total += int(value.split()[0])
    return total


def _tasks(pid: int) -> list[Path]:
    try:
        return list(Path(f"/proc/{pid}/task").iterdir())
    except OSError:
        return []


def _open_files(pid: int) -> list[Path]:
    try:
        return list(Path(f"/proc/{pid}/fd").iterdir())
    except OSError:
        return []
