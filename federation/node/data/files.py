"""Reads a data file once, and says by its digest which file that was.

Digest and values come from one open file. If it changes in between, nothing is used.
"""

import io
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from federation.node.errors import JobFailed

if TYPE_CHECKING:
    from typing_extensions import Buffer

UNREADABLE = "data-unreadable"
_CHUNK = 1 << 20


@contextmanager
def unchanged(path: Path) -> Iterator[BinaryIO]:
    """Open a file for reading only, and make sure at the end that nobody wrote to it meanwhile.

    Raises:
        OSError: it cannot be opened.
        JobFailed: it is no ordinary file, or it changed.
    """
    if not stat.S_ISREG(path.stat().st_mode):
        raise JobFailed(UNREADABLE, "The data is not in an ordinary file.")
    with path.open("rb") as file:
        before = _mark_of(file)
        yield file
        if _mark_of(file) != before:
            raise JobFailed(UNREADABLE, "The data file was changed while it was read.")


class Digested(io.RawIOBase):
    """Passes a file's bytes on, once and in order, and counts every one into its digest.

    It ends where the file ended when it was begun: one that grows is not followed.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._left = os.fstat(file.fileno()).st_size
        self._digest = sha256()

    def readable(self) -> bool:
        return True

    def readinto(self, into: "Buffer") -> int:
        room = memoryview(into).cast("B")
        chunk = self._take(len(room))
        room[: len(chunk)] = chunk
        return len(chunk)

    def version(self) -> str:
        """Read what is left, and give the SHA-256 of all of it in hex."""
        while self._take(_CHUNK):
            pass
        return self._digest.hexdigest()

    def _take(self, most: int) -> bytes:
        chunk = self._file.read(min(most, self._left))
        self._left -= len(chunk)
        self._digest.update(chunk)
        return chunk


def digest_of(file: BinaryIO) -> str:
    """Give the SHA-256 of a whole file in hex, and go back to its start."""
    version = Digested(file).version()
    file.seek(0)
    return version


def chunks(file: BinaryIO) -> Iterator[bytes]:
    """Yield a file from where it stands, up to where it ends now."""
    left = os.fstat(file.fileno()).st_size - file.tell()
    while chunk := file.read(min(_CHUNK, left)):
        left -= len(chunk)
        yield chunk


def _mark_of(file: BinaryIO) -> tuple[int, ...]:
    # The time of the last change to the file itself cannot be set by hand, unlike the other.
    held = os.fstat(file.fileno())
    return held.st_size, held.st_mtime_ns, held.st_ctime_ns
