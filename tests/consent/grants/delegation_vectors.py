"""Vectors for grants that rest, or do not rest, on a delegation."""

import json
from typing import Any

from consent.grants.codec import time_text
from consent.grants.statements import Signed
from tests.consent.grants.cast import (
    AMINA,
    BELA,
    CORA,
    DAY,
    NOON,
    SECOND,
    STRANGER,
    ballot,
    cast,
    first_charter,
    more,
    second_charter,
    sha,
)
from tests.consent.grants.good_vectors import BOTH
from tests.consent.grants.papers import (
    DELEGATION_ID,
    REQUEST_ID,
    delegated,
    delegation_document,
    grant_document,
    notices_document,
    pause,
    resume,
    revocation,
    sound_delegation,
    sound_grant,
)
from tests.consent.grants.vector import Vector, refused, signed_list

SCOPE = delegation_document()["scope"]
ONE, TWO = sha("one other grant"), sha("another other grant")
TWO_OTHERS = {DELEGATION_ID: [ONE, TWO]}


def refusal(why: str, code: str, signed: Signed, step: int = 5, **case: Any) -> Vector:
    """A grant with a delegation that does not carry it."""
    expect = refused("run", code, step)
    return Vector(why, **{"envelope": signed.to_json(), "counted": {}, "expect": expect} | case)


def outside(why: str, /, **changes: Any) -> Vector:
    """The delegation was decided with these changes, and the grant lies outside it."""
    return refusal(why, "outside-delegation", delegated(**changes))


def stopped(why: str, step: int, code: str, *items: Signed) -> Vector:
    return refusal(why, code, delegated(), step, notices=signed_list(notices_document(*items)))


def unreadable(why: str, **changes: Any) -> Vector:
    """An envelope whose ``under`` cannot be read."""
    text = json.dumps(json.loads(sound_grant().to_json()) | changes)
    return Vector(why, envelope=text, expect=refused("envelope", "malformed"))


def of_an_older_charter() -> dict[str, Any]:
    """Two who sit in both charters delegated under the first; the grant is under the second."""
    first = {"number": 1, "digest": first_charter().digest}
    second = {"number": 2, "digest": second_charter().digest}
    delegation = cast(delegation_document(charter=first, delegate="st-cora"), BELA, CORA)
    return {
        "signed": delegated(cast(grant_document(charter=second), CORA), delegation),
        "charters": BOTH,
        "first_seen_charter": 2,
    }


GOOD: dict[str, Vector] = {
    "under-a-delegation": Vector(
        "One steward said yes, to whom two delegated this dataset and code.",
        envelope=delegated().to_json(),
        counted={},
    ),
    "last-of-a-delegation": Vector(
        "One other grant of two was counted; a grant that was counted is not counted again.",
        envelope=delegated().to_json(),
        counted={DELEGATION_ID: [ONE, sound_grant().digest], REQUEST_ID: [TWO]},
    ),
    "delegate-who-is-not-a-signer-of-it": Vector(
        "Two delegated to a third.",
        envelope=delegated(
            cast(grant_document(), CORA),
            cast(delegation_document(delegate="st-cora"), AMINA, BELA),
        ).to_json(),
        counted={},
    ),
    "delegation-begins-with-the-grant": Vector(
        "The grant's first second is the delegation's.",
        envelope=delegated(not_before=time_text(NOON - 2 * DAY)).to_json(),
        counted={},
    ),
    "delegation-not-needed": Vector(
        "Two stewards said yes themselves: the delegation beside it is used up, and is not asked.",
        envelope=delegated(sound_grant()).to_json(),
        counted=TWO_OTHERS,
    ),
    "pause-of-a-delegation-lifted": Vector(
        "The pause of the delegation was lifted by the full rule.",
        envelope=delegated().to_json(),
        notices=signed_list(
            notices_document(cast(pause(scope=DELEGATION_ID), CORA), cast(resume(), AMINA, BELA))
        ),
        counted={},
    ),
}

