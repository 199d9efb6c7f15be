"""What a person sees: one line per part, printed again only when something changed."""

import json
from pathlib import Path

from tools.stack import leftovers
from tools.stack.parts import Part
from tools.stack.processes import Mark
from tools.stack.supervisor import State


def say_lines(part: Part, state: State, seconds: float) -> None:
    """Print the line of one part. Plain lines, so that a log file reads like a terminal."""
    told = f"{state} in {seconds:.1f} s" if state in {State.READY, State.DONE} else str(state)
    detail = part.detail if state is State.READY else ""
    print(f"  {part.name:<15} {told:<15} {detail}".rstrip(), flush=True)


def say_status(var: Path) -> int:
    """Print what runs in ``var``; return the exit code, 0 when a stack runs there."""
    if not leftovers.running(var):
        print(f"No stack runs in {var}.")
        return 1
    try:
        notes = json.loads((var / "stack.json").read_text(encoding="utf-8"))
        marks = json.loads((var / leftovers.MARKS).read_text(encoding="utf-8"))["marks"]
    except (OSError, ValueError, KeyError):
        print(f"A stack is just starting or stopping in {var}.")
        return 0
    print(f"A stack runs in {var} (process {notes['pid']}).")
    for entry in marks:
        alive = Mark(entry["pid"], entry["started"], entry["command"]).alive
        print(f"  {entry['name']:<15} {'runs' if alive else 'ended'} (process {entry['pid']})")
    for name, url in notes["urls"].items():
        print(f"  {name}: {url}")
    return 0
