"""A small community made of fixed keys: the sound case that each test breaks in one place."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from consent.grants.charter import Charter, extend_chain, pin
from consent.grants.codec import b64u, canonical, time_text
from consent.grants.statements import Answer, Ballot, Signed
from tests.consent.grants.seeded_rsa import rsa_key
from tools.soft_passkey import SoftPasskey

NOON = datetime(2031, 5, 4, 12, 0, 0, tzinfo=UTC)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)


RP_ID = "localhost"
ORIGIN = "http://localhost:8000"


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def seed(text: str) -> bytes:
    return hashlib.sha256(f"kinhold test seed {text}".encode()).digest()


@cache
def passkey(name: str, alg: str = "ES256", rp_id: str = RP_ID, origin: str = ORIGIN) -> SoftPasskey:
    """A passkey whose key is the same in every run."""
    key: Any = None
    if alg == "ES256":
        key = ec.derive_private_key(int.from_bytes(seed(name), "big") >> 1, ec.SECP256R1())
    if alg == "RS256":
        key = rsa_key(seed(name))
    if alg == "EdDSA":
        key = ed25519.Ed25519PrivateKey.from_private_bytes(seed(name))
    return SoftPasskey(alg, rp_id, origin, key=key, credential_id=seed(f"id {name}"))


@cache
def ed25519_key(name: str) -> ed25519.Ed25519PrivateKey:
    return ed25519.Ed25519PrivateKey.from_private_bytes(seed(name))


def public(key: ed25519.Ed25519PrivateKey) -> str:
    return b64u(key.public_key().public_bytes_raw())


@cache
def supernode_key(name: str) -> str:
    key = ec.derive_private_key(int.from_bytes(seed(name), "big"), ec.SECP384R1())
    openssh = (serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
    return key.public_key().public_bytes(*openssh).decode()


AMINA = passkey("amina")
BELA = passkey("bela", "EdDSA")
CORA = passkey("cora")
CORA_PHONE = passkey("cora phone", "EdDSA")
DORI = passkey("dori")
STRANGER = passkey("stranger")

CHECKPOINT = ed25519_key("checkpoint")
RECEIPT = ed25519_key("river-node receipts")

THREE = {"amina": [AMINA], "bela": [BELA], "cora": [CORA, CORA_PHONE]}


def steward(name: str, keys: Sequence[SoftPasskey]) -> dict[str, Any]:
    return {
        "id": f"st-{name}",
        "name": name.title(),
        "bodies": ["council"],
        "keys": [{"credential_id": b64u(k.credential_id), "cose": b64u(k.cose)} for k in keys],
    }


def rules(m: int = 2, **other: Any) -> dict[str, Any]:
    types = ("charter", "protocol", "grant", "revocation", "resume", "release")
    table: dict[str, Any] = {name: {"rule": "threshold", "m": m} for name in types}
    return table | {"pause": {"rule": "threshold", "m": 1}} | other


def charter_document(**changes: Any) -> dict[str, Any]:
    return {
        "type": "charter",
        "version": 1,
        "community": "river",
        "number": 1,
        "previous": None,
        "created": time_text(NOON - 100 * DAY),
        "stewards": [steward(name, keys) for name, keys in THREE.items()],
        "rules": rules(),
        "floor": 2,
        "relying_party": {"id": RP_ID, "origins": [ORIGIN]},
        "checkpoint_key": public(CHECKPOINT),
        "nodes": [
            {
                "name": "river-node",
                "receipt_key": public(RECEIPT),
                "supernode_key": supernode_key("river"),
            }
        ],
    } | changes


def cast(document: dict[str, Any], *keys: SoftPasskey, answer: Answer | str = Answer.YES) -> Signed:
    """Canonicalise a document and let each key sign one answer on it."""
    statement = canonical(document)
    return Signed(statement, tuple(ballot(k, statement, document["type"], answer) for k in keys))


def ballot(
    key: SoftPasskey, statement: bytes, statement_type: str, answer: Answer | str = Answer.YES
) -> Ballot:
    return key.sign(statement, statement_type, answer)


def more(signed: Signed, *ballots: Ballot) -> Signed:
    return replace(signed, ballots=(*signed.ballots, *ballots))


@cache
def first_charter() -> Signed:
    return cast(charter_document(), AMINA, BELA, CORA)


@cache
def chain_of_one() -> tuple[Charter, ...]:
    return pin(first_charter(), fingerprint=first_charter().digest)


def next_document(signed: Signed, number: int, **changes: Any) -> dict[str, Any]:
    """The next charter: Amina's key was stolen, Dori takes her seat."""
    people = {"bela": [BELA], "cora": [CORA, CORA_PHONE], "dori": [DORI]}
    return charter_document(
        **{
            "number": number,
            "previous": signed.digest,
            "stewards": [steward(name, keys) for name, keys in people.items()],
        }
        | changes
    )


@cache
def second_charter() -> Signed:
    return cast(next_document(first_charter(), 2), BELA, CORA)


@cache
def chain_of_two() -> tuple[Charter, ...]:
    return extend_chain(chain_of_one(), second_charter())
