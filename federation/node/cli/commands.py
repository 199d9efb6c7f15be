"""All commands together."""

import argparse
import os

from federation.node.cli import data, setting_up, watching, working
from federation.node.cli.parser import Command, Parser


def make_parser(about: str | None) -> Parser:
    """Make the parser of all commands; the chosen one is in ``command`` of what it reads."""
    home = Parser(add_help=False)
    home.add_argument("--home", default=argparse.SUPPRESS, help="the node's folder")
    parser = Parser(prog="kinhold-node", description=about)
    default = os.environ.get("KINHOLD_NODE_HOME") or "~/.kinhold-node"
    parser.add_argument("--home", default=default, help="the node's folder (default: %(default)s)")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, command: Command, text: str) -> Parser:
        sub = commands.add_parser(name, help=text, description=text, parents=[home])
        sub.set_defaults(command=command)
        return sub

    for group in (setting_up, working, watching, data):
        group.add_commands(add)
    return parser
