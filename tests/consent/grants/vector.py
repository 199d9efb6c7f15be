"""A test vector: everything a node holds when a message arrives, and what it must answer.

``verdict`` is the order in which a verifier works through one; a second implementation does
the same with its own functions.
"""

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from consent.grants.charter import Charter, extend_chain, pin
from consent.grants.codec import b64u, canonical, time_of, time_text, unb64u
from consent.grants.errors import GrantRefused
from consent.grants.notices import Notices, require_not_rolled_back, verify_notices
from consent.grants.statements import Signed
from consent.grants.verify import RunFacts, allow_run
from tests.consent.grants.cast import CHECKPOINT, DAY, NOON, first_charter
from tests.consent.grants.papers import FACTS, notices_document, sound_grant

ALLOWED: dict[str, Any] = {"verdict": "allow"}


def sound_facts() -> dict[str, Any]:
    return json.loads(json.dumps(asdict(FACTS)))


def signed_list(document: dict[str, Any]) -> dict[str, str]:
    """A list of notices as the platform sends it."""
    text = canonical(document)
    return {"list": text.decode(), "signature": b64u(CHECKPOINT.sign(text))}


@dataclass(frozen=True)
class Vector:
    """The sound case as JSON values; each vector replaces what it is about."""

    why: str
    envelope: str = field(default_factory=lambda: sound_grant().to_json())
    charters: list[str] = field(default_factory=lambda: [first_charter().to_json()])
    fingerprint: str = field(default_factory=lambda: first_charter().digest)
    notices: dict[str, str] = field(default_factory=lambda: signed_list(notices_document()))
    last_sequence: int = 7
    facts: dict[str, Any] = field(default_factory=sound_facts)
    first_seen: str = time_text(NOON - DAY)
    first_seen_charter: int = 1
    max_notice_age_s: int = 86_400
    at: str = time_text(NOON)
    counted: dict[str, list[str]] | None = None
    expect: dict[str, Any] = field(default_factory=lambda: dict(ALLOWED))


def verdict(vector: Vector) -> dict[str, Any]:
    """Work through a vector and say what came out, in the form of ``expect``."""
    stage = "charters"
    try:
        chain = _chain(vector)
        stage = "notices"
        notices = _notices(vector, chain)
        stage = "envelope"
        signed = Signed.from_json(vector.envelope)
        stage = "run"
        allow_run(
            signed,
            facts=_facts(vector),
            chain=chain,
            notices=notices,
            first_seen=time_of(vector.first_seen),
            first_seen_charter=vector.first_seen_charter,
            max_notice_age_s=vector.max_notice_age_s,
            at=time_of(vector.at),
            counted=vector.counted,
        )
    except GrantRefused as refusal:
        return refused(stage, refusal.code, refusal.step)
    return dict(ALLOWED)


def refused(stage: str, code: str, step: int | None = None) -> dict[str, Any]:
    return {"verdict": "refuse", "stage": stage, "code": code, "step": step}


def _chain(vector: Vector) -> tuple[Charter, ...]:
    first, *later = (Signed.from_json(text) for text in vector.charters)
    chain = pin(first, fingerprint=vector.fingerprint)
    for signed in later:
        chain = extend_chain(chain, signed)
    return chain


def _notices(vector: Vector, chain: tuple[Charter, ...]) -> Notices:
    text, signature = vector.notices["list"], vector.notices["signature"]
    notices = verify_notices(text.encode(), unb64u(signature), chain=chain)
    require_not_rolled_back(notices, vector.last_sequence)
    return notices


def _facts(vector: Vector) -> RunFacts:
    facts = vector.facts
    lists = {name: tuple(facts[name]) for name in ("variables", "communities")}
    return RunFacts(**(facts | lists))
