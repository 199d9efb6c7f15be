"""Marks: 16 bytes that stand for a person, made with a key that never leaves this node.

With marks the node can tell whether two runs had the same people, and whether somebody opted out,
without keeping anybody's id. Source: docs/adr/0026.
"""

import hmac
import os
import secrets
import unicodedata
from collections.abc import Iterable
from hashlib import sha256

from federation.node.errors import NodeError
from federation.node.home import Home
from federation.node.keys import read_private, write_private

MISSING = frozenset({"", "NA", "N/A", "NaN", "nan", "null", "NULL"})
"""How tables say that there is no value, or no id."""

LENGTH = 16
"""Bytes of a mark: half of HMAC-SHA256; two people share one by chance of 2^-128 a pair."""

NOBODY = bytes(LENGTH)
"""Stands where a row does not say whose it is. Such a row is never used."""

_KEY_LENGTH = 32


def people_key(home: Home) -> bytes:
    """Give the key of this node's marks, made at its first use.

    Raises:
        NodeError: it is damaged, cannot be read, or can be read by others.
    """
    if not home.people_key.exists():
        _make_key(home)
    key = read_private(home.people_key)
    if len(key) != _KEY_LENGTH:
        raise NodeError(f"{home.people_key} is not a key of {_KEY_LENGTH} bytes.")
    return key


def _make_key(home: Home) -> None:
    """Put a whole key in place at once: of two guards that both make one, the first counts."""
    own = home.people_key.with_name(f"people-{secrets.token_hex(8)}")
    try:
        write_private(own, secrets.token_bytes(_KEY_LENGTH))
        try:
            os.link(own, home.people_key)
        except FileExistsError:
            return
        finally:
            own.unlink()
    except OSError as error:
        raise NodeError(f"Cannot write {home.people_key}: {error.strerror}.") from None


def plain_id(text: str) -> str:
    """Bring an id into the one form in which a file and a list of opt-outs are compared."""
    return " ".join(unicodedata.normalize("NFC", text).split())


class Marker:
    """Makes marks with one key. Keeps count of equal rows, so use one for each reading."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._seen: dict[bytes, int] = {}

    def of_person(self, text: str) -> bytes:
        """Mark whoever has this id; ``NOBODY`` if it says none."""
        name = plain_id(text)
        return NOBODY if name in MISSING else self._mark(b"id", name.encode())

    def of_row(self, values: Iterable[str]) -> bytes:
        """Mark a row of a table without ids by what stands in it.

        Equal rows are told apart by how many came before, so that each stands for one person.
        A value that is corrected makes one person go and a new one come.
        """
        row = sha256()
        for value in values:
            plain = _plain_value(value).encode()
            row.update(len(plain).to_bytes(8) + plain)
        first = self._mark(b"row", row.digest())
        before = self._seen.get(first, 0)
        self._seen[first] = before + 1
        return self._mark(b"nth", first + before.to_bytes(8))

    def of_file(self, digest: str) -> str:
        """Name a file's version for receipts, as 64 digits of hex.

        Not by its digest: whoever knows all rows but one could try which fits, or which is gone.
        """
        return hmac.digest(self._key, b"file\0" + digest.encode(), "sha256").hex()

    def _mark(self, kind: bytes, content: bytes) -> bytes:
        return hmac.digest(self._key, kind + b"\0" + content, "sha256")[:LENGTH]


def _plain_value(text: str) -> str:
    """Write 50, 50.0 and 5e1 alike: files of two programs must give the same marks."""
    text = text.strip()
    if text in MISSING:
        return ""
    try:
        return repr(float(text) + 0.0)  # and -0 like 0
    except ValueError:
        return text
