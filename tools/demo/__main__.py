"""``python -m tools.demo``: the whole path on this machine, then keep serving.

With --once it ends after the table: exit code 0 when every line is as it must be, else 1.
"""

import argparse
import os
import sys
import time
from pathlib import Path

import httpx

from tools.demo import report, shell, story, world
from tools.demo.steps import title, watch_with
from tools.demo.visitor import DemoStep
from tools.stack import Stack, StackError, leftovers
from tools.stack.down import remove
from tools.stack.errors import StopRequested
from tools.stack.signals import stop_flag
from tools.stack.told import say_lines


def main(words: list[str] | None = None) -> int:
    arguments = _arguments(words)
    with stop_flag() as stop_requested:
        stack = Stack(
            arguments.var,
            web_port=arguments.port,
            database_url=os.environ.get("DATABASE_URL", ""),
            redis_url=os.environ.get("REDIS_URL", ""),
            say=say_lines,
            stop_requested=stop_requested,
        )
        try:
            return _run(stack, arguments)
        except StopRequested:
            print("\nStopped.")
            return 0 if not arguments.once else 130
        except StackError as error:
            print(f"\n{error}", file=sys.stderr)
        except (DemoStep, TimeoutError, LookupError, httpx.HTTPError) as error:
            print(f"\nThe demo broke off. {error}", file=sys.stderr)
            print(f"The parts' logs are in {stack.var / 'log'}.", file=sys.stderr)
        return 1


def _arguments(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.demo", description=__doc__)
    parser.add_argument("--once", action="store_true", help="end after the table")
    parser.add_argument("--port", type=int, default=8000, help="of the web pages (default 8000)")
    parser.add_argument(
        "--var", type=Path, default=Path("var/demo"), help="folder for everything; emptied first"
    )
    return parser.parse_args(words)


def _run(stack: Stack, arguments: argparse.Namespace) -> int:
    began = time.monotonic()
    _fresh(stack.var)
    title("Starting the parts")
    with stack:
        watch_with(stack.watched.watch)
        title("Three communities set themselves up")
        made = world.build(stack)
        try:
            good = report.show(story.play(made))
        finally:
            world.close(made)
        print(f"{time.monotonic() - began:.0f} s from the start.")
        if not arguments.once:
            _invite_in(stack)
            stack.serve()
    return 0 if good else 1


def _fresh(var: Path) -> None:
    """Begin anew: a demo's communities are founded once, and a second start would find them.

    Raises:
        StackError: a demo runs there now, or the folder is not a demo's.
    """
    if leftovers.running(var):
        raise StackError(
            f"A demo runs in {var} already. Stop it with Ctrl-C where it runs, or with: "
            f"python -m tools.stack down --var {var}"
        )
    if var.exists() and any(var.iterdir()):
        remove(var)


def _invite_in(stack: Stack) -> None:
    title(f"Look around at {stack.urls['web']} . Each link lets you in once, as:")
    for who, link in shell.guest_links(stack.env).items():
        print(f"  {who:<20} {link}")
    print(
        f"  {'Celery Flower':<20} {stack.urls['celery-flower']} (sign-in: see {stack.var}/secrets)"
    )
    print("\nYour own passkey is made on the next page. Ctrl-C stops everything.", flush=True)


if __name__ == "__main__":
    sys.exit(main())
