"""Builds a catalogue job's Flower app bundle (FAB), byte for byte the same everywhere.

Flower's own builder compresses, and compressed bytes differ between zlib versions. The
digest of a bundle stands in signed grants and is recomputed by every node, so ours stores
files uncompressed, sorted, with one fixed date and mode.
"""

import stat
import tomllib
import zipfile
import zlib
from functools import cache
from io import BytesIO
from pathlib import Path, PurePosixPath

from consent.grants.codec import digest

ROOT = "kinhold_jobs"
"""Top-level Python package inside a bundle; imports within it are relative."""

_DATE = (2024, 10, 1, 0, 0, 0)
_UNIX = 3
_MOST_BYTES, _MOST_FILES, _DEEPEST, _LONGEST = 64_000_000, 2_000, 20, 1_000
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
    return digest(build_fab_of(package))


def pack(files: dict[str, bytes]) -> bytes:
    """Write a FAB: the files sorted by name, then Flower's manifest ``.info/CONTENT``.

    A manifest line is ``path,sha256,size in bits``, as Flower's installer reads it.
    """
    names = sorted(files)
    lines = [f"{n},{digest(files[n])},{len(files[n]) * 8}" for n in names]
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


class BadBundle(ValueError):
    """The bytes are not a bundle that may be unpacked; the text says why."""


def unpack(fab: bytes, folder: Path, *, limit: int = _MOST_BYTES, files: int = _MOST_FILES) -> None:
    """Write a bundle's files below ``folder``, which must exist and be empty.

    A bundle comes from outside, so every name is checked before the first byte is written:
    no absolute path, no ``..``, no link, no file twice, and no more than ``limit`` bytes in
    all (a small zip may claim to hold a very large file).

    Raises:
        BadBundle: any of that, or it is no zip archive at all.
    """
    try:
        with zipfile.ZipFile(BytesIO(fab)) as archive:
            entries = _files_in(archive)
            _check_entries(entries, limit=limit, files=files)
            for entry in entries:
                target = folder / entry.filename
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(_read(archive, entry))
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError) as error:
        raise BadBundle(f"the bundle cannot be unpacked: {error}") from error


def require_sound(fab: bytes, *, limit: int = _MOST_BYTES, files: int = _MOST_FILES) -> None:
    """Look at a bundle's table of contents; nothing of it is unpacked.

    Raises:
        BadBundle: as ``unpack``, but for what only its contents tell.
    """
    try:
        with zipfile.ZipFile(BytesIO(fab)) as archive:
            _check_entries(_files_in(archive), limit=limit, files=files)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        raise BadBundle(f"the bundle cannot be read: {error}") from error


def _files_in(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    return [entry for entry in archive.infolist() if not entry.is_dir()]


def _check_entries(entries: list[zipfile.ZipInfo], *, limit: int, files: int) -> None:
    if len(entries) > files:
        raise BadBundle(f"the bundle holds {len(entries)} files; {files} are allowed")
    if sum(entry.file_size for entry in entries) > limit:
        raise BadBundle(f"the bundle unpacks to more than {limit} bytes")
    seen: set[str] = set()
    for entry in entries:
        path = PurePosixPath(entry.filename)
        if path.is_absolute() or ".." in path.parts or "\\" in entry.filename or ":" in str(path):
            raise BadBundle(f"the bundle names a file outside its folder: {entry.filename!r}")
        if stat.S_IFMT(entry.external_attr >> 16) not in (0, stat.S_IFREG):
            raise BadBundle(f"the bundle holds a link or device: {entry.filename!r}")
        if len(path.parts) > _DEEPEST or len(entry.filename) > _LONGEST:
            raise BadBundle(f"the bundle names a file more than {_DEEPEST} folders deep")
        if str(path) in seen:
            raise BadBundle(f"the bundle holds {entry.filename!r} twice")
        seen.add(str(path))


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """Read one file, and no more of it than its entry admits to."""
    with archive.open(entry) as source:
        content = source.read(entry.file_size + 1)
    if len(content) != entry.file_size:
        raise BadBundle(f"the bundle lies about the size of {entry.filename!r}")
    return content


def component(folder: Path, name: str) -> str:
    """Read the reference of an unpacked bundle's "serverapp" or "clientapp".

    Raises:
        BadBundle: ``pyproject.toml`` is missing, is no TOML, or does not name it.
    """
    try:
        document = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))
        reference = document["tool"]["flwr"]["app"]["components"][name]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadBundle(f"the bundle does not name its {name}") from error
    if not isinstance(reference, str) or reference.count(":") != 1:
        raise BadBundle(f"the bundle does not name its {name}")
    return reference
