"""Grants and ballots that a verifier must refuse, each with one thing wrong."""

import hashlib
from dataclasses import replace
from typing import Any

from consent.grants.statements import Answer, Signed
from tests.consent.grants.cast import (
    AMINA,
    BELA,
    CORA,
    CORA_PHONE,
    ORIGIN,
    RP_ID,
    STRANGER,
    ballot,
    cast,
    more,
    passkey,
    sha,
)
from tests.consent.grants.good_vectors import BOTH
from tests.consent.grants.papers import grant_document, grant_with, pause, sound_grant
from tests.consent.grants.vector import Vector, refused

SOUND = sound_grant()
TEXT = SOUND.statement.decode()
CLIENT = SOUND.ballots[0].client_data_json


def grant(why: str, step: int, code: str, signed: Signed, **case: Any) -> Vector:
    """A vector about the grant itself."""
    return Vector(why, envelope=signed.to_json(), expect=refused("run", code, step), **case)


def odd(statement: bytes) -> Signed:
    """Any bytes as the statement, with yeses that were really signed over them."""
    keys = (AMINA, BELA)
    return Signed(statement, tuple(ballot(key, statement, "grant") for key in keys))


def changed_ballot(**changes: Any) -> Signed:
    first, *rest = SOUND.ballots
    return replace(SOUND, ballots=(replace(first, **changes), *rest))


def resigned(authenticator_data: bytes, client_data: bytes) -> Signed:
    """Amina's signature is sound over these bytes, and Bela's ballot is sound."""
    signature = AMINA.sign_bytes(authenticator_data + hashlib.sha256(client_data).digest())
    return changed_ballot(
        authenticator_data=authenticator_data, client_data_json=client_data, signature=signature
    )


def flags(value: int) -> Signed:
    whole = SOUND.ballots[0].authenticator_data
    return resigned(whole[:32] + bytes([value]) + whole[33:], CLIENT)


def client(data: bytes) -> Signed:
    return resigned(SOUND.ballots[0].authenticator_data, data)


STATEMENTS: dict[str, Vector] = {
    "spaces": grant(
        "The statement is valid JSON, signed, but not in canonical form.",
        1,
        "malformed",
        odd(TEXT.replace(":", ": ", 1).encode()),
    ),
    "key-twice": grant(
        "The statement names a field twice; two readers could take different ones.",
        1,
        "malformed",
        odd(TEXT.replace('"version":1', '"version":1,"version":1').encode()),
    ),
    "float": grant(
        "The statement holds a number with a fraction.",
        1,
        "malformed",
        odd(TEXT.replace('"min_nodes":3', '"min_nodes":3.0').encode()),
    ),
    "unknown-field": grant(
        "A field this version does not know might be a limit.",
        1,
        "malformed",
        cast(grant_document(unless="raining"), AMINA, BELA),
    ),
    "missing-field": grant(
        "A field is missing: an absent limit is not an unlimited one.",
        1,
        "malformed",
        odd(TEXT.replace('"min_cohort":100,', "").encode()),
    ),
    "version-2": grant(
        "A version that this verifier does not know.",
        1,
        "malformed",
        cast(grant_document(version=2), AMINA, BELA),
    ),
    "true-for-one": grant(
        "true is not the number 1, though some languages think so.",
        1,
        "malformed",
        cast(grant_with("run", max_rounds=True), AMINA, BELA),
    ),
    "one-protocol-line-twice": grant(
        "Two versions of one protocol could contradict each other.",
        1,
        "malformed",
        cast(
            grant_document(
                protocols=[{"line": "main", "number": n, "digest": sha("protocol")} for n in (1, 2)]
            ),
            AMINA,
            BELA,
        ),
    ),
    "no-variables": grant(
        "An empty list of variables does not mean all of them.",
        1,
        "malformed",
        cast(grant_with("data", variables=[]), AMINA, BELA),
    ),
    "hidden-text": grant(
        "A mark that turns the direction of writing makes a text read other than it is.",
        1,
        "malformed",
        cast(grant_with("purpose", text="heart\u202etrams"), AMINA, BELA),
    ),
    "too-deep": grant(
        "Nesting beyond twelve levels.",
        1,
        "malformed",
        odd(TEXT.replace('"coast"', "[" * 13 + "]" * 13).encode()),
    ),
    "not-a-grant": grant(
        "A pause with enough yeses is not a grant.", 1, "wrong-type", cast(pause(), AMINA, BELA)
    ),
    "other-community": grant(
        "A grant of another community, though its stewards use the same passkeys.",
        2,
        "wrong-community",
        cast(grant_document(community="hill"), AMINA, BELA),
    ),
    "unknown-charter": grant(
        "The grant names a charter that is not in the node's chain.",
        3,
        "unknown-charter",
        cast(grant_document(charter={"number": 1, "digest": sha("x")}), AMINA, BELA),
    ),
    "stolen-old-keys": grant(
        "Charter 2 took Amina's stolen key out; the node first saw this grant, decided under "
        "charter 1 with that key, after charter 2.",
        3,
        "charter-superseded",
        SOUND,
        charters=BOTH,
        first_seen_charter=2,
    ),
}

