"""The newest place of each chain, signed and kept in a file of its own beside the state file.

A chain tells what was changed in it, but not that its end was cut off. Against that the node
writes down how far each chain had come. It is written after the entries themselves, so that it
may lag behind them by an instant and never runs ahead. Whoever sets back both files at once is
not found out here, but by the platform, which keeps the receipts that were delivered.
"""

import contextlib
import os
import sqlite3
import time
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from consent.grants.codec import b64u, canonical, digest, parse_canonical, unb64u
from consent.grants.cose import load_ed25519
from consent.grants.errors import GrantRefused
from federation.node.books.events import newest_of
from federation.node.errors import NodeError

_CHAINS = (("receipt", "receipts", "receipt"), ("event", "chained_events", "event"))

_ABANDONED_S = 10.0


class Book(Protocol):
    path: Path
    db: sqlite3.Connection


def file_of(book: Book) -> Path:
    return book.path.with_suffix(".head")


def write(book: Book, key: Ed25519PrivateKey) -> None:
    """Write down how far the chains have come. Not being able to is no reason to stop."""
    document: dict[str, object] = {"type": "heads", "book": book.path.stem}
    for name, table, column in _CHAINS:
        document[name], document[f"{name}_digest"] = newest_of(book.db, table, column)
    signed = canonical(document)
    text = canonical({"heads": signed.decode(), "signature": b64u(key.sign(signed))})
    draft = book.path.with_suffix(".head-new")
    # What is written is only the least that must be there; the entries are safe already.
    with contextlib.suppress(OSError):
        _remove_old(draft)
        with open(draft, "xb", opener=_private) as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(file_of(book))


def require_reached(book: Book, public_key: bytes) -> None:
    """See that both chains still go as far as they once had.

    Raises:
        NodeError: entries at the end of a chain are gone, or the file cannot be relied on.
    """
    path = file_of(book)
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        if newest_of(book.db, "chained_events", "event")[0]:
            raise NodeError(f"{path.name}, which says how long the log was, is gone.") from None
        return
    except OSError as error:
        raise NodeError(f"Cannot read {path}: {error.strerror}.") from None
    heads = _verified(book, text, public_key)
    for name, table, column in _CHAINS:
        number, wanted = heads.get(name), heads.get(f"{name}_digest")
        row = book.db.execute(
            f"SELECT {column} FROM {table} WHERE sequence = ?",  # noqa: S608  # literals above
            (number,),
        ).fetchone()
        if number and row is None:
            raise NodeError(f"{name.capitalize()} {number} was written here and is gone.")
        if number and digest(row[0]) != wanted:
            raise NodeError(f"{name.capitalize()} {number} is not the one that was written here.")


def _verified(book: Book, text: bytes, public_key: bytes) -> dict[str, object]:
    try:
        outer = parse_canonical(text)
        signed = str(outer.get("heads", "")).encode()
        load_ed25519(public_key).verify(unb64u(outer.get("signature", "")), signed)
        heads: dict[str, object] = parse_canonical(signed)
    except (GrantRefused, InvalidSignature) as error:
        raise NodeError(
            f"{file_of(book).name}, which says how long the log was, is not signed by this node."
        ) from error
    if (heads.get("type"), heads.get("book")) != ("heads", book.path.stem):
        raise NodeError(f"{file_of(book).name} belongs to another log.")
    return heads


def _remove_old(draft: Path) -> None:
    """Take away what a writer that was killed left; one that is at work is left alone."""
    with contextlib.suppress(FileNotFoundError):
        if time.time() - draft.stat().st_mtime > _ABANDONED_S:
            draft.unlink()


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