BAD: dict[str, Vector] = {
    "delegate-alone-without-delegation": refusal(
        "One yes, and no delegation.", "not-decided", cast(grant_document(), AMINA)
    ),
    "delegation-decided-by-one": refusal(
        "The delegate delegated to herself.",
        "not-decided",
        delegated(delegation=cast(delegation_document(), AMINA)),
    ),
    "delegation-with-a-forged-ballot": refusal(
        "One of the ballots on the delegation is a stranger's.",
        "bad-ballot",
        delegated(
            delegation=more(
                sound_delegation(), ballot(STRANGER, sound_delegation().statement, "delegation")
            )
        ),
    ),
    "delegation-with-ballots-of-a-grant": refusal(
        "The ballots on the delegation were cast as on a grant.",
        "bad-ballot",
        delegated(
            delegation=Signed(
                sound_delegation().statement,
                tuple(ballot(k, sound_delegation().statement, "grant") for k in (AMINA, BELA)),
            )
        ),
    ),
    "another-than-the-delegate": refusal(
        "A steward to whom nothing was delegated said yes.",
        "not-decided",
        delegated(cast(grant_document(), CORA)),
    ),
    "delegate-said-no": refusal(
        "The delegate said no.",
        "not-decided",
        delegated(cast(grant_document(), AMINA, answer="no")),
    ),
    "delegation-for-other-data": outside(
        "Other data was delegated.", scope=SCOPE | {"dataset": "river-genomes"}
    ),
    "delegation-for-another-keepers-data": outside(
        "Data of the same name was delegated, which another community keeps.",
        scope=SCOPE | {"keeper": "coast"},
    ),
    "delegation-for-other-code": outside(
        "Other code was delegated.", scope=SCOPE | {"code": sha("code2")}
    ),
    "delegation-of-fewer-rounds": outside("The grant has three rounds.", max_rounds=2),
    "delegation-not-begun": outside(
        "The grant begins one second before the delegation.",
        not_before=time_text(NOON - 2 * DAY + SECOND),
    ),
    "delegation-over-before-the-grant": outside(
        "The grant begins when the delegation ends.", not_after=time_text(NOON - 2 * DAY)
    ),
    "delegation-over-now": outside(
        "The grant holds for another day; the delegation ended now.", not_after=time_text(NOON)
    ),
    "delegation-of-an-older-charter": refusal(
        "The delegation was decided under the charter before.",
        "outside-delegation",
        **of_an_older_charter(),
    ),
    "delegation-used-up": refusal(
        "Two other grants were counted, and two were delegated.",
        "outside-delegation",
        delegated(),
        counted=TWO_OTHERS,
    ),
    "delegation-used-up-under-one-id": refusal(
        "Two grants were counted, of which one has the id of this one and other words: what counts "
        "is the digest.",
        "outside-delegation",
        delegated(),
        counted={DELEGATION_ID: [ONE, cast(grant_document(min_cohort=200), AMINA).digest]},
    ),
    "delegation-that-nobody-counts": Vector(
        "A verifier that does not count lets no grant rest on a delegation.",
        envelope=delegated().to_json(),
        expect=refused("run", "outside-delegation", 5),
    ),
    "delegation-of-another-community": refusal(
        "Another community delegated, in which both sit with the same passkeys.",
        "wrong-community",
        delegated(community="coast"),
    ),
    "delegation-of-another-type": refusal(
        "A second grant stands where the delegation should.",
        "wrong-type",
        delegated(delegation=sound_grant()),
    ),
    "delegation-for-too-many-grants": refusal(
        "A delegation is for at most fifty grants.", "malformed", delegated(max_grants=51)
    ),
    "delegation-for-too-long": refusal(
        "A delegation is for at most 366 days.",
        "malformed",
        delegated(
            not_before=time_text(NOON - 10 * DAY),
            not_after=time_text(NOON + 356 * DAY + SECOND),
        ),
    ),
    "delegation-revoked": stopped(
        "Two revoked the delegation.",
        9,
        "revoked",
        cast(revocation(grant=DELEGATION_ID), AMINA, BELA),
    ),
    "delegation-paused-by-one": stopped(
        "One steward paused the delegation.", 10, "paused", cast(pause(scope=DELEGATION_ID), CORA)
    ),
    "delegation-in-a-delegation": unreadable(
        "A delegation came with a delegation.",
        under=json.loads(delegated(sound_delegation()).to_json()),
    ),
    "delegation-without-ballots-field": unreadable(
        "The delegation is a statement without ballots.",
        under={"statement": sound_delegation().statement.decode()},
    ),
    "delegation-of-nothing": unreadable("The field is there and holds nothing.", under=None),
}
