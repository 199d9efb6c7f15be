"""The operator's own switch: ``pause`` and ``resume``, also while no node runs."""

import contextlib
import sqlite3
import sys
from argparse import Namespace
from datetime import UTC, datetime

from consent.grants.codec import time_of, time_text
from consent.grants.errors import GrantRefused
from federation.node.books import events
from federation.node.books.state import State
from federation.node.errors import NodeError
from federation.node.home import Home
from federation.node.settings import read_config

_LONGEST_REASON = 200


def pause(home: Home, arguments: Namespace) -> int:
    """Stop all work at once: a job that runs is killed within a fraction of a second."""
    switch_off(home, arguments.reason or "")
    sys.stdout.write("Paused. Nothing runs here until: kinhold-node resume\n")
    return 0


def resume(home: Home, _arguments: Namespace) -> int:
    """Lift the operator's own pause; a steward's pause stays."""
    if not switch_on(home):
        sys.stdout.write("The node was not paused here.\n")
        return 0
    sys.stdout.write("Resumed. Pauses by stewards, if any, still hold.\n")
    return 0


def switch_off(home: Home, reason: str, *, by: str = "The operator") -> None:
    """Pause. The switch comes first: no trouble with the log or the settings may delay it.

    Raises:
        NodeError: there is no node here, or its folder cannot be written to.
    """
    if not home.config.exists():
        read_config(home)  # says so
    why = events.one_line(reason)[:_LONGEST_REASON]
    now = datetime.now(UTC)
    try:
        home.paused.touch(mode=0o600)
    except OSError as error:
        raise NodeError(f"Cannot write {home.paused}: {error.strerror}.") from None
    # A full disk takes the empty file still; the reason then stands in no place.
    with contextlib.suppress(OSError):
        home.paused.write_text(f"{time_text(now)}\n{why}\n", "utf-8")
    told = f" Reason: {why}" if why else ""
    _write_down(home, f"{by} paused the node at {time_text(now)}.{told}", now)


def switch_on(home: Home, *, by: str = "The operator") -> bool:
    """Resume; False where nothing was paused here."""
    read_config(home)
    if not home.paused.exists():
        return False
    now = datetime.now(UTC)
    home.paused.unlink()
    _write_down(home, f"{by} resumed the node at {time_text(now)}.", now)
    return True


def pause_facts(home: Home) -> dict[str, str | None] | None:
    """Tell since when and why the node is paused here; None where it is not."""
    try:
        lines = home.paused.read_text("utf-8").splitlines()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError):
        lines = []
    return {"since": _time(lines), "reason": events.one_line(" ".join(lines[1:2]))}


def _time(lines: list[str]) -> str | None:
    try:
        return time_text(time_of("".join(lines[:1])))
    except GrantRefused:
        return None


def _write_down(home: Home, text: str, at: datetime) -> None:
    try:
        state = State(home.state)
        state.note(text, at, events.OPERATOR)
        state.close()
    except (NodeError, sqlite3.Error) as error:
        sys.stderr.write(f"This holds, but could not be written to the log: {error}\n")
