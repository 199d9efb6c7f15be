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

TYPES = frozenset({"charter", "protocol", "grant", "revocation", "pause", "resume", "release"})
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
    """A statement with its ballots. Holding one proves nothing: see decision and verify."""

    statement: bytes
    ballots: tuple[Ballot, ...]

    @property
    def document(self) -> dict[str, Any]:
        """The statement read as JSON, with type, version and community checked.

        Raises:
            Malformed: not canonical JSON, another version, no community.
            WrongType: a type that this version does not know.
        """
        document = parse_canonical(self.statement)
        if document.get("type") not in list(TYPES):  # a list: the value may be unhashable
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
        try:
            statement = self.statement.decode("utf-8")
        except UnicodeDecodeError as error:
            raise Malformed("The statement is not UTF-8.") from error
        ballots = [_ballot_json(ballot) for ballot in self.ballots]
        return canonical({"statement": statement, "ballots": ballots}).decode("utf-8")

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
        envelope = fields.fields(parse_json(data, limit=limit), "statement ballots", "envelope")
        if not isinstance(envelope["statement"], str):
            fields.refuse("statement", "a text")
        try:
            statement = envelope["statement"].encode("utf-8")
        except UnicodeEncodeError as error:
            raise Malformed("The statement is not UTF-8.") from error
        ballots = fields.each(envelope["ballots"], _ballot, "ballots", 0, MAX_BALLOTS)
        return cls(statement, ballots)


def challenge(statement_type: str, statement: bytes, answer: Answer) -> bytes:
    """The 32 bytes a passkey signs for one answer to one statement.

    The three parts are kept apart by zero bytes, which none of them can hold, and begin with
    our name, so that a signature made for another purpose or answer never fits.
    """
    parts = (b"kinhold/v1", statement_type.encode(), statement, str(answer).encode())
    return hashlib.sha256(b"\x00".join(parts)).digest()


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
