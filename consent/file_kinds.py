"""What a file that somebody hands in is, by its content; and the name it is shown under. Pure.

The name and the type that a browser sends are the sender's word. The name's ending is only held
against what the content shows; the type is never read. Office files are not taken: whether one is
free of macros and of pictures fetched from elsewhere cannot be told without trusting a large
reader of them, and everybody can save one as PDF.
"""

import re
import unicodedata
from dataclasses import dataclass

from consent.pdf_check import what_is_wrong
from governance.uploads import audio_of

MOST_NAME = 100  # characters of the shown name, without its ending


@dataclass(frozen=True)
class FileKind:
    """The type a file is served as, and the ending of its shown name."""

    content_type: str
    suffix: str


class FileRefused(Exception):
    """The file is not taken; the sentence says why, and a user may see it."""


PDF = FileKind("application/pdf", ".pdf")
PNG = FileKind("image/png", ".png")
JPEG = FileKind("image/jpeg", ".jpg")
TEXT = FileKind("text/plain; charset=utf-8", ".txt")

# What an ending claims. One that is not here is refused, whatever the content.
_ENDINGS = {
    ".pdf": PDF.suffix,
    ".png": PNG.suffix,
    ".jpg": JPEG.suffix,
    ".jpeg": JPEG.suffix,
    ".txt": TEXT.suffix,
    ".md": TEXT.suffix,
    ".mp3": ".mp3",
    ".ogg": ".ogg",
    ".oga": ".ogg",
    ".opus": ".ogg",
    ".m4a": ".m4a",
    ".wav": ".wav",
}
_TAKEN = "PDF, PNG, JPEG, plain text, and sound as MP3, OGG, M4A or WAV"
_PNG_HEAD = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
_PNG_END = b"\x00\x00\x00\x00IEND\xaeB`\x82"
_UNSAFE = re.compile(r"[^\w ()-]+")


def checked(content: bytes, name: str) -> FileKind:
    """Return what the file is, or say why it is not taken.

    Args:
        content: all of it.
        name: as the sender gave it.
    Raises:
        FileRefused: empty, of no kind that is taken, other than its name says, or a PDF that
            would do more than show pages.
    """
    if not content:
        raise FileRefused("This file is empty.")
    ending = _ending(name)
    if ending and ending not in _ENDINGS:
        raise FileRefused(f"Files that end in {ending[:12]} are not taken. Taken are {_TAKEN}.")
    kind = _by_content(content)
    if kind is None:
        raise FileRefused(f"This file is none of those that are taken: {_TAKEN}.")
    if ending and _ENDINGS[ending] != kind.suffix:
        raise FileRefused(f"The name ends in {ending}, but the content is something else.")
    if kind is PDF and (why := what_is_wrong(content)):
        raise FileRefused(why)
    return kind


def shown_name(name: str, kind: FileKind) -> str:
    """Return a name that is safe to show and to save: one word group, one ending, no folder."""
    bare = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    if _ending(bare):
        bare = bare.rpartition(".")[0]
    stem = _UNSAFE.sub("-", bare).strip(" -")[:MOST_NAME].strip(" -")
    return (stem or "file") + kind.suffix


def _ending(name: str) -> str:
    """Return the last ending in small letters, or "" for none: a dot and up to ten signs."""
    found = re.search(r"\.\w{1,10}\s*$", re.split(r"[/\\]", name)[-1])
    return found.group().strip().lower() if found else ""


def _by_content(content: bytes) -> FileKind | None:
    if content.startswith(b"%PDF-"):
        return PDF
    if content.startswith(_PNG_HEAD) and content.endswith(_PNG_END):
        return PNG
    if content.startswith(b"\xff\xd8\xff") and content.rstrip(b"\x00").endswith(b"\xff\xd9"):
        return JPEG
    if (sound := audio_of(content)) is not None:
        return FileKind(sound.content_type, sound.suffix)
    return TEXT if _is_plain_text(content) else None


def _is_plain_text(content: bytes) -> bool:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    if text.lstrip().startswith("<"):
        return False  # a web page, a drawing, or other markup
    return not any(unicodedata.category(sign) == "Cc" for sign in set(text) - set("\n\r\t\f"))