BALLOTS: dict[str, Vector] = {
    "no-ballots": grant("Nobody signed.", 5, "not-decided", replace(SOUND, ballots=())),
    "one-ballot-short": grant(
        "One yes where two are needed.", 5, "not-decided", cast(grant_document(), AMINA)
    ),
    "one-steward-twice": grant(
        "The same ballot twice is one yes.", 5, "not-decided", cast(grant_document(), AMINA, AMINA)
    ),
    "one-steward-two-keys": grant(
        "Two keys of one steward are one yes.",
        5,
        "not-decided",
        cast(grant_document(), CORA, CORA_PHONE),
    ),
    "yes-with-conditions": grant(
        "A yes with conditions is not a yes.",
        5,
        "not-decided",
        cast(grant_document(), AMINA, BELA, answer=Answer.YES_WITH_CONDITIONS),
    ),
    "yes-and-no": grant(
        "A steward who signed both yes and no did not say yes.",
        5,
        "not-decided",
        more(SOUND, ballot(BELA, SOUND.statement, "grant", "no")),
    ),
    "all-recused": grant(
        "Everyone stepped aside.",
        5,
        "not-decided",
        cast(grant_document(), AMINA, BELA, CORA, answer=Answer.RECUSE),
    ),
    "stranger": grant(
        "Enough good ballots and one by a key that is not in the charter.",
        4,
        "bad-ballot",
        cast(grant_document(), AMINA, BELA, STRANGER),
    ),
    "strangers-signature": grant(
        "A steward's credential id over a stranger's signature.",
        4,
        "bad-ballot",
        changed_ballot(signature=STRANGER.sign(SOUND.statement, "grant", "yes").signature),
    ),
    "answer-changed": grant(
        "The steward signed no; the envelope says yes.",
        4,
        "bad-ballot",
        replace(
            SOUND,
            ballots=tuple(
                replace(b, answer=Answer.YES)
                for b in cast(grant_document(), AMINA, BELA, answer=Answer.NO).ballots
            ),
        ),
    ),
    "other-statement": grant(
        "Ballots cast on the same grant with two rounds fewer.",
        4,
        "bad-ballot",
        replace(SOUND, ballots=cast(grant_with("run", max_rounds=1), AMINA, BELA).ballots),
    ),
    "other-type": grant(
        "Ballots cast on the same bytes as another type of statement.",
        4,
        "bad-ballot",
        replace(
            SOUND,
            ballots=(
                ballot(AMINA, SOUND.statement, "release"),
                ballot(BELA, SOUND.statement, "release"),
            ),
        ),
    ),
    "other-site": grant(
        "A ballot made for another relying party.",
        4,
        "bad-ballot",
        cast(grant_document(), passkey("amina", "ES256", "evil.example", ORIGIN), BELA),
    ),
    "other-origin": grant(
        "A ballot signed on a page that is not in the charter.",
        4,
        "bad-ballot",
        cast(grant_document(), passkey("amina", "ES256", RP_ID, "http://localhost:1"), BELA),
    ),
    "signature-flipped": grant(
        "One bit of a signature is changed.",
        4,
        "bad-ballot",
        changed_ballot(
            signature=SOUND.ballots[0].signature[:-1] + bytes([SOUND.ballots[0].signature[-1] ^ 1])
        ),
    ),
    "user-not-present": grant("Nobody touched the authenticator.", 4, "bad-ballot", flags(0x04)),
    "user-not-verified": grant(
        "The authenticator did not check who held it.", 4, "bad-ballot", flags(0x01)
    ),
    "extension-data": grant(
        "The authenticator sends an extension that nobody asked for.", 4, "bad-ballot", flags(0x85)
    ),
    "registration": grant(
        "The signature answers a registration, not an assertion.",
        4,
        "bad-ballot",
        client(CLIENT.replace(b"webauthn.get", b"webauthn.create")),
    ),
    "cross-origin": grant(
        "Signed in a frame inside another site's page.",
        4,
        "bad-ballot",
        client(CLIENT.replace(b"false", b"true")),
    ),
    "client-data-key-twice": grant(
        "The client data names two challenges, the right one last.",
        4,
        "bad-ballot",
        client(CLIENT.replace(b'"challenge":', b'"challenge":"x","challenge":')),
    ),
}


BAD: dict[str, Vector] = STATEMENTS | BALLOTS
