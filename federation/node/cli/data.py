"""``datasets``: what the operator does with the data here."""

import argparse

from federation.node.cli.parser import Add
from federation.node.home import Home


def add_commands(add: Add) -> None:
    _datasets_words(add("datasets", _datasets, "describe the data here to the platform, in words"))


def _datasets_words(datasets: argparse.ArgumentParser) -> None:
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


def _datasets(home: Home, arguments: argparse.Namespace) -> int:
    from federation.node.data.describing import datasets

    return datasets(home, arguments)
