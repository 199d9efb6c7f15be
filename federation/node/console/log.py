"""``kinhold-node log`` and ``verify``: receipts and events, by time, and whether all are there."""

import json
import sqlite3
import sys
from argparse import Namespace
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from consent.grants.codec import time_of
from federation.node import keys
from federation.node.books import heads
from federation.node.books.events import Event, read_events, require_receipts_there
from federation.node.books.receipts import read_receipts
from federation.node.books.state import State
from federation.node.decision.holders import all_holders, holder_state
from federation.node.errors import NodeError
from federation.node.home import Home, NodeConfig
from federation.node.settings import read_config

_OLDEST = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Whole:
    """What ``verify`` found. ``bad`` names the first bad place, "" where there is none."""

    receipts: int = 0
    events: int = 0
    before_the_chain: int = 0
    bad: str = ""
    of: tuple[str, ...] = field(default=())
    """Other communities whose events were looked at too."""


@dataclass(frozen=True)
class _Line:
    at: str
    words: tuple[str, ...]
    document: Mapping[str, Any]


def log(home: Home, arguments: Namespace) -> int:
    """Print receipts and events by time, oldest first.

    Raises:
        NodeError: a chain is broken; ``verify`` names the place too.
    """
    config = read_config(home)
    since = _since(arguments.since)
    lines = sorted(_lines(home, config, checks=arguments.checks), key=lambda line: line.at)
    chosen = [line for line in lines if time_of(line.at) >= since]
    if arguments.last is not None:
        chosen = chosen[-arguments.last :] if arguments.last > 0 else []
    for line in chosen:
        if arguments.json:
            sys.stdout.write(json.dumps(line.document) + "\n")
            continue
        sys.stdout.writelines((f"{line.at}  {line.words[0]}\n", *_indented(line.words[1:])))
    return 0


def verify(home: Home, arguments: Namespace) -> int:
    """Check every receipt's and event's signature and place; 1 at the first bad one."""
    config = read_config(home)
    found = look_through(home, config)
    if arguments.json:
        sys.stdout.write(json.dumps({"whole": not found.bad, **asdict(found)}) + "\n")
    elif found.bad:
        sys.stdout.write(f"Not whole. {found.bad}\n")
    else:
        sys.stdout.write("\n".join(_whole_words(found)) + "\n")
    return 1 if found.bad else 0


def look_through(home: Home, config: NodeConfig) -> Whole:
    """Verify both chains of the node and the events about each further holder.

    Raises:
        NodeError: the key that receipts are verified with cannot be used.
    """
    key = keys.public_receipt_key(home)
    try:
        holders = _books(home, config)
        with closing(State(home.state)) as state:
            receipts = read_receipts(state, key)
            events = _whole_events(state, key)
        for community in holders:
            with closing(holder_state(home, community)) as state:
                _of_holder(state, key, community)
    except NodeError as error:
        return Whole(bad=str(error))
    except sqlite3.Error as error:
        return Whole(bad=f"The state file cannot be read: {error}.")
    before = sum(not event.sequence for event in events)
    return Whole(len(receipts), len(events) - before, before, of=holders)


def _books(home: Home, config: NodeConfig) -> tuple[str, ...]:
    """Name every community, beside the node's own, of which something was written down here."""
    there = {path.stem for path in home.holders.glob("*.sqlite")}
    return tuple(sorted(there | set(all_holders(config))))


def _whole_events(state: State, key: bytes) -> list[Event]:
    events = read_events(state, key)
    require_receipts_there(state, events)
    heads.require_reached(state, key)
    return events


def _of_holder(state: State, key: bytes, community: str) -> list[Event]:
    try:
        return _whole_events(state, key)
    except NodeError as error:
        raise NodeError(f"What was learned of {community}: {error}") from error


def _whole_words(found: Whole) -> Iterator[str]:
    yield f"Whole: {found.receipts} receipts, each signed by this node and in its place."
    yield f"{found.events} events, each signed by this node and in its place."
    if found.before_the_chain:
        yield (
            f"{found.before_the_chain} older events are from before events were signed; they are "
            "as they were when signing began."
        )
    if found.of:
        yield f"So are the events about {', '.join(found.of)}."


def _lines(home: Home, config: NodeConfig, *, checks: bool) -> Iterator[_Line]:
    key = keys.public_receipt_key(home)
    with closing(State(home.state)) as state:
        for document in read_receipts(state, key):
            yield _Line(
                str(document["at"]), tuple(receipt_words(document, checks=checks)), document
            )
        for event in read_events(state, key):
            yield _event_line(event, "")
    for community in _books(home, config):
        with closing(holder_state(home, community)) as state:
            for event in _of_holder(state, key, community):
                yield _event_line(event, community)


def _event_line(event: Event, about: str) -> _Line:
    unsigned = " (from before events were signed)" if not event.sequence else ""
    text = f"{about}: {event.text}" if about else event.text
    document = {"type": "event", "about": about, **asdict(event)}
    return _Line(event.at, (text + unsigned,), document)


def receipt_words(document: Mapping[str, Any], *, checks: bool = False) -> Iterator[str]:
    """Tell what was asked, what was checked, and what left."""
    data = "The data was opened" if document["data_opened"] else "No data was opened"
    people = f", {document['people']} people" if document["people"] else ""
    sent = f", {document['bytes_out']} bytes left" if document["bytes_out"] else ""
    yield (
        f"receipt {document['sequence']}: round {document['round']} of run "
        f"{document['run'] or 'unknown'} {document['outcome']} ({document['code']}): "
        f"{document['reason']} {data}{people}{sent}."
    )
    if document["grant"]:
        yield f"Grant {document['grant']}."
    made = document["checks"]
    if checks:
        yield from (f"{c['step']:>3} {c['result']:<7} {c['name']}" for c in made)
    elif made and made[-1]["result"] == "refused":
        yield f"Refused by check {made[-1]['step']}: {made[-1]['name']}."
    elif made:
        yield f"All {len(made)} checks that were made were passed."
    yield from _data_words(document)


def _data_words(document: Mapping[str, Any]) -> Iterator[str]:
    if document.get("dataset_version"):
        yield (
            f"Data: version {document['dataset_version'][:16]}, opt-out list {document['optouts']}."
        )
    if spent := document.get("spent"):
        yield (
            f"Noise: multiplier {spent['noise']} per {spent['unit']}, round {spent['round']} of "
            f"{spent['rounds']}; the grant's promise is epsilon {spent['epsilon']}, delta "
            f"{spent['delta']}."
        )
    if document.get("mixed"):
        yield "Mixed: only the sum with others' answers can be read."
    if document["reply_digest"]:
        yield f"The reply's SHA-256: {document['reply_digest']}."


def _indented(words: tuple[str, ...]) -> Iterator[str]:
    return (f"{'':22}{line}\n" for line in words)


def _since(text: str | None) -> datetime:
    """Read a date, or a date with a time; without a zone it is UTC, as all times in the log.

    Raises:
        NodeError: it is neither.
    """
    if not text:
        return _OLDEST
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise NodeError(f"--since takes 2030-01-31 or 2030-01-31T12:00, not {text!r}.") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
