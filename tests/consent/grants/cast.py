"""A small community made of fixed keys: the sound case that each test breaks in one place."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from consent.grants.charter import Charter, extend_chain, pin
from consent.grants.codec import b64u, canonical, digest, time_text
from consent.grants.grant import Claims
from consent.grants.notices import Notices, verify_notices
from consent.grants.statements import Answer, Ballot, Signed
from consent.grants.verify import RunFacts, allow_run
from tools.soft_passkey import SoftPasskey

NOON = datetime(2031, 5, 4, 12, 0, 0, tzinfo=UTC)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)

GRANT_ID = "7d0c3c52-1f44-4b0e-9d7a-0d5f3f2f6a01"
REQUEST_ID = "7d0c3c52-1f44-4b0e-9d7a-0d5f3f2f6a02"
NOTICE_IDS = [f"7d0c3c52-1f44-4b0e-9d7a-0d5f3f2f6b{n:02d}" for n in range(20)]

STOPPING = ("revocation", "pause")
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


def grant_document(**changes: Any) -> dict[str, Any]:
    return {
        "type": "grant",
        "version": 1,
        "community": "river",
        "id": GRANT_ID,
        "charter": {"number": 1, "digest": first_charter().digest},
        "protocol": {"number": 1, "digest": sha("protocol")},
        "request": {"id": REQUEST_ID, "revision": 1, "digest": sha("request")},
        "run": {
            "job": "linear-regression",
            "job_version": "1.0.0",
            "code": sha("code"),
            "config": sha("config"),
            "max_rounds": 3,
        },
        "data": {"dataset": "river-diabetes", "variables": ["age", "bmi", "progression"]},
        "purpose": {"code": "DUO:0000007", "text": "How age and weight go with progression."},
        "people": [{"name": "Rhea Person", "email": "rhea@example.org", "orcid": ""}],
        "institution": {"name": "Example Institute", "ror": ""},
        "communities": ["coast", "hill", "river"],
        "min_nodes": 3,
        "not_before": time_text(NOON - 2 * DAY),
        "not_after": time_text(NOON + DAY),
        "min_cohort": 100,
        "privacy": {"dp": None, "secure_aggregation": False},
        "outputs": ["coefficients", "standard-errors"],
        "cooling_off_s": 3600,
        "conditions": ["Results are shown to River first."],
    } | changes


def grant_with(section: str, **changes: Any) -> dict[str, Any]:
    """A grant document with some fields of one section changed."""
    return grant_document(**{section: grant_document()[section] | changes})


@cache
def sound_grant() -> Signed:
    return cast(grant_document(), AMINA, BELA)


FACTS = RunFacts(
    community="river",
    code=sha("code"),
    config=sha("config"),
    request=sha("request"),
    dataset="river-diabetes",
    variables=("age", "bmi", "progression"),
    message_type="train",
    rounds_used=0,
    communities=("coast", "hill", "river"),
)

QUIET = Notices("river", 1, NOON - HOUR, frozenset(), frozenset())


@dataclass(frozen=True)
class Case:
    """All of allow_run's arguments, sound until a test replaces one."""

    signed: Signed = field(default_factory=sound_grant)
    facts: RunFacts = FACTS
    chain: tuple[Charter, ...] = field(default_factory=chain_of_one)
    notices: Notices = QUIET
    first_seen: datetime = NOON - DAY
    first_seen_charter: int = 1
    max_notice_age_s: int = 86_400
    at: datetime = NOON

    def allow(self) -> Claims:
        return allow_run(
            self.signed,
            facts=self.facts,
            chain=self.chain,
            notices=self.notices,
            first_seen=self.first_seen,
            first_seen_charter=self.first_seen_charter,
            max_notice_age_s=self.max_notice_age_s,
            at=self.at,
        )


def revocation(index: int = 0, **changes: Any) -> dict[str, Any]:
    return {
        "type": "revocation",
        "version": 1,
        "community": "river",
        "id": NOTICE_IDS[index],
        "grant": GRANT_ID,
        "reason": "The researchers moved to another institute.",
        "created": time_text(NOON - 3 * HOUR),
    } | changes


def pause(index: int = 1, **changes: Any) -> dict[str, Any]:
    return {
        "type": "pause",
        "version": 1,
        "community": "river",
        "id": NOTICE_IDS[index],
        "scope": "all",
        "reason": "Something looks wrong.",
        "created": time_text(NOON - 3 * HOUR),
    } | changes


def resume(index: int = 2, **changes: Any) -> dict[str, Any]:
    return {
        "type": "resume",
        "version": 1,
        "community": "river",
        "id": NOTICE_IDS[index],
        "lifts": [NOTICE_IDS[1]],
        "created": time_text(NOON - 2 * HOUR),
    } | changes


def notices_document(*items: Signed, **changes: Any) -> dict[str, Any]:
    return {
        "type": "notices",
        "version": 1,
        "community": "river",
        "sequence": 7,
        "issued": time_text(NOON - HOUR),
        "items": [item.to_json() for item in items],
    } | changes


def read_notices(
    *items: Signed, chain: tuple[Charter, ...] | None = None, **changes: Any
) -> Notices:
    """Sign a list of notices as the platform does, and verify it as a node does."""
    text = canonical(notices_document(*items, **changes))
    return verify_notices(text, CHECKPOINT.sign(text), chain=chain or chain_of_one())


def receipt_document(**changes: Any) -> dict[str, Any]:
    return {
        "type": "receipt",
        "version": 1,
        "community": "river",
        "node": "river-node",
        "sequence": 2,
        "previous": digest(b"the receipt before"),
        "at": time_text(NOON),
        "run": REQUEST_ID,
        "flower_run": "1234567890",
        "grant": GRANT_ID,
        "round": 1,
        "outcome": "trained",
        "code": "ok",
        "reason": "The community's decision allows this round.",
        "checks": [{"step": 1, "name": "well formed", "result": "ok"}],
        "people": "100-199",
        "bytes_out": 812,
        "reply_digest": digest(b"the reply"),
        "data_opened": True,
    } | changes
