"""Chains of charters and lists of notices that a verifier must refuse."""

from typing import Any

from consent.grants.codec import b64u, canonical, time_text
from consent.grants.statements import Signed
from tests.consent.grants.cast import (
    AMINA,
    BELA,
    CORA,
    DORI,
    NOON,
    STRANGER,
    ballot,
    cast,
    charter_document,
    ed25519_key,
    first_charter,
    more,
    next_document,
    passkey,
    second_charter,
    sha,
    steward,
)
from tests.consent.grants.good_vectors import of_charter
from tests.consent.grants.papers import GRANT_ID, notices_document, pause, revocation, sound_grant
from tests.consent.grants.vector import Vector, refused, signed_list

SOUND = sound_grant()


def bad_list(why: str, code: str, *items: Signed, **changes: Any) -> Vector:
    notices = signed_list(notices_document(*items, **changes))
    return Vector(why, notices=notices, expect=refused("notices", code))


def chain(why: str, *charters: Signed, code: str = "broken-charter-chain", **case: Any) -> Vector:
    texts = [charter.to_json() for charter in charters]
    case = {"fingerprint": charters[0].digest} | case
    return Vector(why, charters=texts, expect=refused("charters", code), **case)


def _alone_after_recusals() -> Vector:
    """Consensus with one yes: all others signed that they step aside."""
    rules = charter_document()["rules"] | {"grant": {"rule": "consensus"}}
    charter = cast(charter_document(rules=rules), AMINA, BELA, CORA)
    case = of_charter(charter)
    signed = Signed(Signed.from_json(case["envelope"]).statement, ())
    for key, answer in ((AMINA, "yes"), (BELA, "recuse"), (CORA, "recuse")):
        signed = more(signed, ballot(key, signed.statement, "grant", answer))
    return Vector(
        "All but one stepped aside; consensus needs the floor of two.",
        **case | {"envelope": signed.to_json()},
        expect=refused("run", "not-decided", 5),
    )


FORGED = [passkey(f"forged {n}") for n in range(3)]
FORGED_PEOPLE = [steward(n, [k]) for n, k in zip("xyz", FORGED, strict=True)]

CHARTERS: dict[str, Vector] = {
    "other-fingerprint": chain(
        "Not the charter whose fingerprint was compared.",
        first_charter(),
        fingerprint=sha("another"),
    ),
    "first-charter-not-signed-by-all": chain(
        "A steward listed in the first charter did not sign it.",
        cast(charter_document(), AMINA, BELA),
    ),
    "first-charter-is-a-second": chain(
        "A chain cannot begin in the middle.",
        cast(next_document(first_charter(), 2), BELA, CORA, DORI),
    ),
    "number-skipped": chain(
        "Charter 3 after charter 1.",
        first_charter(),
        cast(next_document(first_charter(), 3), BELA, CORA),
    ),
    "fork": chain(
        "Charter 2 names another charter 1.",
        first_charter(),
        cast(next_document(first_charter(), 2, previous=sha("fork")), BELA, CORA),
    ),
    "charter-of-another-community": chain(
        "Charter 2 is another community's.",
        first_charter(),
        cast(next_document(first_charter(), 2, community="coast"), BELA, CORA),
    ),
    "rollback": chain(
        "Charter 2 comes again after charter 2.",
        first_charter(),
        second_charter(),
        second_charter(),
    ),
    "adopts-itself": chain(
        "The platform wrote charter 2 with stewards of its own, who all signed.",
        first_charter(),
        cast(next_document(first_charter(), 2, stewards=FORGED_PEOPLE), *FORGED),
    ),
    "votes-herself-in": chain(
        "A steward who is new in charter 2 counts for its adoption.",
        first_charter(),
        cast(next_document(first_charter(), 2), BELA, DORI),
    ),
    "charter-below-the-floor": chain(
        "A rule asks for fewer yeses than the floor.",
        cast(charter_document(floor=3), AMINA, BELA, CORA),
        code="malformed",
    ),
    "one-key-two-stewards": chain(
        "One key under two names is one hand with two votes.",
        cast(
            charter_document(stewards=[steward("amina", [AMINA]), steward("alma", [AMINA])]), AMINA
        ),
        code="malformed",
    ),
    "consensus-below-the-floor": _alone_after_recusals(),
}

LISTS: dict[str, Vector] = {
    "list-signed-by-another": Vector(
        "The list is not signed with the charter's checkpoint key.",
        notices={
            "list": canonical(notices_document()).decode(),
            "signature": b64u(ed25519_key("other").sign(canonical(notices_document()))),
        },
        expect=refused("notices", "bad-signature"),
    ),
    "list-changed": Vector(
        "A list of later date under the signature of an earlier one.",
        notices=signed_list(notices_document())
        | {"list": canonical(notices_document(issued=time_text(NOON))).decode()},
        expect=refused("notices", "bad-signature"),
    ),
    "list-of-another-community": bad_list(
        "Another community's list.", "wrong-community", community="coast"
    ),
    "list-rolled-back": Vector(
        "The node has seen list 8; this is list 7.",
        last_sequence=8,
        expect=refused("notices", "rolled-back"),
    ),
    "revocation-by-one": bad_list(
        "A revocation needs the full rule; a bad item refuses the list.",
        "not-decided",
        cast(revocation(), AMINA),
    ),
    "pause-by-a-stranger": bad_list(
        "A pause by somebody who is not a steward.", "bad-ballot", cast(pause(), STRANGER)
    ),
    "grant-among-notices": bad_list(
        "Something that is not a notice in the list.", "wrong-type", SOUND
    ),
    "two-pauses-one-id": bad_list(
        "Two pauses share an id: a resume would lift both.",
        "malformed",
        cast(pause(), CORA),
        cast(pause(scope=GRANT_ID), CORA),
    ),
}


BAD: dict[str, Vector] = CHARTERS | LISTS
