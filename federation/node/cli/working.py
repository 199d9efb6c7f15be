"""``run``: the node at work."""

import argparse
import logging
import os

from federation.node.cli.parser import Add
from federation.node.home import Home
from federation.node.settings import read_config


def add_commands(add: Add) -> None:
    add("run", _run, "work until stopped")


def _run(home: Home, _arguments: argparse.Namespace) -> int:
    config = read_config(home)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    os.environ.setdefault("FLWR_TELEMETRY_ENABLED", "0")
    os.environ.setdefault("FLWR_DISABLE_UPDATE_CHECK", "1")
    os.umask(0o077)
    from federation.node.books.noted_settings import note_settings
    from federation.node.executor import Executor
    from federation.node.lock import only_one

    with only_one(home):
        note_settings(home, config)
        Executor(home, config).run()
    return 0
