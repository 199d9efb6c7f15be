"""Child processes that do not outlive us, and the marks by which a leftover is known again."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tools.stack.account import Account
from tools.stack.errors import StackError

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass(frozen=True)
class Mark:
    """What tells one process from every other that had or will have its number."""

    pid: int
    started: str
    command: str

    @property
    def alive(self) -> bool:
        return mark_of(self.pid) == self


def mark_of(pid: int) -> Mark | None:
    """Return the mark of a living process; None when there is none, or only its zombie."""
    if not Path("/proc/self/stat").exists():
        return _mark_by_ps(pid)
    try:
        # The name in brackets may hold spaces and brackets itself: count from the last one.
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return None
    if fields[0] == "Z":
        return None
    words = command.rstrip(b"\0").replace(b"\0", b" ")
    return Mark(pid, fields[19], words.decode("utf-8", "replace"))


def _mark_by_ps(pid: int) -> Mark | None:
    answer = subprocess.run(
        ["ps", "-ww", "-p", str(pid), "-o", "stat=,lstart=,command="],
        capture_output=True,
        text=True,
        check=False,
        timeout=5,
    )
    words = answer.stdout.split()
    if answer.returncode or len(words) < 7 or words[0].startswith("Z"):
        return None
    return Mark(pid, " ".join(words[1:6]), " ".join(words[6:]))


def _ends_with_parent(parent: int, last_signal: int) -> Callable[[], None] | None:
    """Return what the child does before it becomes the program: ask to be told of our death.

    ``subprocess`` calls it after changing the user, which would clear the request.
    """
    if _libc is None:
        return None

    def ask() -> None:
        _libc.prctl(PR_SET_PDEATHSIG, last_signal, 0, 0, 0)
        if os.getppid() != parent:  # we died in between, so nothing will tell the child
            os.kill(os.getpid(), signal.SIGKILL)

    return ask


def start(
    command: Sequence[str],
    *,
    env: Mapping[str, str],
    log: IO[bytes],
    cwd: Path,
    account: Account | None = None,
    death_signal: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start a program in a process group of its own.

    The calling thread must outlive the child: Linux sends ``death_signal`` when the *thread* that
    started it ends.

    Raises:
        StackError: the program cannot be started.
    """
    # None leaves things as they are; only root may change them.
    other = account if account is not None and not account.is_ours else None
    try:
        return subprocess.Popen(
            list(command),
            env=dict(env),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            process_group=0,
            preexec_fn=_ends_with_parent(os.getpid(), death_signal),
            user=other.uid if other else None,
            group=other.gid if other else None,
            extra_groups=[] if other else None,
        )
    except OSError as error:
        raise StackError(f"{command[0]} cannot be started: {error.strerror}.") from None


def stop_group(pid: int) -> None:
    """Kill what is left of a child's process group."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def stop_marked(mark: Mark, *, first: signal.Signals, patience_s: float) -> None:
    """Stop a process that is not our child, if it is still the one that was marked."""
    if not mark.alive:
        return
    with suppress(ProcessLookupError):
        os.kill(mark.pid, first)
    until = time.monotonic() + patience_s
    while mark.alive and time.monotonic() < until:
        time.sleep(0.02)
    if mark.alive:
        stop_group(mark.pid)
        with suppress(ProcessLookupError):
            os.kill(mark.pid, signal.SIGKILL)
    while mark.alive and time.monotonic() < until + 2:
        time.sleep(0.02)
    if mark.alive:
        raise StackError(f"Process {mark.pid} of an earlier run does not end; stop it by hand.")
