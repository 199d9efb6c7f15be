"""Folders and secrets under ``var``."""

import json
import os
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path

from tools.stack.errors import StackError


def make_folder(path: Path, mode: int = 0o700) -> Path:
    """Make a folder if it is not there, with one clear sentence when that is not possible."""
    try:
        path.mkdir(mode=mode, parents=True, exist_ok=True)
    except OSError as error:
        raise StackError(f"The folder {path} cannot be made: {error.strerror}.") from None
    return path


def make_folders(*paths: Path) -> None:
    for path in paths:
        make_folder(path)


def empty_folder(path: Path) -> None:
    """Make a folder that holds nothing."""
    shutil.rmtree(path, ignore_errors=True)
    make_folder(path)


def without(path: Path) -> None:
    """Make the folder of ``path``, and see to it that ``path`` itself is not there."""
    make_folder(path.parent)
    path.unlink(missing_ok=True)


def require_writable(path: Path) -> None:
    """Write and remove one file: permission bits do not tell of read-only mounts."""
    probe = path / f".probe-{os.getpid()}"
    try:
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise StackError(
            f"The folder {path} cannot be written to ({error.strerror}). "
            "Choose another with --var, for example --var /tmp/kinhold."
        ) from None


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    fresh.replace(path)


def write_private_json(path: Path, document: Mapping[str, object]) -> None:
    write_private(path, json.dumps(document, indent=2, sort_keys=True).encode())


def kept_secret(path: Path, *, length: int = 32, before: str = "") -> str:
    """Return the secret in ``path``; make it the first time.

    Args:
        length: random bytes to take.
        before: what is written in front of them, such as a user's name.
    """
    if not path.is_file():
        make_folder(path.parent)
        write_private(path, (before + secrets.token_urlsafe(length)).encode())
    return path.read_text(encoding="utf-8").strip()


def last_lines(path: Path, count: int = 12) -> list[str]:
    """Return the end of a log, at most ``count`` lines and 8 kB of it."""
    try:
        with path.open("rb") as file:
            file.seek(0, os.SEEK_END)
            file.seek(max(0, file.tell() - 8192))
            return file.read().decode("utf-8", "replace").splitlines()[-count:]
    except OSError:
        return []
