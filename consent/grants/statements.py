"""The envelope: one canonical statement and the passkey ballots cast on it.

Source: docs/grant-format.md, "Envelope" and "Challenge".
"""

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from consent.grants import fields
from consent.grants.codec import b64u, canonical, digest, parse_canonical, parse_json
from consent.grants.errors import Malformed, WrongType

# Those that a charter has a rule for. A delegation is decided by the rule for grants.
TYPES = frozenset({"charter", "protocol", "grant", "revocation", "pause", "resume", "release"})
SIGNED_TYPES = TYPES | {"delegation"}
MAX_ENVELOPE_BYTES = 1_048_576
MAX_BALLOTS = 200

_BALLOT = "credential_id authenticatorData clientDataJSON signature answer"


class Answer(StrEnum):
    """What a steward may sign. Only YES ever counts as a yes."""

    YES = "yes"
    YES_WITH_CONDITIONS = "yes-with-conditions"
    NO = "no"
    NOT_YET = "not-yet"
    RECUSE = "recuse"


@dataclass(frozen=True)
class Ballot:
    """One WebAuthn assertion, byte for byte as the browser gave it."""

    credential_id: bytes
    authenticator_data: bytes
    client_data_json: bytes
    signature: bytes
    answer: Answer


@dataclass(frozen=True)
class Signed:
    """A statement with its ballots. Holding one proves nothing: see decision and verify.

    ``under``: with a grant, the delegation that it may rest on.
    """

    statement: bytes
    ballots: tuple[Ballot, ...]
    under: "Signed | None" = None

    @property
    def document(self) -> dict[str, Any]:
        """The statement read as JSON, with type, version and community checked.

        Raises:
            Malformed: not canonical JSON, another version, no community.
            WrongType: a type that this version does not know.
        """
        document = parse_canonical(self.statement)
        if document.get("type") not in list(SIGNED_TYPES):  # a list: the value may be unhashable
            raise WrongType("This is not a statement of a known type.")
        fields.integer(document.get("version"), "version", fields.VERSION, fields.VERSION)
        fields.slug(document.get("community"), "community")
        return document

    @property
    def type(self) -> str:
        return str(self.document["type"])

    @property
    def digest(self) -> str:
        """SHA-256 of the statement's bytes, lower-case hex; the ballots are not in it."""
        return digest(self.statement)

    def to_json(self) -> str:
        """Write the envelope; ``from_json`` gives back an equal value.

        Raises:
            Malformed: the statement is not UTF-8.
        """
        return canonical(_envelope_json(self)).decode("utf-8")

    @classmethod
    def from_json(cls, text: str, limit: int = MAX_ENVELOPE_BYTES) -> "Signed":
        """Read an envelope of at most ``limit`` bytes. Nothing is verified here.

        Raises:
            Malformed: the text is not an envelope.
        """
        try:
            data = text.encode("utf-8")
        except UnicodeEncodeError as error:
            raise Malformed("The envelope is not UTF-8.") from error
        return _envelope(parse_json(data, limit=limit), "envelope", alone=False)


def challenge(statement_type: str, statement: bytes, answer: Answer) -> bytes:
    """The 32 bytes a passkey signs for one answer to one statement.

    The three parts are kept apart by zero bytes, which none of them can hold, and begin with
    our name, so that a signature made for another purpose or answer never fits.
    """
    parts = (b"kinhold/v1", statement_type.encode(), statement, str(answer).encode())
    return hashlib.sha256(b"\x00".join(parts)).digest()


def _envelope_json(signed: Signed) -> dict[str, Any]:
    try:
        statement = signed.statement.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed("The statement is not UTF-8.") from error
    ballots = [_ballot_json(ballot) for ballot in signed.ballots]
    envelope: dict[str, Any] = {"statement": statement, "ballots": ballots}
    return envelope if signed.under is None else envelope | {"under": _envelope_json(signed.under)}


def _envelope(value: object, where: str, *, alone: bool) -> Signed:
    """Read an envelope; one that stands in another one stands there ``alone``."""
    under = isinstance(value, dict) and "under" in value and not alone
    envelope = fields.fields(value, "statement ballots" + (" under" if under else ""), where)
    if not isinstance(envelope["statement"], str):
        fields.refuse("statement", "a text")
    try:
        statement = envelope["statement"].encode("utf-8")
    except UnicodeEncodeError as error:
        raise Malformed("The statement is not UTF-8.") from error
    ballots = fields.each(envelope["ballots"], _ballot, "ballots", 0, MAX_BALLOTS)
    delegation = _envelope(envelope["under"], "under", alone=True) if under else None
    return Signed(statement, ballots, delegation)


def _ballot_json(ballot: Ballot) -> dict[str, str]:
    return {
        "credential_id": b64u(ballot.credential_id),
        "authenticatorData": b64u(ballot.authenticator_data),
        "clientDataJSON": b64u(ballot.client_data_json),
        "signature": b64u(ballot.signature),
        "answer": str(ballot.answer),
    }


def _ballot(value: object, where: str) -> Ballot:
    ballot = fields.fields(value, _BALLOT, "ballot")
    if ballot["answer"] not in list(Answer):
        fields.refuse("answer", "one of the five answers")
    return Ballot(
        credential_id=fields.raw(ballot["credential_id"], "credential_id", 1, 1023),
        authenticator_data=fields.raw(ballot["authenticatorData"], "authenticatorData", 37, 1024),
        client_data_json=fields.raw(ballot["clientDataJSON"], "clientDataJSON", 2, 4096),
        signature=fields.raw(ballot["signature"], "signature", 1, 1024),
        answer=Answer(ballot["answer"]),
    )
