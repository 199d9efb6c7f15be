"""Events: what the node learned and was told to do, signed and chained as receipts are.

Each book (``state.sqlite``, and one file for each further holder) has a chain of its own. An event
names the newest receipt of its time too, so that neither log can be shortened unnoticed while
the other stands. Events of versions before the chain stay readable; the first event of the chain
holds their digest.
"""

import json
import sqlite3
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from consent.grants import fields
from consent.grants.codec import canonical, digest, parse_canonical, time_of, time_text
from consent.grants.cose import load_ed25519
from consent.grants.errors import BadSignature, GrantRefused
from federation.node import keys
from federation.node.errors import NodeError
from federation.node.home import Home

SCHEMA = """
CREATE TABLE IF NOT EXISTS events (
    number INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, text TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS chained_events (
    sequence INTEGER PRIMARY KEY, event BLOB NOT NULL, signature BLOB NOT NULL);
CREATE TRIGGER IF NOT EXISTS events_stay BEFORE DELETE ON events
    BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END;
CREATE TRIGGER IF NOT EXISTS events_same BEFORE UPDATE ON events
    BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;
CREATE TRIGGER IF NOT EXISTS chained_events_stay BEFORE DELETE ON chained_events
    BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END;
CREATE TRIGGER IF NOT EXISTS chained_events_same BEFORE UPDATE ON chained_events
    BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;
"""

LEARNED, OPERATOR, SETTINGS = "learned", "operator", "settings"
"""Kinds of events: what the node saw or did, what a person here did, what ``node.toml`` said."""

_KINDS = frozenset({LEARNED, OPERATOR, SETTINGS})
_FIELDS = "type version book sequence previous at kind text receipts receipt"
LONGEST = 1000
"""Most characters of one line."""

_NOT_AGAIN_WITHIN = 20
_MOST_LEARNED, _PERIOD = 1000, timedelta(days=1)
_ENOUGH = (
    f"{_MOST_LEARNED} lines were written within a day. What the platform serves is not written "
    "down any more until that day is over; receipts are."
)


class Book(Protocol):
    """The file that holds one chain of events."""

    path: Path
    db: sqlite3.Connection
    signer: Ed25519PrivateKey | None

    def held(self) -> AbstractContextManager[None]: ...


@dataclass(frozen=True)
class Event:
    """One line of the log. ``sequence`` 0: it was written before the chain was begun."""

    at: str
    kind: str
    text: str
    sequence: int = 0
    receipts: int = 0
    receipt: str = ""


def append(book: Book, text: str, at: datetime, kind: str = LEARNED) -> None:
    """Write one line for the operator.

    What the node learned is not written again while it stands among the last twenty, nor beyond
    a thousand lines a day: a platform that serves wrong things must not fill the disk. What a
    person here did is always written.

    Raises:
        NodeError: the key that signs it cannot be used.
    """
    line = one_line(text)[:LONGEST]
    with book.held():
        if kind == LEARNED:
            recent = [event.text for event in _newest(book, _NOT_AGAIN_WITHIN)]
            line = _ENOUGH if _too_many(book, at) else line
            if line in recent:
                return
        _insert(book, line, at, kind)


def last_of(book: Book, kind: str) -> str:
    """Give the text of the newest event of a kind, "" if there is none."""
    rows = book.db.execute("SELECT event FROM chained_events ORDER BY sequence DESC")
    return next((e.text for (blob,) in rows if (e := _unverified(blob)).kind == kind), "")


def read_unverified(book: Book) -> list[tuple[str, str]]:
    """Give time and text of all events, oldest first, those before the chain too."""
    rows = book.db.execute("SELECT event FROM chained_events ORDER BY sequence")
    return [*_before(book), *((e.at, e.text) for (blob,) in rows for e in [_unverified(blob)])]


def read_events(book: Book, public_key: bytes) -> list[Event]:
    """Verify the whole chain and give its events, oldest first, those before the chain too.

    Raises:
        NodeError: naming the first bad place.
    """
    old = _before(book)
    found = [Event(at, LEARNED, text) for at, text in old]
    previous, place = _digest_before(old), 0
    rows = book.db.execute("SELECT sequence, event, signature FROM chained_events ORDER BY 1")
    for place, (sequence, blob, signature) in enumerate(rows, 1):
        if sequence != place:
            raise NodeError(f"Event {place} is missing; number {sequence} comes next.")
        try:
            document = verify_event(blob, signature, public_key)
        except GrantRefused as refusal:
            raise NodeError(f"Event {place} is not whole: {refusal}") from refusal
        if (document["book"], document["sequence"]) != (book.path.stem, place):
            raise NodeError(f"Event {place} belongs to another place.")
        if document["previous"] != previous:
            raise NodeError(_not_following(place))
        found.append(_event(document))
        previous = digest(blob)
    return found


