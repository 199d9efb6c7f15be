"""Builds a catalogue job's Flower app bundle (FAB), byte for byte the same everywhere.

Flower's own builder compresses, and compressed bytes differ between zlib versions. The
digest of a bundle stands in signed grants and is recomputed by every node, so ours stores
files uncompressed, sorted, with one fixed date and mode.
"""

import hashlib
import zipfile
from functools import cache
from io import BytesIO
from pathlib import Path

ROOT = "kinhold_jobs"
"""Top-level Python package inside a bundle; imports within it are relative."""

_DATE = (2024, 10, 1, 0, 0, 0)
_UNIX = 3
_HERE = Path(__file__).parent


@cache
def build_fab_of(package: str) -> bytes:
    """Bundle ``federation/catalogue/<package>`` together with the shared modules.

    Raises:
        FileNotFoundError: there is no such folder, or it has no ``pyproject.toml``.
    """
    files = {"pyproject.toml": (_HERE / package / "pyproject.toml").read_bytes()}
    files[f"{ROOT}/__init__.py"] = b""
    for folder in ("shared", package):
        for path in sorted((_HERE / folder).glob("*.py")):
            files[f"{ROOT}/{folder}/{path.name}"] = path.read_bytes()
    return pack(files)


@cache
def digest_of(package: str) -> str:
    """Give the SHA-256 of the bundle as lower-case hex."""
    return digest_of_bytes(build_fab_of(package))


def digest_of_bytes(fab: bytes) -> str:
    """Give the SHA-256 of any bundle's bytes as lower-case hex."""
    return hashlib.sha256(fab).hexdigest()


def pack(files: dict[str, bytes]) -> bytes:
    """Write a FAB: the files sorted by name, then Flower's manifest ``.info/CONTENT``.

    A manifest line is ``path,sha256,size in bits``, as Flower's installer reads it.
    """
    names = sorted(files)
    lines = [f"{n},{hashlib.sha256(files[n]).hexdigest()},{len(files[n]) * 8}" for n in names]
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name in names:
            _store(archive, name, files[name])
        _store(archive, ".info/CONTENT", "\n".join(lines).encode())
    return buffer.getvalue()


def _store(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, _DATE)
    entry.create_system = _UNIX  # otherwise the builder's operating system is written in
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, content)
