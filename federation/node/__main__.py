"""``kinhold-node``: a community's own data node.

It runs federated jobs on the community's data when, and only when, the community's own
stewards signed for exactly that. It checks their signatures itself.
"""

import argparse
import logging
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from federation.node.errors import NodeError
from federation.node.home import Home
from federation.node.settings import read_config

_WRONG_USE = 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; wrong use and broken set-ups end with a sentence and status 2."""
    arguments = _parser().parse_args(argv)
    home = Home(Path(arguments.home).expanduser().absolute())
    try:
        command: Callable[[Home, argparse.Namespace], int] = arguments.command
        return command(home, arguments)
    except NodeError as error:
        sys.stderr.write(f"kinhold-node: {error}\n")
        return _WRONG_USE
    except (KeyboardInterrupt, BrokenPipeError):
        return 130


def _parser() -> argparse.ArgumentParser:
    home = argparse.ArgumentParser(add_help=False)
    home.add_argument("--home", default=argparse.SUPPRESS, help="the node's folder")
    parser = argparse.ArgumentParser(prog="kinhold-node", description=__doc__)
    default = os.environ.get("KINHOLD_NODE_HOME", "~/.kinhold-node")
    parser.add_argument("--home", default=default, help="the node's folder (default: %(default)s)")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, command: Callable[..., int], text: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text, parents=[home])
        sub.set_defaults(command=command)
        return sub

    _add_init(add("init", _init, "make a node: folder, keys, settings; print its card"))
    pin = add("pin", _pin, "bind the node to its community's first charter")
    pin.add_argument("--fingerprint", help="the words (or hex) that a steward read to you")
    pin.add_argument(
        "--holder",
        metavar="COMMUNITY",
        help="pin the charter of another community that holds a dataset here too",
    )
    pin.add_argument("--charter", metavar="FILE", help="read the charter from a file instead")
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
    _add_datasets(add("datasets", _datasets, "describe the data here to the platform, in words"))
    return parser


def _add_datasets(datasets: argparse.ArgumentParser) -> None:
    datasets.add_argument("do", choices=("list", "describe", "register"))
    datasets.add_argument(
        "name", nargs="*", help="datasets of node.toml (default: all); nothing of their rows leaves"
    )
    datasets.add_argument("--json", action="store_true", help="print what would be sent")
    datasets.add_argument(
        "--overwrite-text",
        action="store_true",
        help="replace title, description and provenance that people changed on the platform",
    )


def _add_init(init: argparse.ArgumentParser) -> None:
    init.add_argument("--community", help="short name of the community on the platform")
    init.add_argument("--name", help="name of this node")
    init.add_argument("--platform", help="address of the platform")
    init.add_argument("--superlink", help="host:port of the platform's SuperLink")
    init.add_argument("--superlink-ca", metavar="FILE", help="certificate to trust for it")
    init.add_argument(
        "--platform-ca", metavar="FILE", help="certificate that signed the platform's"
    )
    init.add_argument("--code-policy", choices=("preinstalled", "pinned"), default="preinstalled")
    init.add_argument(
        "--dataset",
        action="append",
        metavar="ID=FILE",
        help="a CSV or Parquet table; may be given several times. Its columns go into node.toml",
    )
    init.add_argument(
        "--min-cohort", type=int, default=20, help="fewest people (default: %(default)s)"
    )


# The commands import what they need when they run, so that --help needs nothing.


def _init(home: Home, arguments: argparse.Namespace) -> int:
    from federation.node.setup import init

    return init(home, arguments)


def _pin(home: Home, arguments: argparse.Namespace) -> int:
    from federation.node.setup import pin_charter

    return pin_charter(home, arguments)


def _datasets(home: Home, arguments: argparse.Namespace) -> int:
    from federation.node.datasets import datasets

    return datasets(home, arguments)


def _run(home: Home, _arguments: argparse.Namespace) -> int:
    config = read_config(home)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    os.environ.setdefault("FLWR_TELEMETRY_ENABLED", "0")
    os.environ.setdefault("FLWR_DISABLE_UPDATE_CHECK", "1")
    os.umask(0o077)
    from federation.node.executor import Executor

    Executor(home, config).run()
    return 0


def _show(name: str) -> Callable[[Home, argparse.Namespace], int]:
    def command(home: Home, arguments: argparse.Namespace) -> int:
        from federation.node import console

        run: Callable[[Home, argparse.Namespace], int] = getattr(console, name)
        return run(home, arguments)

    return command


if __name__ == "__main__":
    sys.exit(main())
