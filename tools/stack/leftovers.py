"""Know one's own processes again after a run that was killed, and never anybody else's."""

import fcntl
import json
import signal
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from tools.stack import files, processes
from tools.stack.errors import StackError
from tools.stack.processes import Mark

MARKS = "marks.json"
LOCK = "lock"


def lock(var: Path) -> IO[str]:
    """Take this ``var`` for the life of the returned file; the kernel frees it if we are killed.

    Raises:
        StackError: another stack runs here.
    """
    handle = (var / LOCK).open("a+", encoding="utf-8")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        handle.close()
        raise StackError(
            f"A stack is already running in {var}. "
            f"Stop it with `python -m tools.stack down --var {var}`, or choose another --var."
        ) from None
    return handle


def running(var: Path) -> bool:
    """Say whether a stack holds this ``var`` now."""
    if not (var / LOCK).is_file():
        return False
    with (var / LOCK).open("a+", encoding="utf-8") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def note(var: Path, children: Sequence[tuple[str, int, signal.Signals]]) -> None:
    """Write down the marks of our children, so that a later run can tell them from others."""
    marks = [
        {
            "name": name,
            "pid": mark.pid,
            "started": mark.started,
            "command": mark.command,
            "signal": int(stop),
        }
        for name, pid, stop in children
        if (mark := processes.mark_of(pid))
    ]
    files.write_private_json(var / MARKS, {"marks": marks})


def forget(var: Path) -> None:
    (var / MARKS).unlink(missing_ok=True)


def clear(var: Path) -> list[str]:
    """Stop what a killed run left behind and return the names of what was stopped."""
    try:
        marks = json.loads((var / MARKS).read_text(encoding="utf-8"))["marks"]
    except FileNotFoundError:
        return []
    except (ValueError, KeyError):
        marks = []  # cut off by the same kill; the servers' own pid files are still looked at
    stopped = []
    for entry in reversed(marks):
        mark = Mark(entry["pid"], entry["started"], entry["command"])
        if mark.alive:
            stopped.append(entry["name"])
            processes.stop_marked(mark, first=signal.Signals(entry["signal"]), patience_s=4)
    forget(var)
    return stopped
