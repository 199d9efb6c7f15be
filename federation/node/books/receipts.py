"""Receipts: written for every message, chained by hash, kept for good, delivered once.

The receipts table is both the node's log and its outbox: a receipt exists from the moment a
message was answered, and is sent, in order, whenever the platform can be reached.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from consent.grants.codec import digest, time_text
from consent.grants.errors import GrantRefused
from consent.grants.receipts import VERSION, checks_made, sign_receipt, verify_receipt
from consent.grants.verify import STEPS
from federation.node.books.state import State
from federation.node.errors import LOCAL_STEPS, LocalRefusal, NodeError, NoRoundsLeft

_REASON_LIMIT = 1000
_NAMES = dict(LOCAL_STEPS)
_LAST_OF_THE_GRANT = STEPS[-1][0]
_CONFLICT = "conflict"
_SENT = "sent"


@dataclass
class Account:
    """What is known about one message so far; it becomes the receipt.

    ``checks`` grows as checks are passed, so that a receipt never claims one that was not
    made.
    """

    run: str = ""
    flower_run: str = ""
    grant: str = ""
    round: int = 0
    outcome: str = "failed"
    code: str = "internal"
    reason: str = "The node stopped in the middle of its work."
    checks: list[dict[str, Any]] = field(default_factory=list)
    people: str = ""
    bytes_out: int = 0
    reply_digest: str = ""
    data_opened: bool = False
    dataset_version: str = ""
    optouts: int = 0
    mixed: bool = False
    spent: dict[str, Any] | None = None

    def passed(self, local_step: int | None) -> None:
        """Note a check of the node's own; those of ``allow_run`` are noted together."""
        step = local_step or 0
        self.checks.append({"step": step, "name": _NAMES[step], "result": "ok"})

    def allowed(self) -> None:
        """Note that all checks of ``allow_run`` were passed."""
        self.checks += checks_made(None)

    @property
    def counted(self) -> bool:
        """Whether a round was counted for the message; those end with the grant."""
        last = {"step": NoRoundsLeft.local_step, "result": "ok"}
        return any(last.items() <= check.items() for check in self.checks)

    def refused(self, refusal: GrantRefused) -> None:
        """End as refused."""
        if isinstance(refusal, LocalRefusal):
            step = refusal.local_step
            if step is not None:
                self.checks.append({"step": step, "name": _NAMES[step], "result": "refused"})
        elif not self._past_the_grant():
            self.checks += checks_made(refusal)
        self.end("refused", refusal.code, str(refusal))

    def _past_the_grant(self) -> bool:
        """Say whether ``allow_run`` was passed: what refuses later is not one of its checks."""
        return any(check["step"] <= _LAST_OF_THE_GRANT for check in self.checks)

    def end(self, outcome: str, code: str, reason: str) -> None:
        self.outcome, self.code = outcome, code
        self.reason = reason[:_REASON_LIMIT] or code


def begin_message(state: State, account: Account) -> None:
    """Note a message as begun, so that even a node that is cut off leaves a receipt."""
    with state.writing():
        state.db.execute("INSERT INTO begun (account) VALUES (?)", (json.dumps(vars(account)),))
        since = (time_text(datetime.now(UTC)),)
        state.db.execute("INSERT OR REPLACE INTO working_since VALUES (1, ?)", since)


def working_on(state: State) -> tuple[str, Account] | None:
    """Give the message that is worked on now, and since when; None if there is none."""
    row = state.db.execute(
        "SELECT at, account FROM begun JOIN working_since ORDER BY number LIMIT 1"
    ).fetchone()
    return (row[0], Account(**json.loads(row[1]))) if row else None


def keep_message(state: State, account: Account) -> None:
    """Note what was done so far, should the node be cut off. Call inside ``writing()``."""
    # One message at a time: the oldest begun one is this one.
    state.db.execute(
        "UPDATE begun SET account = ? WHERE number = (SELECT MIN(number) FROM begun)",
        (json.dumps(vars(account)),),
    )


