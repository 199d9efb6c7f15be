"""``init``, ``pin``, ``doctor`` and ``unit``: making a node, binding it, looking after it."""

import argparse

from federation.node.cli.parser import Add
from federation.node.home import DEFAULT_COHORT, LEAST_COHORT, Home

_FINGERPRINT = "the words (or hex) that a steward read to you"


def add_commands(add: Add) -> None:
    _init_words(add("init", _init, "make a node: folder, keys, settings; print its card"))
    _pin_words(add("pin", _pin, "bind the node to its community's first charter"))
    doctor = add("doctor", _doctor, "look at everything and say what to do; status 1 if wrong")
    doctor.add_argument("--json", action="store_true", help="for scripts")
    unit = add("unit", _unit, "print a systemd unit that keeps this node running")
    unit.add_argument("--user", help="the system's user it runs as (default: you)")


def _init_words(init: argparse.ArgumentParser) -> None:
    init.add_argument("--community", help="short name of the community on the platform")
    init.add_argument("--name", help="name of this node (default: COMMUNITY-node)")
    init.add_argument("--platform", help="address of the platform")
    init.add_argument(
        "--superlink", help="host:port of the platform's SuperLink (default: its host, port 9092)"
    )
    init.add_argument("--superlink-ca", metavar="FILE", help="certificate to trust for it")
    init.add_argument(
        "--platform-ca", metavar="FILE", help="certificate that signed the platform's"
    )
    init.add_argument(
        "--code-policy",
        choices=("preinstalled", "pinned"),
        default="preinstalled",
        help="run vetted jobs only, or granted code too (default: %(default)s)",
    )
    init.add_argument(
        "--dataset",
        action="append",
        metavar="ID=FILE",
        help="a CSV or Parquet table or a PLINK .bed file; may be given several times. What "
        "seems to be in it goes into node.toml as a proposal, without any value",
    )
    init.add_argument(
        "--min-cohort",
        type=int,
        default=DEFAULT_COHORT,
        help=f"fewest people for any answer, {LEAST_COHORT} or more (default: %(default)s)",
    )
    init.add_argument("--fingerprint", help=f"pin the charter too: {_FINGERPRINT}")
    init.add_argument("--json", action="store_true", help="print card and checks for scripts")


def _pin_words(pin: argparse.ArgumentParser) -> None:
    pin.add_argument("--fingerprint", help=f"{_FINGERPRINT}; without it you are asked")
    pin.add_argument(
        "--holder",
        metavar="COMMUNITY",
        help="pin the charter of another community that holds a dataset here too",
    )
    pin.add_argument("--charter", metavar="FILE", help="read the charter from a file instead")
    pin.add_argument("--json", action="store_true", help="print what was pinned for scripts")


def _init(home: Home, arguments: argparse.Namespace) -> int:
    from federation.node.setting_up.setup import init

    return init(home, arguments)


def _pin(home: Home, arguments: argparse.Namespace) -> int:
    from federation.node.setting_up.pinning import pin_charter

    return pin_charter(home, arguments)


def _doctor(home: Home, arguments: argparse.Namespace) -> int:
    from federation.node.setting_up.doctor import doctor

    return doctor(home, arguments)


def _unit(home: Home, arguments: argparse.Namespace) -> int:
    from federation.node.setting_up.unit import unit

    return unit(home, arguments)
