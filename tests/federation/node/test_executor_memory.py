"""The process that lives as long as the node is small: libraries for jobs are not loaded in it."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
LIMIT_MB = 120

_LOAD = """
import sys
import federation.node.executor
heavy = ("dp_accounting", "pandas", "pyarrow", "scipy", "sklearn")
lines = open("/proc/self/status").read().splitlines()
print([int(line.split()[1]) // 1024 for line in lines if line.startswith("VmRSS:")][0])
print([name for name in heavy if name in sys.modules])
"""


def test_the_executor_stays_under_its_limit_of_memory() -> None:
    """As ``bench/memory.py`` measures in a running node, for what is loaded at its start."""
    answer = subprocess.run(
        [sys.executable, "-c", _LOAD], cwd=ROOT, capture_output=True, text=True, check=True
    )

    resident_mb, heavy = answer.stdout.splitlines()
    assert heavy == "[]"
    assert int(resident_mb) < LIMIT_MB
