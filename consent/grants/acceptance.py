"""The researcher's yes to a grant's conditions: a text, and the assertion of her own passkey.

Source: docs/grant-format.md, "Acceptance".
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from consent.grants import fields
from consent.grants.ballots import check_authenticator_data, check_client_data
from consent.grants.codec import b64u, canonical, digest, parse_canonical, parse_json, time_text
from consent.grants.cose import MAX_COSE_BYTES, load_key
from consent.grants.errors import BadBallot, BadSignature, GrantRefused, WrongType
from consent.grants.grant import EMAIL, Claims, parse_grant
from consent.grants.statements import Answer, challenge

TYPE = "acceptance"
MAX_ACCEPTANCE_BYTES = 524_288

_FIELDS = "type version grant grant_digest request conditions person accepted"
_ENVELOPE = "text cose credential_id authenticatorData clientDataJSON signature"


class BadAcceptance(GrantRefused):
    """What was signed is not an acceptance of this grant. No node meets it."""

    code: ClassVar[str] = "bad-acceptance"


@dataclass(frozen=True)
class Acceptance:
    """What the text says. ``digest`` is that of its exact bytes, lower-case hex."""

    grant_id: str
    grant_digest: str
    request_id: str
    request_revision: int
    request_digest: str
    conditions: tuple[str, ...]
    name: str
    email: str
    accepted: datetime
    digest: str


@dataclass(frozen=True)
class SignedAcceptance:
    """The text, the public key, and the assertion byte for byte as the browser gave it."""

    text: bytes
    cose: bytes
    credential_id: bytes
    authenticator_data: bytes
    client_data_json: bytes
    signature: bytes

    def to_json(self) -> str:
        """Write the envelope; ``from_json`` gives back an equal value."""
        parts = {
            "text": self.text.decode("utf-8"),
            "cose": b64u(self.cose),
            "credential_id": b64u(self.credential_id),
            "authenticatorData": b64u(self.authenticator_data),
            "clientDataJSON": b64u(self.client_data_json),
            "signature": b64u(self.signature),
        }
        return canonical(parts).decode("utf-8")

    @classmethod
    def from_json(cls, text: str) -> "SignedAcceptance":
        """Read an envelope. Nothing is verified here.

        Raises:
            Malformed: the text is not an envelope.
        """
        document = parse_json(text.encode("utf-8", "surrogatepass"), limit=MAX_ACCEPTANCE_BYTES)
        parts = fields.fields(document, _ENVELOPE, "envelope")
        if not isinstance(parts["text"], str):
            fields.refuse("text", "a text")
        return cls(
            text=parts["text"].encode("utf-8", "surrogatepass"),
            cose=fields.raw(parts["cose"], "cose", 1, MAX_COSE_BYTES),
            credential_id=fields.raw(parts["credential_id"], "credential_id", 1, 1023),
            authenticator_data=fields.raw(
                parts["authenticatorData"], "authenticatorData", 37, 1024
            ),
            client_data_json=fields.raw(parts["clientDataJSON"], "clientDataJSON", 2, 4096),
            signature=fields.raw(parts["signature"], "signature", 1, 1024),
        )


def acceptance_text(grant: bytes, *, name: str, email: str, at: datetime) -> bytes:
    """Return the canonical text with which this person accepts the conditions of a grant.

    Args:
        grant: the exact bytes of the grant statement.
        at: aware time; parts of a second are cut off.
    Raises:
        Malformed: the grant, the name or the address cannot stand in such a text.
    """
    claims = parse_grant(grant)
    text = canonical(
        {
            "type": TYPE,
            "version": fields.VERSION,
            "grant": claims.id,
            "grant_digest": claims.digest,
            "request": {
                "id": claims.request_id,
                "revision": claims.request_revision,
                "digest": claims.request_digest,
            },
            "conditions": list(claims.conditions),
            "person": {"name": name, "email": email},
            "accepted": time_text(at),
        }
    )
    parse_acceptance(text)
    return text


def acceptance_challenge(text: bytes) -> bytes:
    """The 32 bytes that a passkey signs; made as for ballots, and never one of theirs."""
    return challenge(TYPE, text, Answer.YES)


def parse_acceptance(text: bytes) -> Acceptance:
    """Read an acceptance.

    Raises:
        WrongType: the text is of another type.
        Malformed: not canonical, or a field is missing, unknown or out of bounds.
    """
    document = parse_canonical(text)
    if document.get("type") != TYPE:
        raise WrongType("This is not an acceptance.")
    fields.fields(document, _FIELDS, TYPE)
    fields.integer(document["version"], "version", fields.VERSION, fields.VERSION)
    return Acceptance(
        grant_id=fields.uuid(document["grant"], "grant"),
        grant_digest=fields.sha256(document["grant_digest"], "grant_digest"),
        conditions=fields.each(document["conditions"], fields.prose, "conditions", 1),
        accepted=fields.time(document["accepted"], "accepted"),
        digest=digest(text),
        **_request(document["request"]),
        **_person(document["person"]),
    )


def verify_acceptance(
    signed: SignedAcceptance, *, grant: bytes, rp_id: str, origins: tuple[str, ...]
) -> Acceptance:
    """Return what was accepted, once it is this grant's conditions and the signature holds.

    Whose key it is, is for the caller to know: the platform takes it from the person's account.

    Args:
        grant: the exact bytes of the grant statement.
        rp_id, origins: the site on which people sign, as the community's charter names it.
    Raises:
        BadAcceptance: another grant, request or list of conditions; or the assertion fails.
        Malformed, WrongType: the text or the grant cannot be read.
    """
    said = parse_acceptance(signed.text)
    _check_same(said, parse_grant(grant))
    wanted = acceptance_challenge(signed.text)
    message = signed.authenticator_data + hashlib.sha256(signed.client_data_json).digest()
    try:
        check_client_data(signed.client_data_json, wanted=wanted, origins=origins)
        check_authenticator_data(signed.authenticator_data, rp_id=rp_id)
        load_key(signed.cose).verify(signed.signature, message)
    except (BadBallot, BadSignature) as error:
        raise BadAcceptance("The signature under the conditions does not hold.") from error
    return said


def _check_same(said: Acceptance, claims: Claims) -> None:
    """Refuse a signature under anything but exactly these conditions of exactly this grant."""
    if (said.grant_id, said.grant_digest) != (claims.id, claims.digest):
        raise BadAcceptance("The conditions of another grant were accepted.")
    request = (said.request_id, said.request_revision, said.request_digest)
    if request != (claims.request_id, claims.request_revision, claims.request_digest):
        raise BadAcceptance("The conditions were accepted for another request.")
    # Implied by the digest; checked so that whoever reads only this text reads the truth.
    if said.conditions != claims.conditions:
        raise BadAcceptance("Other conditions were accepted than the grant holds.")


def _request(value: object) -> dict[str, Any]:
    request = fields.fields(value, "id revision digest", "request")
    return {
        "request_id": fields.uuid(request["id"], "request.id"),
        "request_revision": fields.integer(request["revision"], "request.revision", 1, 1_000_000),
        "request_digest": fields.sha256(request["digest"], "request.digest"),
    }


def _person(value: object) -> dict[str, Any]:
    person = fields.fields(value, "name email", "person")
    return {
        "name": fields.text(person["name"], "person.name"),
        "email": fields.matching(person["email"], EMAIL, "person.email", "an e-mail address", 255),
    }
