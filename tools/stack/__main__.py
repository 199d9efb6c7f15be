"""``python -m tools.stack``: run a whole Kinhold platform on this machine.

up       start every part, tell when it is ready, and keep going until Ctrl-C
db       the same with PostgreSQL and Valkey only
status   say what runs in a folder
down     stop what runs in a folder
"""

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

from tools.stack import table
from tools.stack.down import remove, take_down
from tools.stack.errors import StackError, StopRequested
from tools.stack.signals import stop_flag
from tools.stack.stack import Stack
from tools.stack.told import say_lines, say_status

SERVERS = frozenset({"postgres", "valkey"})


def _arguments(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tools.stack",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("up", "db", "status", "down", "remove"):
        command = commands.add_parser(name)
        command.add_argument("--var", type=Path, default=Path("var"), help="folder for everything")
        if name == "up":
            command.add_argument("--web-port", type=int, default=8000)
            command.add_argument("--nodes", default="", help="communities whose node runs here too")
            command.add_argument("--parts", default="", help=f"some of {','.join(table.NAMES)}")
    return parser.parse_args(words)


def _listed(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _stack(arguments: argparse.Namespace, stop_requested: Callable[[], bool]) -> Stack:
    everything = arguments.command == "up"
    return Stack(
        arguments.var,
        parts=(_listed(arguments.parts) or None) if everything else SERVERS,
        web_port=arguments.web_port if everything else None,
        nodes=_listed(arguments.nodes) if everything else (),
        database_url=os.environ.get("DATABASE_URL", ""),
        redis_url=os.environ.get("REDIS_URL", ""),
        say=say_lines,
        stop_requested=stop_requested,
    )


def _run(arguments: argparse.Namespace) -> int:
    with stop_flag() as stop_requested:
        try:
            with _stack(arguments, stop_requested) as stack:
                _greet(stack)
                stack.serve()
        except StopRequested:
            print("Stopped.", flush=True)
    return 0


def _greet(stack: Stack) -> None:
    if stack.cleared:
        print(f"Stopped what an earlier run left behind: {', '.join(stack.cleared)}.")
    for name, url in stack.urls.items():
        print(f"{name}: {url}")
    print(f"Settings for commands beside it: {stack.var}/env. Ctrl-C stops everything.", flush=True)


def main(words: list[str] | None = None) -> int:
    arguments = _arguments(words)
    try:
        if arguments.command == "status":
            return say_status(arguments.var)
        if arguments.command == "down":
            print(take_down(arguments.var))
            return 0
        if arguments.command == "remove":
            print(remove(arguments.var))
            return 0
        return _run(arguments)
    except (StackError, OSError) as error:
        # OSError: a full disk and the like; its own words are plain enough.
        print(f"stack: {error}", file=sys.stderr, flush=True)
        return 1


if __name__ == "__main__":
    sys.exit(main())
