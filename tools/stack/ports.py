"""Ports on the loopback interface."""

import json
import socket
from collections.abc import Iterable
from pathlib import Path

from tools.stack import files
from tools.stack.errors import StackError

_given_out: set[int] = set()


def free_port() -> int:
    """Return a port that nothing listens on and that was not returned before by this process.

    Between this call and the server's own bind another program could take it; the server then
    says so in its log and the start fails with that line.
    """
    for _attempt in range(100):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        if port not in _given_out:
            _given_out.add(port)
            return port
    raise StackError("No free port was found on 127.0.0.1.")


def require_free(port: int, option: str) -> int:
    """Return ``port`` if a server can listen on it.

    Raises:
        StackError: it is taken or forbidden; the sentence names the ``option`` that changes it.
    """
    if not 1 <= port <= 65535:
        raise StackError(f"{port} is not a port number. Choose 1 to 65535 with {option}.")
    try:
        _try(port)
    except PermissionError:
        raise StackError(
            f"Port {port} needs more rights than you have. Choose another with {option}."
        ) from None
    except OSError:
        raise StackError(
            f"Port {port} is already in use by another program. Choose another with {option}."
        ) from None
    return port


def _try(port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # Like the servers do: a connection that is only lingering does not make the port taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))


def kept_ports(file: Path, names: Iterable[str]) -> dict[str, int]:
    """Return a port for each name: the one it had before, as ``file`` tells, if that is free."""
    before = _read(file)
    kept = {name: _again(before.get(name)) for name in names}
    files.write_private_json(file, kept)
    return kept


def _again(port: int | None) -> int:
    if port is None or not _is_free(port):
        return free_port()
    _given_out.add(port)
    return port


def _read(file: Path) -> dict[str, int]:
    try:
        return {str(name): int(port) for name, port in json.loads(file.read_text()).items()}
    except (FileNotFoundError, ValueError, AttributeError):
        return {}


def _is_free(port: int) -> bool:
    try:
        _try(port)
    except OSError:
        return False
    return True
