"""Whether a PDF does more than show pages: runs scripts, starts programs, carries files. Pure.

It reads names, not the whole format: those of the file itself, with ``#4a`` spellings undone, and
those inside compressed object streams, where newer files keep most of their objects. It is a sieve
for what no letter needs. It is no virus scan, and a file made with care to confuse readers can get
past it (docs/threats.md).
"""

import re
import zlib

# Names that stand in no plain letter. All are long enough not to come up by chance in a picture.
FORBIDDEN = {
    "JavaScript": "scripts",
    "Rendition": "scripts",
    "Launch": "a command to start a program",
    "EmbeddedFile": "other files",
    "EmbeddedFiles": "other files",
    "GoToE": "other files",
    "Filespec": "other files",
    "RichMedia": "moving pictures or scripts",
    "SubmitForm": "a form that sends itself",
    "ImportData": "a form that fetches data",
    "XFA": "a form with scripts",
}
MOST_INFLATED = 32 * 1024 * 1024  # bytes of all object streams, also of those that break off
# Each sign can be read in one way only, or a few hundred bytes could keep a reader busy for years.
_NAME = re.compile(
    rb"/((?:[!\"$&'*-.0-;=?-Z\\^-z|~]|#[0-9A-Fa-f]{2}|#(?![0-9A-Fa-f]{2}))+)"
    rb"(?=[\s\[\]<>()/%{}]|$)"
)
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_STREAM = re.compile(rb"(?<!end)stream\r?\n")
# An object stream begins with pairs of numbers: which object, and where it starts.
_PAIRS = re.compile(rb"(?:\s|%[^\r\n]*[\r\n])*\d+\s+\d+\s")
MOST_STREAMS = 5000  # in a file of at most a few megabytes
_CHUNK = 16 * 1024
_HEAD = 2048  # bytes before a stream in which its dictionary is looked for

_UNREADABLE = (
    "This PDF cannot be looked into. Please save it anew, without a password, and try again."
)


def what_is_wrong(content: bytes) -> str:
    """Return why a PDF is not taken, as a sentence, or "" when nothing was found."""
    if not re.match(rb"%PDF-[12]\.\d", content) or b"%%EOF" not in content[-2048:]:
        return "This file begins like a PDF, but it is none, or its end is missing."
    names = _names(content)
    if "Encrypt" in names:
        return _UNREADABLE
    left = MOST_INFLATED
    for number, match in enumerate(_STREAM.finditer(content)):
        if number >= MOST_STREAMS:
            return _UNREADABLE
        inside, left = _objects_in(content, match, left)
        if inside is None:
            return _UNREADABLE
        names |= inside
    for name, words in FORBIDDEN.items():
        if name in names:
            return f"This PDF holds {words}. Please save it as a plain PDF and try again."
    return ""


def _objects_in(content: bytes, match: re.Match[bytes], left: int) -> tuple[set[str] | None, int]:
    """Return the names in one object stream; none for other streams, None for one not readable."""
    head = _names(content[max(0, match.start() - _HEAD) : match.start()].rpartition(b"endobj")[2])
    declared = "ObjStm" in head or {"N", "First"} <= head
    if not declared and not _PAIRS.match(_beginning(content, match.end())):
        return set(), left  # a picture or a page, which nobody has to read to its end
    inflated, spent = _inflate(content, match.end(), left)
    left -= spent
    if inflated is None:
        return (None if declared or left <= 0 else set()), left
    if declared and ("Predictor" in head or _chained(head)):
        return None, left
    return _names(inflated), left


def _chained(head: set[str]) -> bool:
    """Whether more than one filter was put over a stream: then its first layer shows nothing."""
    return bool(head & {"ASCIIHexDecode", "ASCII85Decode", "LZWDecode", "RunLengthDecode"})


def _beginning(content: bytes, start: int) -> bytes:
    """Return the first bytes of what is compressed from ``start`` on; none if nothing is."""
    try:
        return zlib.decompressobj().decompress(content[start : start + _CHUNK], 4096)
    except zlib.error:
        return b""


def _inflate(content: bytes, start: int, most: int) -> tuple[bytes | None, int]:
    """Return what is compressed from ``start`` on, and how many bytes were inflated for it.

    None if nothing is compressed there, it breaks off, or it is more than ``most``. What breaks
    off is counted too: streams that lie inside each other could be inflated thousands of times.
    """
    if most <= 0 or content[start : start + 1] != b"\x78":
        return None, 0
    reader, found = zlib.decompressobj(), bytearray()
    for place in range(start, len(content), _CHUNK):
        try:
            found += reader.decompress(content[place : place + _CHUNK], most - len(found) + 1)
        except zlib.error:
            return None, len(found)
        if len(found) > most:
            return None, len(found)
        if reader.eof:
            return bytes(found), len(found)
    return None, len(found)


def _names(data: bytes) -> set[str]:
    found = set(_NAME.findall(data))
    return {
        _ESCAPE.sub(lambda escape: bytes.fromhex(escape[1].decode()), name).decode("latin-1")
        for name in found
    }
