"""The node is a program of its own: it works where Django cannot even be imported."""

import json
import os
import pkgutil
import subprocess
import sys
from pathlib import Path

import federation.aggregator
import federation.catalogue
import federation.node

ROOT = Path(__file__).parents[3]

_BLOCKER = """
import importlib.abc, sys
class Blocked(importlib.abc.MetaPathFinder):
    names = {"django", "celery", "rest_framework", "kombu", "psycopg", "redis", "allauth"}
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in self.names:
            raise ImportError(f"{name} is blocked here")
sys.meta_path.insert(0, Blocked())
"""


def _run(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", _BLOCKER + code, *arguments],
        cwd=ROOT,
        env={k: v for k, v in os.environ.items() if not k.startswith(("DJANGO", "KINHOLD"))},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )


def test_the_blocker_blocks() -> None:
    assert "django is blocked here" in _run("import django").stderr


def test_every_module_of_the_node_is_importable_without_django() -> None:
    names = [
        module.name
        for package in (federation.node, federation.catalogue, federation.aggregator)
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    ]
    assert len(names) > 30

    code = "import importlib\nfor name in sys.argv[1:]:\n    importlib.import_module(name)\n"
    answer = _run(code, *names)

    assert (answer.returncode, answer.stderr) == (0, "")


def test_the_commands_work_without_django(tmp_path: Path) -> None:
    code = "from federation.node.__main__ import main\nsys.exit(main(sys.argv[1:]))"
    home = ("--home", str(tmp_path / "node"))
    words = ("--community", "river", "--name", "river-node", "--platform", "http://127.0.0.1:1")

    helped = _run(code, "--help")
    made = _run(code, *home, "init", *words, "--superlink", "127.0.0.1:2")
    told = _run(code, "status", "--json", *home)

    assert helped.returncode == 0
    assert "kinhold-node" in helped.stdout
    assert made.returncode == 0, made.stderr
    assert json.loads(made.stdout)["community"] == "river"
    assert json.loads(told.stdout)["connected"] is False