def close_begun(state: State, *, community: str, node: str, key: Ed25519PrivateKey) -> int:
    """Write a receipt for every message whose guard ended without one; return how many."""
    begun = list(state.db.execute("SELECT account FROM begun ORDER BY number"))
    for (text,) in begun:
        # Whether the data had been opened is not known any more; say the worse of the two.
        account = Account(**json.loads(text))
        account.data_opened = True
        write_receipt(state, account, community=community, node=node, key=key)
    return len(begun)


def write_receipt(
    state: State, account: Account, *, community: str, node: str, key: Ed25519PrivateKey
) -> int:
    """Sign the next receipt of the chain and store it; return its sequence number."""
    with state.writing():
        row = state.db.execute(
            "SELECT sequence, receipt FROM receipts ORDER BY sequence DESC LIMIT 1"
        ).fetchone()
        sequence = row[0] + 1 if row else 1
        document = {
            "type": "receipt",
            "version": VERSION,
            "community": community,
            "node": node,
            "sequence": sequence,
            "previous": digest(row[1]) if row else None,
            "at": time_text(datetime.now(UTC)),
            **vars(account),
        }
        receipt, signature = sign_receipt(document, key)
        state.signer = key
        state.db.execute("INSERT INTO receipts VALUES (?, ?, ?)", (sequence, receipt, signature))
        # One message at a time: the oldest begun one is the one this receipt is for.
        state.db.execute("DELETE FROM begun WHERE number = (SELECT MIN(number) FROM begun)")
    return sequence


def unsent(state: State, limit: int = 100) -> list[tuple[int, bytes, bytes]]:
    """List receipts the platform has not confirmed: sequence, receipt, signature."""
    return list(
        state.db.execute(
            """SELECT sequence, receipt, signature FROM receipts
            WHERE sequence NOT IN (SELECT sequence FROM delivered) ORDER BY sequence LIMIT ?""",
            (limit,),
        )
    )


def count_unsent(state: State) -> int:
    row = state.db.execute(
        "SELECT COUNT(*) FROM receipts WHERE sequence NOT IN (SELECT sequence FROM delivered)"
    ).fetchone()
    return int(row[0])


def mark_sent(state: State, sequence: int, *, conflict: bool) -> None:
    """Note that the platform has this receipt, or says it holds another in its place."""
    outcome = _CONFLICT if conflict else _SENT
    state.db.execute("INSERT OR IGNORE INTO delivered VALUES (?, ?)", (sequence, outcome))


def newest_receipts(state: State, public_key: bytes, most: int) -> list[Mapping[str, Any]]:
    """Give the newest receipts, newest first, each with its signature verified.

    Whether any is missing is not looked at: that is ``read_receipts``.

    Raises:
        NodeError: one is not signed by this node.
    """
    rows = state.db.execute(
        "SELECT receipt, signature FROM receipts ORDER BY sequence DESC LIMIT ?", (most,)
    )
    try:
        return [verify_receipt(receipt, signature, public_key) for receipt, signature in rows]
    except GrantRefused as refusal:
        raise NodeError(f"The log is not whole: {refusal}") from refusal


def read_receipts(state: State, public_key: bytes) -> list[Mapping[str, Any]]:
    """Verify the whole chain and return its documents, oldest first.

    Raises:
        NodeError: naming the first bad place: a number left out, a signature or hash that
            does not fit, or receipts that were delivered and are gone.
    """
    documents: list[Mapping[str, Any]] = []
    previous: str | None = None
    for sequence, receipt, signature in state.db.execute(
        "SELECT sequence, receipt, signature FROM receipts ORDER BY sequence"
    ):
        place = len(documents) + 1
        if sequence != place:
            raise NodeError(f"Receipt {place} is missing; number {sequence} comes next.")
        try:
            document = verify_receipt(receipt, signature, public_key)
        except GrantRefused as refusal:
            raise NodeError(f"Receipt {place} is not whole: {refusal}") from refusal
        if document["sequence"] != place or document["previous"] != previous:
            raise NodeError(f"Receipt {place} does not follow the one before it.")
        documents.append(document)
        previous = digest(receipt)
    last = state.db.execute("SELECT COALESCE(MAX(sequence), 0) FROM delivered").fetchone()[0]
    if last > len(documents):
        raise NodeError(f"Receipt {last} was delivered to the platform and is gone here.")
    return documents
