"""Files that people send: taken in up to a limit, known by their content, kept where only we read.

A file's name and the type that a browser claims for it are never used: both are the sender's word.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from secrets import token_hex
from typing import IO, Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.utils import timezone

MAX_UPLOAD_BYTES = 5 * 1024 * 1024
MAX_AUDIO_BYTES = MAX_UPLOAD_BYTES  # five minutes of speech as MP3 at 128 kbit/s

_OGG_CODECS = (b"OpusHead", b"\x01vorbis", b"\x7fFLAC", b"Speex   ")
_M4A_BRANDS = frozenset({b"M4A ", b"M4B ", b"mp42", b"mp41", b"isom", b"iso2"})
_HANDLER = re.compile(rb"hdlr.{8}(.{4})", re.S)
_TAG_PADDING = 4096  # bytes of zeros that may stand between an ID3 tag and the first frame


@dataclass(frozen=True)
class Audio:
    """What a sound file is: the type it is served as, and the ending of its stored name."""

    content_type: str
    suffix: str


def audio_of(head: bytes) -> Audio | None:
    """Say what sound a file holds, or None if it is none of MP3, OGG, M4A and WAV.

    Args:
        head: the whole content: the kind of track of an M4A may stand at the file's end.
    """
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE" and b"fmt " in head[12:4096]:
        return Audio("audio/wav", ".wav")
    if head[:5] == b"OggS\x00" and any(codec in head[:512] for codec in _OGG_CODECS):
        return Audio("audio/ogg", ".ogg")
    if head[4:8] == b"ftyp" and head[8:12] in _M4A_BRANDS:
        # The same container holds films: there must be a sound track, and no picture track.
        tracks = set(_HANDLER.findall(head))
        return Audio("audio/mp4", ".m4a") if b"soun" in tracks and b"vide" not in tracks else None
    return Audio("audio/mpeg", ".mp3") if _is_mp3(head) else None


def _is_mp3(head: bytes) -> bool:
    start = 0
    if head[:3] == b"ID3" and len(head) > 10 and all(byte < 0x80 for byte in head[6:10]):
        size = 0
        for byte in head[6:10]:  # seven bits each, so that a size never looks like a frame
            size = size << 7 | byte
        start = 10 + size
        while start < len(head) and head[start] == 0 and start < 10 + size + _TAG_PADDING:
            start += 1
    frame = head[start : start + 4]
    if len(frame) < 4 or frame[0] != 0xFF or frame[1] & 0xE0 != 0xE0:
        return False
    version, layer = frame[1] >> 3 & 3, frame[1] >> 1 & 3
    bitrate, sampling = frame[2] >> 4, frame[2] >> 2 & 3
    return version != 1 and layer == 1 and 0 < bitrate < 15 and sampling != 3


@dataclass(frozen=True)
class Paper:
    """What a page on paper became: the type it is served as, and the ending of its name."""

    content_type: str
    suffix: str


def paper_of(content: bytes) -> Paper | None:
    """Say what scan or photograph a file holds, or None if it is none of PDF, JPEG and PNG."""
    if content[:5] == b"%PDF-" and b"%%EOF" in content[-1024:]:
        return Paper("application/pdf", ".pdf")
    if content[:3] == b"\xff\xd8\xff" and b"\xff\xd9" in content[-1024:]:
        return Paper("image/jpeg", ".jpg")
    if content[:8] == b"\x89PNG\r\n\x1a\n" and content[12:16] == b"IHDR" and b"IEND" in content:
        return Paper("image/png", ".png")
    return None


@contextmanager
def kept(content: bytes, folder: str, suffix: str) -> Iterator[str]:
    """Store the bytes under a random name, and take them away again if what is inside fails.

    To stand outside the transaction that writes the name down: a file without its row is found
    by nobody, a row without its file is a lie.
    """
    name = f"{folder}/{timezone.now():%Y}/{token_hex(16)}{suffix}"
    stored = default_storage.save(name, ContentFile(content))
    whole = False
    try:
        yield stored
        whole = True
    finally:
        if not whole:
            default_storage.delete(stored)


class Bounded(FileUploadHandler):
    """Keep the first bytes of each file in memory and count the rest without keeping them.

    Without it a file of any size would fill the disk for temporary files before any form could
    refuse it, and before it is known who sends it. The form refuses by ``size``, which is true.
    """

    chunk_size = 64 * 1024

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self._kept = BytesIO()

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._kept = BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start <= MAX_UPLOAD_BYTES:
            self._kept.write(raw_data)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        self._kept.seek(0)
        return InMemoryUploadedFile(
            file=self._kept,
            field_name=self.field_name,
            name=self.file_name,
            content_type=self.content_type,
            size=file_size,
            charset=self.charset,
            content_type_extra=self.content_type_extra,
        )


def part_of(file: IO[bytes], size: int, asked: str) -> tuple[bytes, int, int] | None:
    """Read the one piece that a Range header asks for, so that players can jump.

    Args:
        asked: ``bytes=FIRST-LAST``, ``bytes=FIRST-`` or ``bytes=-COUNT``.
    Returns:
        The bytes with the first and last place, or None if the header asks for anything else.
    """
    match = re.fullmatch(r"bytes=(\d{0,12})-(\d{0,12})", asked.strip())
    if match is None or match[0].endswith("=-"):
        return None
    if match[1]:
        first, last = int(match[1]), int(match[2]) if match[2] else size - 1
    else:
        first, last = max(size - int(match[2]), 0), size - 1
    last = min(last, size - 1)
    if not first <= last:
        return None
    file.seek(first)
    return file.read(last - first + 1), first, last
