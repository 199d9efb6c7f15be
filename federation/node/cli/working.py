"""``run``, and what the operator reads and does while the node works."""

import argparse
import logging
import os

from federation.node.cli.parser import Add, Command
from federation.node.home import Home
from federation.node.settings import read_config


def add_commands(add: Add) -> None:
    add("run", _run, "work until stopped")
    for name, text in (
        ("status", "tell how the node stands"),
        ("grants", "list the grants it holds, in plain words"),
        ("log", "list what it did and learned"),
    ):
        add(name, _show(name), text).add_argument("--json", action="store_true")
    for name, text in (
        ("verify", "check the log's signatures and order; status 1 at the first bad place"),
        ("pause", "stop all work at once, a running job included"),
        ("resume", "lift the pause made here"),
    ):
        add(name, _show(name), text)


def _run(home: Home, _arguments: argparse.Namespace) -> int:
    config = read_config(home)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    os.environ.setdefault("FLWR_TELEMETRY_ENABLED", "0")
    os.environ.setdefault("FLWR_DISABLE_UPDATE_CHECK", "1")
    os.umask(0o077)
    from federation.node.executor import Executor
    from federation.node.lock import only_one

    with only_one(home):
        Executor(home, config).run()
    return 0


def _show(name: str) -> Command:
    def command(home: Home, arguments: argparse.Namespace) -> int:
        from federation.node import console

        run: Command = getattr(console, name)
        return run(home, arguments)

    return command
