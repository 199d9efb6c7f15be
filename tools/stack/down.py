"""Stop a stack that another process supervises."""

import json
import os
import shutil
import signal
import time
from contextlib import suppress
from pathlib import Path

from tools.stack import leftovers
from tools.stack.cluster import remove_outside
from tools.stack.errors import StackError
from tools.stack.processes import Mark
from tools.stack.supervisor import STOP_ALL_S

PATIENCE_S = STOP_ALL_S + 7


def take_down(var: Path) -> str:
    """Stop the stack of ``var``, or what a killed one left there. Return what was done.

    Raises:
        StackError: it does not end in time.
    """
    if not var.is_dir():
        return f"Nothing to stop: there is no folder {var}."
    if not leftovers.running(var):
        stopped = leftovers.clear(var)
        return (
            f"Stopped what was left behind: {', '.join(stopped)}." if stopped else "Nothing runs."
        )
    supervisor = _supervisor(var)
    if not supervisor.alive:
        raise StackError(f"The stack in {var} is just starting or stopping; try again.")
    with suppress(ProcessLookupError):
        os.kill(supervisor.pid, signal.SIGTERM)
    until = time.monotonic() + PATIENCE_S
    while leftovers.running(var):
        if time.monotonic() > until:
            raise StackError(f"Process {supervisor.pid} has not ended after {PATIENCE_S:.0f} s.")
        time.sleep(0.1)
    return "Stopped."


def remove(var: Path) -> str:
    """Stop what runs in ``var`` and remove all of its data, wherever it is.

    Raises:
        StackError: the folder is not one that a stack made, or cannot be removed.
    """
    if not var.is_dir():
        return f"Nothing to remove: there is no folder {var}."
    if not (var / leftovers.LOCK).is_file():
        raise StackError(f"{var} was not made by this command; it is left alone.")
    take_down(var)
    remove_outside(var)
    try:
        shutil.rmtree(var)
    except OSError as error:
        raise StackError(f"{var} cannot be removed: {error}.") from None
    return f"Removed {var}."


def _supervisor(var: Path) -> Mark:
    try:
        notes = json.loads((var / "stack.json").read_text(encoding="utf-8"))
        return Mark(notes["pid"], notes["started"], notes["command"])
    except (OSError, ValueError, KeyError):
        raise StackError(f"The stack in {var} is just starting or stopping; try again.") from None
