"""Real PostgreSQL and Valkey servers for the tests, unless DATABASE_URL names some already.

Workers of pytest-xdist take over the environment of the first process, and so its servers.
"""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from tools.stack import Stack, StackError

_running: list[tuple[Stack, Path]] = []


def ensure_servers() -> None:
    """Start servers in a temporary folder and put their addresses into our environment."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker and "REDIS_URL" in os.environ:
        # A database of its own on the shared Valkey, so that emptying the cache harms nobody.
        base = os.environ["REDIS_URL"].rpartition("/")[0]
        os.environ["REDIS_URL"] = f"{base}/{int(worker.removeprefix('gw')) + 1}"
    if "DATABASE_URL" not in os.environ:
        _start()


def _start() -> None:
    # 0711: when we are root the database server runs as another account, and must get through.
    folder = Path(tempfile.mkdtemp(prefix="kinhold-tests-"))
    folder.chmod(0o711)
    stack = Stack(folder / "var", parts={"postgres", "valkey"}, durable=False)
    try:
        stack.start()
    except StackError as error:
        shutil.rmtree(folder, ignore_errors=True)
        pytest.exit(f"The servers for the tests did not start. {error}", returncode=3)
    _running.append((stack, folder))
    os.environ.update(stack.env)


def stop_servers() -> None:
    while _running:
        stack, folder = _running.pop()
        stack.stop()
        shutil.rmtree(folder, ignore_errors=True)
