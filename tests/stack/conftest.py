"""A stack run by the command that people run, in a process of its own."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tools.stack import leftovers
from tools.stack.parts import ROOT
from tools.stack.processes import Mark

PATIENCE_S = 60

Start = Callable[..., subprocess.Popen[str]]


def plain_env() -> dict[str, str]:
    """Return our environment without the servers of the test session."""
    return {
        name: value
        for name, value in os.environ.items()
        if name not in {"DATABASE_URL", "REDIS_URL"} and not name.startswith("KINHOLD_")
    }


def stack_command(*words: str | Path) -> list[str]:
    return [sys.executable, "-m", "tools.stack", *map(str, words)]


def run_stack(
    *words: str | Path, timeout_s: float = PATIENCE_S
) -> subprocess.CompletedProcess[str]:
    """Run a command that is expected to end by itself."""
    return subprocess.run(
        stack_command(*words),
        cwd=ROOT,
        env=plain_env(),
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
    )


def marks_in(var: Path) -> dict[str, Mark]:
    marks = json.loads((var / leftovers.MARKS).read_text(encoding="utf-8"))["marks"]
    return {mark["name"]: Mark(mark["pid"], mark["started"], mark["command"]) for mark in marks}


def eventually(question: Callable[[], bool], *, within_s: float) -> bool:
    until = time.monotonic() + within_s
    while not question():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


@pytest.fixture
def var() -> Iterator[Path]:
    """Give a place that every account can enter, unlike pytest's own folders."""
    folder = Path(tempfile.mkdtemp(prefix="kinhold-tests-"))
    folder.chmod(0o711)
    yield folder / "var"
    shutil.rmtree(folder)


@pytest.fixture
def start() -> Iterator[Start]:
    """Give a function that starts the command and waits until it serves."""
    children: list[subprocess.Popen[str]] = []

    def begin(*words: str | Path) -> subprocess.Popen[str]:
        child = subprocess.Popen(
            stack_command(*words),
            cwd=ROOT,
            env=plain_env(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        children.append(child)
        assert child.stdout is not None
        seen = []
        for line in child.stdout:
            seen.append(line)
            if "Ctrl-C stops everything" in line:
                return child
        raise AssertionError("the stack did not start:\n" + "".join(seen))

    yield begin
    for child in children:
        if child.poll() is None:
            child.send_signal(signal.SIGTERM)
        child.communicate(timeout=PATIENCE_S)
