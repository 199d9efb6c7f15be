"""kinhold-node in odd shells: what cannot be done ends with one sentence, never a traceback."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


def test_without_a_terminal_nothing_is_waited_for(tmp_path: Path) -> None:
    """Not even where standard input is closed altogether."""
    command = f"exec {sys.executable} -m federation.node --home {tmp_path / 'node'} init <&-"
    before = time.monotonic()

    done = subprocess.run(["sh", "-c", command], cwd=ROOT, capture_output=True, text=True)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "kinhold-node: --community is missing.\n"
    assert time.monotonic() - before < 30


@pytest.mark.parametrize(
    ("line", "status", "told"),
    [
        ("{node} init --community a --platform http://127.0.0.1:1 >/dev/full", 2, "No space left"),
        ("{node} doctor 2>/dev/null | head -c 1 >/dev/null", 0, ""),
        ("{node} doctor >&- 2>&-", 1, ""),
        ("{node} --home '' status", 2, "it is empty"),
        ("{node} --home ~no-such-user/x status", 2, "is not a folder on this machine"),
        ("{node} --home /dev/null status", 2, "Cannot read /dev/null/node.toml"),
        ("{node} init --min-cohort many", 2, "invalid int value"),
        ("{node} pin --fingerprint", 2, "expected one argument"),
    ],
)
def test_wrong_use_and_odd_shells_end_with_a_sentence(
    tmp_path: Path, line: str, status: int, told: str
) -> None:
    node = f"{sys.executable} -m federation.node"
    environment = {**os.environ, "KINHOLD_NODE_HOME": str(tmp_path / "node")}

    done = subprocess.run(
        ["sh", "-c", line.format(node=node)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )

    assert (done.returncode, "Traceback" in done.stderr) == (status, False), done.stderr
    assert told in done.stderr
    if status == 2:
        assert done.stderr.splitlines()[-1].startswith("kinhold-node: ")
