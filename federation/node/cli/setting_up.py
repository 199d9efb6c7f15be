"""``init`` and ``pin``: making a node and binding it to its community."""

import argparse

from federation.node.cli.parser import Add
from federation.node.home import Home


def add_commands(add: Add) -> None:
    _init_words(add("init", _init, "make a node: folder, keys, settings; print its card"))
    pin = add("pin", _pin, "bind the node to its community's first charter")
    pin.add_argument("--fingerprint", help="the words (or hex) that a steward read to you")
    pin.add_argument(
        "--holder",
        metavar="COMMUNITY",
        help="pin the charter of another community that holds a dataset here too",
    )
    pin.add_argument("--charter", metavar="FILE", help="read the charter from a file instead")


def _init_words(init: argparse.ArgumentParser) -> None:
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


def _init(home: Home, arguments: argparse.Namespace) -> int:
    from federation.node.setup import init

    return init(home, arguments)


def _pin(home: Home, arguments: argparse.Namespace) -> int:
    from federation.node.setup import pin_charter

    return pin_charter(home, arguments)
