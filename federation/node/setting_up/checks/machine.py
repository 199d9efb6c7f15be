"""The machine itself: interpreter, packages, disk, the walls its kernel can put up."""

import importlib.metadata
import importlib.util
import os
import shutil
import sys
from pathlib import Path

from federation.node.errors import NodeError
from federation.node.home import Home
from federation.node.setting_up.checks.finding import Finding
from federation.node.settings import read_config
from federation.node.walls import confine
from federation.node.walls.names import missing as missing_walls

_PYTHON = (3, 11)
_LEAST_DISK, _LITTLE_DISK = 200 * 1_048_576, 2_048 * 1_048_576  # bytes
_LOCK = Path(__file__).parents[2] / "requirements.txt"


def python() -> Finding:
    """Look at the interpreter's version: all versions of packages are those for one of it."""
    found = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] == _PYTHON:
        return Finding("python", "ok", f"Python {found}.")
    wanted = ".".join(map(str, _PYTHON))
    return Finding(
        "python", "wrong", f"This is Python {found}; the node needs {wanted}.", "Install it anew."
    )


def packages() -> Finding:
    """Hold the installed packages against the list of exact versions that came with the node."""
    try:
        lines = _LOCK.read_text("utf-8").splitlines()
    except OSError:
        return Finding("packages", "look", "The list of exact versions is not here to compare.")
    missing, others = [], []
    for name, _, wanted in (line.partition("==") for line in lines if line[:1] not in {"", " "}):
        try:
            if importlib.metadata.version(name) != wanted:
                others.append(name)
        except importlib.metadata.PackageNotFoundError:
            missing.append(name)
    again = "Install the node again: pip install '.[node]'"
    if missing:
        return Finding("packages", "wrong", f"Not installed: {', '.join(missing)}.", again)
    if others:
        text = f"In another version than the node was tested with: {', '.join(others)}."
        return Finding("packages", "look", text, again)
    return Finding("packages", "ok", "Every package is here in the version that was tested.")


def django() -> Finding:
    """Say whether the platform's framework is here too; the node never loads it."""
    if importlib.util.find_spec("django") is None:
        return Finding("django", "ok", "Django is not installed; the node does not need it.")
    return Finding("django", "ok", "Django is installed here too; the node does not use it.")


def disk(folder: Path) -> Finding:
    """Look at the space left where the node's folder is, or will be."""
    there = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(there).free
    told = f"{free // 1_048_576:,} MB free for the node's folder."
    if free < _LEAST_DISK:
        return Finding("disk", "wrong", told, "Make room: the node must be able to keep its log.")
    if free < _LITTLE_DISK:
        return Finding("disk", "look", told, "That is little; 2,048 MB would do for years.")
    return Finding("disk", "ok", told)


def user() -> Finding:
    """Look at who the node would run as."""
    if os.geteuid() != 0:
        return Finding("user", "ok", "An ordinary user runs this, as it should be.")
    return Finding(
        "user",
        "look",
        "This runs as root.",
        "The node needs no such rights. As another user it runs jobs as that user, too, and shuts "
        "them in by the other walls.",
    )


def walls(home: Home) -> Finding:
    """Try which protections hold on this machine, in a child of this process."""
    held = _held(home)
    standing = ", ".join(name for name, holds in held.items() if holds) or "nothing"
    missing = ", ".join(missing_walls(held, as_root=os.geteuid() == 0))
    if not missing:
        return Finding("walls", "ok", f"Jobs are shut in by this kernel: {standing}.")
    return Finding(
        "walls",
        "look",
        f"This kernel shuts jobs in for: {standing}; not for: {missing}.",
        "Keep code_policy at preinstalled, unless you accept that.",
    )


def _held(home: Home) -> dict[str, bool]:
    from federation.node.walls.holding import try_walls  # it loads what jobs are run with

    try:
        return try_walls(home, read_config(home))[1]
    except NodeError:  # of settings that cannot be read another finding tells
        return confine.what_holds()
