"""Looks at a node's processes and files from outside, as the kernel shows them."""

import json
import os
from pathlib import Path
from typing import Any

from tests.hostile.governed import Node

EXECUTOR, GUARD, LAUNCHER, SUPERNODE = "executor", "guard", "launcher", "SuperNode"


def beat(node: Node) -> dict[str, Any]:
    """Read what the node last told about itself."""
    told: dict[str, Any] = json.loads((node.home / "run" / "heartbeat.json").read_text())
    return told


def alive(pid: int) -> bool:
    """Say whether a process runs; one that only waits to be reaped does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def children(pid: int) -> list[int]:
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:
        return []
    return [int(word) for word in text.split()]


def find(node: Node, what: str) -> list[int]:
    """Find the node's processes of one kind.

    A guard is forked from the executor and bears its command line; so does, for a moment, what
    speaks to the platform now and then.
    """
    try:
        told = beat(node)
    except (OSError, ValueError):
        return []
    pid = int(told["pid"])
    if what == EXECUTOR:
        return [pid] if alive(pid) else []
    if what == SUPERNODE:
        return [p for p in [told["supernode"]] if p and alive(p)]
    own = _command(pid)
    forks = {child: _command(child) for child in children(pid)}
    if what == GUARD:
        return [child for child, command in forks.items() if command == own]
    return [
        child for child, command in forks.items() if "federation.node.walls.launcher" in command
    ]


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def at_rest(node: Node) -> bool:
    """Say whether the node has no fork and no job just now."""
    launchers = find(node, LAUNCHER)
    return not find(node, GUARD) and not any(children(launcher) for launcher in launchers)


def rss_kb(pid: int) -> int:
    """Give the resident memory of a process in kB; 0 when it is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmRSS:")), 0)


def below(folder: Path) -> list[int]:
    """List processes that work in a folder or name it on their command line."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            place = (entry / "cwd").readlink()
        except OSError:
            place = Path()
        if place.is_relative_to(folder) or str(folder) in _command(int(entry.name)):
            found.append(int(entry.name))
    return [pid for pid in found if alive(pid)]


def size_of(folder: Path) -> int:
    """Add up the bytes of all files below a folder."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat(follow_symlinks=False).st_size
        except OSError:
            continue  # it was there a moment ago
    return total