def require_receipts_there(book: Book, events: list[Event]) -> None:
    """Find each receipt again that an event names as the newest of its time.

    Raises:
        NodeError: one is gone, or another is in its place.
    """
    rows = book.db.execute("SELECT sequence, receipt FROM receipts")
    digests = {sequence: digest(receipt) for sequence, receipt in rows}
    for event in events:
        if event.receipts and digests.get(event.receipts) != event.receipt:
            raise NodeError(
                f"Receipt {event.receipts} is not the one that event {event.sequence} names."
            )


def verify_event(blob: bytes, signature: bytes, public_key: bytes) -> dict[str, Any]:
    """Give the document of an event that the holder of the key signed.

    Raises:
        BadSignature, Malformed, WrongType: it is none.
    """
    try:
        load_ed25519(public_key).verify(signature, blob)
    except InvalidSignature as error:
        raise BadSignature("It is not signed by this node.") from error
    document = fields.fields(parse_canonical(blob), _FIELDS, "event")
    fields.integer(document["version"], "version", 1, 1)
    fields.integer(document["sequence"], "sequence", 1)
    fields.sha256(document["previous"], "previous")
    fields.time(document["at"], "at")
    fields.integer(document["receipts"], "receipts", 0)
    if document["type"] != "event" or document["kind"] not in _KINDS:
        fields.refuse("kind", "one of this version")
    return document


def newest_of(db: sqlite3.Connection, table: str, column: str) -> tuple[int, str]:
    """Give number and digest of a chain's newest entry; 0 and "" where it is empty."""
    # Table and column are literals of this package, never anyone's input.
    row = db.execute(
        f"SELECT sequence, {column} FROM {table} ORDER BY sequence DESC LIMIT 1"  # noqa: S608
    ).fetchone()
    return (row[0], digest(row[1])) if row else (0, "")


def one_line(text: str) -> str:
    """Make a text one line without hidden characters: some of it may be a stranger's."""
    words = " ".join(text.split())
    return "".join(c if c.isprintable() else "?" for c in words)


def _insert(book: Book, text: str, at: datetime, kind: str) -> None:
    key = keys.receipt_key(_home_of(book.path))
    sequence, previous = newest_of(book.db, "chained_events", "event")
    receipts, receipt = newest_of(book.db, "receipts", "receipt")
    blob = canonical(
        {
            "type": "event",
            "version": 1,
            "book": book.path.stem,
            "sequence": sequence + 1,
            "previous": previous or _digest_before(_before(book)),
            "at": time_text(at),
            "kind": kind,
            "text": text,
            "receipts": receipts,
            "receipt": receipt,
        }
    )
    values = (sequence + 1, blob, key.sign(blob))
    book.db.execute("INSERT INTO chained_events VALUES (?, ?, ?)", values)
    book.signer = key


def _home_of(path: Path) -> Home:
    """Find the node's folder: a further holder's book lies one folder below it."""
    beside = Home(path.parent)
    return beside if path == beside.state else Home(path.parent.parent)


def _newest(book: Book, count: int) -> list[Event]:
    rows = book.db.execute(
        "SELECT event FROM chained_events ORDER BY sequence DESC LIMIT ?", (count,)
    )
    return [_unverified(blob) for (blob,) in rows]


def _too_many(book: Book, at: datetime) -> bool:
    row = book.db.execute(
        "SELECT event FROM chained_events ORDER BY sequence DESC LIMIT 1 OFFSET ?",
        (_MOST_LEARNED - 1,),
    ).fetchone()
    return row is not None and abs(at - time_of(_unverified(row[0]).at)) < _PERIOD


def _unverified(blob: bytes) -> Event:
    document: Mapping[str, Any] = json.loads(blob)
    return _event(document)


def _event(document: Mapping[str, Any]) -> Event:
    return Event(
        at=str(document["at"]),
        kind=str(document["kind"]),
        text=str(document["text"]),
        sequence=int(document["sequence"]),
        receipts=int(document["receipts"]),
        receipt=str(document["receipt"]),
    )


def _before(book: Book) -> list[tuple[str, str]]:
    return list(book.db.execute("SELECT at, text FROM events ORDER BY number"))


def _digest_before(old: list[tuple[str, str]]) -> str:
    return digest(json.dumps(old).encode())


def _not_following(place: int) -> str:
    if place == 1:
        return "Event 1 does not follow the lines that were written before the chain."
    return f"Event {place} does not follow the one before it."
