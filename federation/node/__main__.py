"""A community's own data node.

It runs federated jobs on the community's data when, and only when, the community's own
stewards signed for exactly that. It checks their signatures itself.
"""

import io
import os
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
    _open_streams()
    arguments = make_parser(__doc__).parse_args(argv)
    try:
        command: Command = arguments.command
        status = command(_home(arguments.home), arguments)
        sys.stdout.flush()
        return status
    except NodeError as error:
        sys.stderr.write(f"kinhold-node: {error}\n")
        return WRONG_USE
    except KeyboardInterrupt:
        sys.stderr.write("\nkinhold-node: stopped.\n")
        return _STOPPED
    except BrokenPipeError:  # whoever read the output has seen enough
        _write_to_nowhere()
        return _STOPPED
    except OSError as error:
        about = f"{error.filename}: " if error.filename else ""
        sys.stderr.write(f"kinhold-node: {about}{error.strerror or error}.\n")
        _write_to_nowhere()
        return WRONG_USE


def _open_streams() -> None:
    """Let nothing that is to be told end a command: no closed stream, no letter it cannot show."""
    if sys.stderr is None:
        sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115  # open to the end
    if sys.stdout is None:
        sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115  # the same
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def _write_to_nowhere() -> None:
    """Throw away what is still to be written, which Python would try once more at the end."""
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), 1)


def _home(folder: str) -> Home:
    if not folder:
        raise NodeError("--home must name the node's folder; it is empty.")
    try:
        return Home(Path(folder).expanduser().absolute())
    except (RuntimeError, OSError) as error:  # ~somebody whom this machine does not know
        raise NodeError(f"{folder!r} is not a folder on this machine: {error}") from None


if __name__ == "__main__":
    sys.exit(main())
