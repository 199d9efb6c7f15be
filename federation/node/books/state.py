"""The node's own memory, in one SQLite file: charters, notices, grants, rounds used.

Everything here was verified before it was written. The file is the node's; the platform
never writes to it. Receipts live in the same file, see ``receipts.py``.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from consent.grants.charter import Charter, parse_charter
from consent.grants.codec import time_of, time_text
from consent.grants.delegation import Delegation
from consent.grants.grant import Claims
from consent.grants.notices import Notices
from consent.grants.statements import Signed
from federation.node.books import events, heads
from federation.node.data.people_tables import SCHEMA as _PEOPLE
from federation.node.errors import DelegationUsedUp, NodeError, NoRoundsLeft
from federation.node.mixing.tables import SCHEMA as _MIXING
from federation.node.privacy.ledger_tables import SCHEMA as _LEDGER

_BUSY_S = 10.0
_MOST_UNDECIDED, _MOST_UNDECIDED_SIZE = 500, 20 * 1_048_576

_SCHEMA = """
CREATE TABLE IF NOT EXISTS charters (
    number INTEGER PRIMARY KEY, envelope TEXT NOT NULL, adopted_here TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS notices (
    one INTEGER PRIMARY KEY CHECK (one = 1), community TEXT NOT NULL, sequence INTEGER NOT NULL,
    issued TEXT NOT NULL, revoked TEXT NOT NULL, paused TEXT NOT NULL, keep TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS grants (
    digest TEXT PRIMARY KEY, grant_id TEXT NOT NULL, envelope TEXT NOT NULL,
    first_seen TEXT, first_seen_charter INTEGER, last_served INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS grants_by_id ON grants (grant_id, last_served);
CREATE TABLE IF NOT EXISTS rounds (
    grant_id TEXT PRIMARY KEY, used INTEGER NOT NULL CHECK (used >= 0));
CREATE TABLE IF NOT EXISTS delegated (
    delegation_id TEXT NOT NULL, grant_digest TEXT NOT NULL,
    PRIMARY KEY (delegation_id, grant_digest));
CREATE TABLE IF NOT EXISTS begun (
    number INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS working_since (
    one INTEGER PRIMARY KEY CHECK (one = 1), at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS receipts (
    sequence INTEGER PRIMARY KEY, receipt BLOB NOT NULL, signature BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS delivered (
    sequence INTEGER PRIMARY KEY REFERENCES receipts, outcome TEXT NOT NULL);
CREATE TRIGGER IF NOT EXISTS receipts_stay BEFORE DELETE ON receipts
    BEGIN SELECT RAISE(ABORT, 'receipts are never deleted'); END;
CREATE TRIGGER IF NOT EXISTS receipts_same BEFORE UPDATE ON receipts
    BEGIN SELECT RAISE(ABORT, 'receipts are never changed'); END;
CREATE TRIGGER IF NOT EXISTS charters_stay BEFORE DELETE ON charters
    BEGIN SELECT RAISE(ABORT, 'charters are never deleted'); END;
CREATE TRIGGER IF NOT EXISTS charters_same BEFORE UPDATE ON charters
    BEGIN SELECT RAISE(ABORT, 'charters are never changed'); END;
CREATE TRIGGER IF NOT EXISTS notices_rise BEFORE INSERT ON notices
    WHEN NEW.sequence < (SELECT MAX(sequence) FROM notices)
    BEGIN SELECT RAISE(ABORT, 'notices never go back'); END;
CREATE TRIGGER IF NOT EXISTS notices_rise_too BEFORE UPDATE ON notices
    WHEN NEW.sequence < OLD.sequence
    BEGIN SELECT RAISE(ABORT, 'notices never go back'); END;
CREATE TRIGGER IF NOT EXISTS notices_stay BEFORE DELETE ON notices
    BEGIN SELECT RAISE(ABORT, 'notices never go back'); END;
CREATE TRIGGER IF NOT EXISTS rounds_rise BEFORE UPDATE ON rounds WHEN NEW.used < OLD.used
    BEGIN SELECT RAISE(ABORT, 'rounds are never given back'); END;
CREATE TRIGGER IF NOT EXISTS rounds_stay BEFORE DELETE ON rounds
    BEGIN SELECT RAISE(ABORT, 'rounds are never given back'); END;
CREATE TRIGGER IF NOT EXISTS delegated_stay BEFORE DELETE ON delegated
    BEGIN SELECT RAISE(ABORT, 'a grant under a delegation stays counted'); END;
CREATE TRIGGER IF NOT EXISTS delegated_same BEFORE UPDATE ON delegated
    BEGIN SELECT RAISE(ABORT, 'a grant under a delegation stays counted'); END;
"""


@dataclass(frozen=True)
class HeldGrant:
    """A grant as the platform last served it.

    Attributes:
        first_seen: aware time at which the node first held it *decided*; None while it has
            not. Cooling-off runs from then: a text shown early, without its ballots, must
            not make the time run.
        first_seen_charter: number of the node's newest charter at that time.
    """

    grant_id: str
    signed: Signed
    first_seen: datetime | None
    first_seen_charter: int | None


class State:
    """One connection to the file. Not shared between threads or across a fork."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.signer: Ed25519PrivateKey | None = None  # set while entries of a chain are written
        try:
            # Autocommit: transactions are opened by hand, at the moment they must lock.
            self.db = sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None)
            self.db.executescript(
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                + (_SCHEMA + _LEDGER + _PEOPLE + _MIXING + events.SCHEMA)
            )
        except sqlite3.Error as error:
            raise NodeError(f"Cannot use {path}: {error}.") from None
        path.chmod(0o600)

    def close(self) -> None:
        self.db.close()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the write lock from the first read on, so that no two writers interleave."""
        self.db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.signer = None
            self.db.execute("ROLLBACK")
            raise
        self.db.execute("COMMIT")
        signer, self.signer = self.signer, None
        if signer is not None:
            heads.write(self, signer)

    def held(self) -> AbstractContextManager[None]:
        """Give the transaction that is open, or one of its own."""
        return nullcontext() if self.db.in_transaction else self.writing()

    # Charters

    def chain(self) -> tuple[Charter, ...]:
        """Give the charters this node adopted, oldest first; empty before ``pin``."""
        rows = self.db.execute("SELECT envelope FROM charters ORDER BY number")
        return tuple(parse_charter(Signed.from_json(text).statement) for (text,) in rows)

    def add_charter(self, number: int, signed: Signed, at: datetime) -> None:
        """Append a charter that ``pin`` or ``extend_chain`` accepted. Its number is its place."""
        self.db.execute(
            "INSERT INTO charters VALUES (?, ?, ?)", (number, signed.to_json(), time_text(at))
        )

    # Notices

    def notices(self) -> Notices | None:
        """Give the newest list, with every stop of earlier ones still in it."""
        row = self.db.execute(
            "SELECT community, sequence, issued, revoked, paused, keep FROM notices"
        ).fetchone()
        if row is None:
            return None
        return Notices(
            community=row[0],
            sequence=row[1],
            issued=time_of(row[2]),
            revoked=frozenset(json.loads(row[3])),
            paused=frozenset(json.loads(row[4])),
            keep=tuple(json.loads(row[5])),
        )

    def set_notices(self, notices: Notices) -> None:
        """Put a verified list in the place of the one before."""
        self.db.execute(
            "INSERT OR REPLACE INTO notices VALUES (1, ?, ?, ?, ?, ?, ?)",
            (
                notices.community,
                notices.sequence,
                time_text(notices.issued),
                json.dumps(sorted(notices.revoked)),
                json.dumps(sorted(notices.paused)),
                json.dumps(notices.keep),
            ),
        )

    # Grants

    def serve_grant(
        self, grant_id: str, signed: Signed, *, decided_under: int | None, at: datetime
    ) -> bool:
        """Note that the platform served this grant now; say whether it was new as decided.

        Anyone can make up grants, so of those without enough ballots only the ones served
        last are kept. Decided ones all stay: the stewards' signatures bound their number.

        Args:
            decided_under: number of the node's newest charter when the ballots on it suffice
                under that charter, else None.
        """
        with self.writing():
            served = self.db.execute("SELECT COALESCE(MAX(last_served), 0) + 1 FROM grants")
            row = self.db.execute(
                "SELECT first_seen FROM grants WHERE digest = ?", (signed.digest,)
            ).fetchone()
            fresh = decided_under is not None and (row is None or row[0] is None)
            self.db.execute(
                """INSERT INTO grants VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (digest) DO UPDATE
                SET envelope = excluded.envelope, last_served = excluded.last_served,
                first_seen = COALESCE(first_seen, excluded.first_seen),
                first_seen_charter = COALESCE(first_seen_charter, excluded.first_seen_charter)""",
                (
                    signed.digest,
                    grant_id,
                    signed.to_json(),
                    time_text(at) if decided_under is not None else None,
                    decided_under,
                    served.fetchone()[0],
                ),
            )
            self.db.execute(
                """DELETE FROM grants WHERE digest IN (SELECT digest FROM (SELECT digest,
                ROW_NUMBER() OVER late AS place, SUM(LENGTH(envelope)) OVER late AS size
                FROM grants WHERE first_seen IS NULL WINDOW late AS (ORDER BY last_served DESC))
                WHERE place > ? OR size > ?)""",
                (_MOST_UNDECIDED, _MOST_UNDECIDED_SIZE),
            )
        return fresh

    def grant(self, grant_id: str) -> HeldGrant | None:
        """Give the grant of that id which the platform served last."""
        held = self._held("WHERE grant_id = ? ORDER BY last_served DESC LIMIT 1", (grant_id,))
        return held[0] if held else None

    def grants(self) -> list[HeldGrant]:
        """List every grant the node holds: decided ones first, then the one served last."""
        return self._held("ORDER BY first_seen IS NULL, last_served DESC", ())

    def _held(self, where: str, values: tuple[str, ...]) -> list[HeldGrant]:
        # ``where`` is one of the two literals above, never anyone's input.
        query = f"SELECT grant_id, envelope, first_seen, first_seen_charter FROM grants {where}"  # noqa: S608
        return [
            HeldGrant(row[0], Signed.from_json(row[1]), time_of(row[2]) if row[2] else None, row[3])
            for row in self.db.execute(query, values)
        ]

    # Rounds

    def rounds_used(self, grant_id: str) -> int:
        row = self.db.execute("SELECT used FROM rounds WHERE grant_id = ?", (grant_id,)).fetchone()
        return int(row[0]) if row else 0

    def reserve_round(self, claims: Claims) -> int:
        """Count one round as used, in a transaction of its own; see ``count_round``."""
        with self.writing():
            return self.count_round(claims)

    def count_round(self, claims: Claims) -> int:
        """Count one round as used, for good; return its number. Call inside ``writing()``.

        Counted before the job starts and never given back: a job that is killed may already
        have looked at the data. With its first round a grant counts under its delegation too.

        Args:
            claims: as ``allow_run`` returned them; it found the delegation.
        Raises:
            NoRoundsLeft: all are used, perhaps by a message a moment ago.
            DelegationUsedUp: likewise for the grants of the delegation.
        """
        if claims.under is not None:
            self._count_under(claims.under, claims.digest)
        used = self.rounds_used(claims.id)
        if used >= claims.max_rounds:
            raise NoRoundsLeft(f"All {claims.max_rounds} rounds of the grant are used.")
        self.db.execute(
            """INSERT INTO rounds VALUES (?, 1)
            ON CONFLICT (grant_id) DO UPDATE SET used = used + 1""",
            (claims.id,),
        )
        return used + 1

    def counted(self) -> dict[str, frozenset[str]]:
        """Give the digests of the grants that were used under each delegation, by its id."""
        found: dict[str, frozenset[str]] = {}
        rows = self.db.execute("SELECT delegation_id, grant_digest FROM delegated")
        for delegation, grant in rows:
            found[delegation] = found.get(delegation, frozenset()) | {grant}
        return found

    def _count_under(self, under: Delegation, grant_digest: str) -> None:
        others = self.counted().get(under.id, frozenset()) - {grant_digest}
        if len(others) >= under.max_grants:
            raise DelegationUsedUp("Every grant that the delegation allowed is used.")
        self.db.execute("INSERT OR IGNORE INTO delegated VALUES (?, ?)", (under.id, grant_digest))

    # Events

    def note(self, text: str, at: datetime | None = None, kind: str = events.LEARNED) -> None:
        """Write a line for the operator: what the node learned or was told to do."""
        events.append(self, text, at or datetime.now(UTC), kind)

    def events(self) -> list[tuple[str, str]]:
        """Give time and text of each line, oldest first, unverified."""
        return events.read_unverified(self)
