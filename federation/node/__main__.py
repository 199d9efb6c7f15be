"""``kinhold-node``: a community's own data node.

It runs federated jobs on the community's data when, and only when, the community's own
stewards signed for exactly that. It checks their signatures itself.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from federation.node.cli.commands import make_parser
from federation.node.cli.parser import WRONG_USE, Command
from federation.node.errors import NodeError
from federation.node.home import Home

_STOPPED = 130  # what a shell says of a command that Ctrl-C ended


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; wrong use and broken set-ups end with a sentence and status 2."""
    arguments = make_parser(__doc__).parse_args(argv)
    try:
        command: Command = arguments.command
        return command(_home(arguments.home), arguments)
    except NodeError as error:
        sys.stderr.write(f"kinhold-node: {error}\n")
        return WRONG_USE
    except (KeyboardInterrupt, BrokenPipeError):
        return _STOPPED


def _home(folder: str) -> Home:
    try:
        return Home(Path(folder).expanduser().absolute())
    except (RuntimeError, OSError) as error:  # ~somebody whom this machine does not know
        raise NodeError(f"{folder!r} is not a folder on this machine: {error}") from None


if __name__ == "__main__":
    sys.exit(main())
