"""Vectors that a verifier must allow."""

from consent.grants.codec import time_text
from consent.grants.statements import Signed
from tests.consent.grants.cast import (
    AMINA,
    BELA,
    CORA,
    CORA_PHONE,
    DAY,
    DORI,
    HOUR,
    NOON,
    SECOND,
    ballot,
    cast,
    charter_document,
    first_charter,
    more,
    passkey,
    rules,
    second_charter,
    sha,
    steward,
)
from tests.consent.grants.papers import (
    REQUEST_ID,
    grant_document,
    grant_with,
    notices_document,
    pause,
    resume,
    revocation,
    sound_grant,
)
from tests.consent.grants.vector import Vector, signed_list, sound_facts

ROSA = passkey("rosa", "RS256")
BOTH = [first_charter().to_json(), second_charter().to_json()]


def of_charter(signed: Signed, **changes) -> dict:
    """A charter of its own, and the grant decided under it."""
    document = grant_document(charter={"number": 1, "digest": signed.digest}) | changes
    return {
        "charters": [signed.to_json()],
        "fingerprint": signed.digest,
        "envelope": cast(document, ROSA, BELA, CORA).to_json(),
    }


def _consensus() -> dict:
    people = [steward(n, [k]) for n, k in (("rosa", ROSA), ("bela", BELA), ("cora", CORA))]
    document = charter_document(stewards=people, rules=rules(grant={"rule": "consensus"}))
    signed = cast(document, ROSA, BELA, CORA)
    case = of_charter(signed)
    grant = Signed.from_json(case["envelope"])
    aside = ballot(CORA, grant.statement, "grant", "recuse")
    return case | {"envelope": more(Signed(grant.statement, grant.ballots[:2]), aside).to_json()}


def _rsa() -> dict:
    people = [steward(n, [k]) for n, k in (("rosa", ROSA), ("bela", BELA), ("cora", CORA))]
    return of_charter(cast(charter_document(stewards=people), ROSA, BELA, CORA))


def _under_second() -> str:
    document = grant_document(charter={"number": 2, "digest": second_charter().digest})
    return cast(document, DORI, CORA).to_json()


GOOD: dict[str, Vector] = {
    "two-of-three": Vector("Two of three stewards said yes, one with ES256, one with EdDSA."),
    "rs256": Vector("One of the three yeses is signed with RS256.", **_rsa()),
    "consensus-after-recusal": Vector(
        "Consensus: one steward signed that she steps aside, all others said yes, and they are "
        "as many as the floor.",
        **_consensus(),
    ),
    "second-key": Vector(
        "A steward may sign with any of her keys.",
        envelope=cast(grant_document(), CORA_PHONE, BELA).to_json(),
    ),
    "two-yes-one-no": Vector(
        "Under a threshold of two, a no beside two yeses does not block.",
        envelope=more(
            sound_grant(), ballot(CORA, sound_grant().statement, "grant", "no")
        ).to_json(),
    ),
    "ballots-in-any-order-and-twice": Vector(
        "Ballots are a set: order and repeats change nothing.",
        envelope=Signed(
            sound_grant().statement, sound_grant().ballots[::-1] + sound_grant().ballots
        ).to_json(),
    ),
    "first-second": Vector(
        "not_before is the first second that is allowed.",
        at=time_text(NOON - 2 * DAY),
        first_seen=time_text(NOON - 3 * DAY),
        notices=signed_list(notices_document(issued=time_text(NOON - 2 * DAY))),
    ),
    "last-second": Vector(
        "The second before not_after is the last that is allowed.",
        at=time_text(NOON + DAY - SECOND),
        notices=signed_list(notices_document(issued=time_text(NOON))),
    ),
    "cooling-off-just-over": Vector(
        "Exactly cooling_off_s seconds after first sight the grant may be used.",
        first_seen=time_text(NOON - HOUR),
    ),
    "notices-as-old-as-allowed": Vector(
        "A list is fresh up to and including the age limit.",
        notices=signed_list(notices_document(issued=time_text(NOON - DAY))),
    ),
    "other-grant-stopped": Vector(
        "Revoking and pausing another grant does not touch this one.",
        notices=signed_list(
            notices_document(
                cast(revocation(grant=REQUEST_ID), AMINA, BELA), cast(pause(scope=REQUEST_ID), CORA)
            )
        ),
    ),
    "pause-lifted": Vector(
        "A pause that a resume names, decided under the newest charter and not older than the "
        "pause, is lifted; the resume may stand before it.",
        notices=signed_list(notices_document(cast(resume(), AMINA, BELA), cast(pause(), CORA))),
    ),
    "older-charter-seen-in-time": Vector(
        "The grant names charter 1; the node first held it while charter 1 was the newest.",
        charters=BOTH,
    ),
    "newer-charter": Vector(
        "The grant is decided under charter 2, by a steward who is new in it.",
        charters=BOTH,
        first_seen_charter=2,
        envelope=_under_second(),
    ),
    "fewer-variables-last-round": Vector(
        "A run may ask for fewer variables than granted; with two of three rounds used one is "
        "left.",
        facts=sound_facts() | {"variables": ["bmi"], "rounds_used": 2},
    ),
    "fewer-communities": Vector(
        "Two of the three named communities are enough when min_nodes is two.",
        envelope=cast(grant_document(min_nodes=2), AMINA, BELA).to_json(),
        facts=sound_facts() | {"communities": ["river", "hill"]},
    ),
    "two-protocols": Vector(
        "A grant may follow several of the community's protocols.",
        envelope=cast(
            grant_document(
                protocols=[
                    {"line": line, "number": n, "digest": sha(line)}
                    for n, line in enumerate(("genomes", "main"), start=1)
                ]
            ),
            AMINA,
            BELA,
        ).to_json(),
    ),
    "noise-and-names": Vector(
        "Decimals are text; names may be written in any script.",
        envelope=cast(
            grant_with("privacy", dp={"epsilon": "0.5", "delta": "1e-6", "unit": "person"})
            | {"people": [{"name": "Łucja Ōta-Đặng", "email": "l@example.org", "orcid": ""}]},
            AMINA,
            CORA,
        ).to_json(),
    ),
}
