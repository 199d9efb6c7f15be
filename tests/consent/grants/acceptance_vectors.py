"""Vectors of acceptances: ``python -m tests.consent.grants.acceptance_vectors`` writes them.

One is sound in each algorithm; each bad one has exactly one fault.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from consent.grants.acceptance import (
    SignedAcceptance,
    acceptance_challenge,
    acceptance_text,
    verify_acceptance,
)
from consent.grants.codec import canonical
from consent.grants.errors import GrantRefused
from consent.grants.statements import Answer, challenge
from tests.consent.grants.cast import NOON, ORIGIN, RP_ID, passkey
from tests.consent.grants.papers import grant_document
from tools.soft_passkey import SoftPasskey

FOLDER = Path(__file__).parent / "vectors_acceptance"

GRANT = canonical(grant_document())
RHEA = passkey("rhea")
TEXT = acceptance_text(GRANT, name="Rhea Person", email="rhea@example.org", at=NOON)


@dataclass(frozen=True)
class Vector:
    why: str
    envelope: str
    expect: str = "accepted"
    grant: str = GRANT.decode()
    rp_id: str = RP_ID
    origins: tuple[str, ...] = (ORIGIN,)


def verdict(vector: Vector) -> str:
    """Return "accepted", or the code of the refusal."""
    try:
        verify_acceptance(
            SignedAcceptance.from_json(vector.envelope),
            grant=vector.grant.encode(),
            rp_id=vector.rp_id,
            origins=tuple(vector.origins),
        )
    except GrantRefused as refusal:
        return refusal.code
    return "accepted"


def signed(text: bytes = TEXT, key: SoftPasskey = RHEA, over: bytes | None = None) -> str:
    """An envelope; ``over`` is what the passkey was asked to sign, if not this text."""
    parts = key.make_assertion(over or acceptance_challenge(text))
    return SignedAcceptance(text, key.cose, key.credential_id, *parts).to_json()


def changed(**fields: Any) -> bytes:
    """The sound text with some fields changed."""
    return canonical(json.loads(TEXT) | fields)


def request_with(**fields: Any) -> bytes:
    return changed(request=json.loads(TEXT)["request"] | fields)


def envelope_with(change: Callable[[dict[str, Any]], Any]) -> str:
    envelope = json.loads(signed())
    change(envelope)
    return canonical(envelope).decode()


def unverified() -> str:
    """Signed by somebody whose device did not ask who she is."""
    held = SignedAcceptance.from_json(signed())
    data = held.authenticator_data[:32] + b"\x01" + held.authenticator_data[33:]
    seal = RHEA.sign_bytes(data + hashlib.sha256(held.client_data_json).digest())
    return replace(held, authenticator_data=data, signature=seal).to_json()


def pretty(text: bytes) -> bytes:
    return json.dumps(json.loads(text), indent=1).encode()


GOOD = {
    "es256": Vector("The conditions, signed with ES256.", signed()),
    "eddsa": Vector("Signed with EdDSA.", signed(key=passkey("rhea ed", "EdDSA"))),
    "rs256": Vector("Signed with RS256.", signed(key=passkey("rhea rsa", "RS256"))),
}

_TEXTS = {
    "other-grant": ("The id of another grant.", changed(grant=grant_document()["request"]["id"])),
    "other-digest": ("The digest of another grant.", changed(grant_digest="0" * 64)),
    "other-request": ("Another request.", request_with(id=grant_document()["id"])),
    "other-revision": ("Another revision of the request.", request_with(revision=2)),
    "other-request-digest": ("Another text of the request.", request_with(digest="0" * 64)),
    "one-condition-left-out": ("Other conditions.", changed(conditions=["Nothing much."])),
    "one-condition-more": (
        "A condition that the grant does not hold.",
        changed(conditions=[*json.loads(TEXT)["conditions"], "And one more."]),
    ),
}
_MALFORMED = {
    "no-conditions": ("No conditions at all.", changed(conditions=[])),
    "unknown-field": ("A field that is not known.", changed(but="not on Sundays")),
    "other-version": ("Another version.", changed(version=2)),
    "no-address": ("A person without address.", changed(person={"name": "R", "email": ""})),
    "nobody": ("A person without a name.", changed(person={"name": " ", "email": "r@e.org"})),
    "time-with-zone": ("A time in another spelling.", changed(accepted="2031-05-04T12:00:00+00")),
    "not-canonical": ("Spaces between the fields.", pretty(TEXT)),
}
_SIGNED = {
    "for-another-text": (
        "The signature is over another text.",
        signed(over=acceptance_challenge(changed(accepted="2031-05-04T12:00:01Z"))),
    ),
    "as-a-grant": (
        "The signature of a steward under a grant.",
        signed(over=challenge("grant", TEXT, Answer.YES)),
    ),
    "answer-no": (
        "The signature is for the answer no.",
        signed(over=challenge("acceptance", TEXT, Answer.NO)),
    ),
    "other-key": (
        "The public key is another person's.",
        replace(SignedAcceptance.from_json(signed()), cose=passkey("stranger").cose).to_json(),
    ),
    "other-site": (
        "Made for another site.",
        signed(key=passkey("rhea", "ES256", "evil.example", ORIGIN)),
    ),
    "other-page": (
        "Signed on another site's page.",
        signed(key=passkey("rhea", "ES256", RP_ID, "http://localhost:8001")),
    ),
    "not-verified": ("Signed without showing who she is.", unverified()),
    "flipped": (
        "One byte of the signature is another.",
        envelope_with(lambda e: e.update(signature="AA" + e["signature"][2:])),
    ),
}

BAD = (
    {name: Vector(why, signed(text), "bad-acceptance") for name, (why, text) in _TEXTS.items()}
    | {name: Vector(why, signed(text), "malformed") for name, (why, text) in _MALFORMED.items()}
    | {name: Vector(why, env, "bad-acceptance") for name, (why, env) in _SIGNED.items()}
    | {
        "no-key": Vector(
            "The envelope holds no key.", envelope_with(lambda e: e.pop("cose")), "malformed"
        ),
        "a-grant": Vector("A grant is no acceptance.", signed(GRANT), "wrong-type"),
        "grant-changed": Vector(
            "The grant that is held is another one by a round.",
            signed(),
            "bad-acceptance",
            grant=canonical(
                grant_document(run=grant_document()["run"] | {"max_rounds": 4})
            ).decode(),
        ),
    }
)


def files() -> dict[Path, str]:
    """The text of every vector by its path."""
    return {
        FOLDER / kind / f"{name}.json": json.dumps(vars(vector), indent=2) + "\n"
        for kind, vectors in (("good", GOOD), ("bad", BAD))
        for name, vector in vectors.items()
    }


def main() -> None:
    for old in FOLDER.glob("*/*.json"):
        old.unlink()
    for path, text in files().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    print(f"{len(GOOD)} good and {len(BAD)} bad vectors written.")


if __name__ == "__main__":
    main()
