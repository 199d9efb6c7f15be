"""Vectors for each decision rule: a charter of five, two bodies, and who signed what."""

from typing import Any

from consent.grants.statements import Signed
from tests.consent.grants.cast import (
    AMINA,
    BELA,
    CORA,
    DORI,
    ballot,
    cast,
    charter_document,
    more,
    passkey,
    rules,
    steward,
)
from tests.consent.grants.papers import grant_document
from tests.consent.grants.vector import Vector, refused

KEYS = {"amina": AMINA, "bela": BELA, "cora": CORA, "dori": DORI, "esi": passkey("esi", "EdDSA")}
BODIES = {
    "amina": ["board"],
    "bela": ["board"],
    "cora": ["board", "elders"],
    "dori": ["elders"],
    "esi": [],
}
ELDER = {"body": "elders", "rule": "threshold", "m": 1}
MAJORITY = {"rule": "majority"}
TWO_THIRDS = {"rule": "two-thirds"}
QUORUM = {"rule": "quorum-majority", "quorum": 80}
DECIDER = {"rule": "named-decider", "steward": "st-dori"}
SEQUENCE = {"rule": "sequence", "steps": [{"body": "board", "rule": "majority"}, ELDER]}
VETO = {"rule": "threshold", "m": 2, "vetoes": [ELDER]}


def charter_of_five(rule: dict[str, Any], floor: int = 2) -> Signed:
    """A first charter whose grants are decided by ``rule``, signed by all five."""
    people = [steward(name, [key]) | {"bodies": BODIES[name]} for name, key in KEYS.items()]
    document = charter_document(stewards=people, floor=floor, rules=rules(floor, grant=rule))
    return cast(document, *KEYS.values())


def decided_by(rule: dict[str, Any], floor: int = 2, **answers: str) -> dict[str, Any]:
    """A charter and a grant on which these stewards signed these answers."""
    charter = charter_of_five(rule, floor)
    grant = cast(grant_document(charter={"number": 1, "digest": charter.digest}))
    ballots = (ballot(KEYS[n], grant.statement, "grant", a) for n, a in answers.items())
    return {
        "charters": [charter.to_json()],
        "fingerprint": charter.digest,
        "envelope": more(grant, *ballots).to_json(),
    }


def undecided(why: str, rule: dict[str, Any], floor: int = 2, **answers: str) -> Vector:
    case = decided_by(rule, floor, **answers)
    return Vector(why, **case, expect=refused("run", "not-decided", 5))


def no_charter(why: str, rule: dict[str, Any]) -> Vector:
    """A charter that holds a rule which it could never follow."""
    charter = charter_of_five(rule)
    return Vector(
        why,
        charters=[charter.to_json()],
        fingerprint=charter.digest,
        expect=refused("charters", "malformed"),
    )


GOOD: dict[str, Vector] = {
    "majority-after-recusal": Vector(
        "Majority: two of the three who did not step aside.",
        **decided_by(MAJORITY, amina="yes", bela="yes", dori="recuse", esi="recuse"),
    ),
    "two-thirds-exactly": Vector(
        "Two thirds: two of three open seats are exactly enough.",
        **decided_by(TWO_THIRDS, amina="yes", bela="yes", dori="recuse", esi="recuse"),
    ),
    "quorum-reached-by-a-no": Vector(
        "Four of five have answered, one of them with no: the quorum of 80 percent is there, and "
        "three yes are more than half.",
        **decided_by(QUORUM, amina="yes", bela="yes", cora="yes", dori="no"),
    ),
    "quorum-shrinks-with-recusals": Vector(
        "Two stepped aside; 80 percent of three, rounded up, are three answers.",
        **decided_by(QUORUM, amina="yes", bela="yes", cora="not-yet", dori="recuse", esi="recuse"),
    ),
    "named-decider-with-the-floor": Vector(
        "The named decider says yes, and one more does because the floor is two.",
        **decided_by(DECIDER, dori="yes", esi="yes"),
    ),
    "sequence-signed-in-any-order": Vector(
        "Each body agreed; the elders' ballot stands first, and order says nothing.",
        **decided_by(SEQUENCE, dori="yes", amina="yes", bela="yes"),
    ),
    "one-steward-in-both-bodies": Vector(
        "A steward of two bodies counts in each of them.",
        **decided_by(SEQUENCE, amina="yes", cora="yes"),
    ),
    "veto-not-used": Vector(
        "The body that holds a veto said yes.", **decided_by(VETO, amina="yes", cora="yes")
    ),
}

BAD: dict[str, Vector] = {
    "majority-half": undecided(
        "Two of four open seats are half, not more.",
        MAJORITY,
        amina="yes",
        bela="yes",
        esi="recuse",
    ),
    "majority-below-the-floor": undecided(
        "More than half of those left, but fewer than the floor.",
        MAJORITY,
        3,
        amina="yes",
        bela="yes",
        dori="recuse",
        esi="recuse",
    ),
    "two-thirds-short": undecided(
        "Three of five are less than two thirds.", TWO_THIRDS, amina="yes", bela="yes", cora="yes"
    ),
    "quorum-short": undecided(
        "Three yes are more than half, but only three of five have answered.",
        QUORUM,
        amina="yes",
        bela="yes",
        cora="yes",
    ),
    "quorum-of-recusals": undecided(
        "Who steps aside has not answered: three of four open seats are less than 80 percent.",
        QUORUM,
        amina="yes",
        bela="yes",
        cora="yes",
        dori="recuse",
    ),
    "quorum-without-majority": undecided(
        "All answered, two of five said yes.",
        QUORUM,
        amina="yes",
        bela="yes",
        cora="no",
        dori="no",
        esi="not-yet",
    ),
    "without-the-named-decider": undecided(
        "Everyone but the named decider said yes.",
        DECIDER,
        amina="yes",
        bela="yes",
        cora="yes",
        esi="yes",
    ),
    "named-decider-steps-aside": undecided(
        "The named decider stepped aside: nobody takes her place.",
        DECIDER,
        amina="yes",
        bela="yes",
        cora="yes",
        dori="recuse",
        esi="yes",
    ),
    "named-decider-alone-below-the-floor": undecided(
        "The named decider alone is fewer than the floor.", DECIDER, dori="yes"
    ),
    "sequence-without-the-last-body": undecided(
        "The board said yes, the elders did not.", SEQUENCE, amina="yes", bela="yes", esi="yes"
    ),
    "sequence-without-the-first-body": undecided(
        "The elders said yes, of the board one did.", SEQUENCE, amina="yes", dori="yes", esi="yes"
    ),
    "a-body-of-nobody": undecided(
        "Both elders stepped aside: a body of nobody never agrees.",
        SEQUENCE,
        amina="yes",
        bela="yes",
        cora="recuse",
        dori="recuse",
        esi="yes",
    ),
    "veto": undecided(
        "Enough said yes, but nobody of the body that holds a veto.",
        VETO,
        amina="yes",
        bela="yes",
        esi="yes",
    ),
    "rule-of-an-unknown-body": no_charter(
        "A rule names a body in which no steward sits.",
        SEQUENCE | {"steps": [ELDER | {"body": "youth"}]},
    ),
    "rule-of-an-unknown-steward": no_charter(
        "A rule names a decider who is no steward.", DECIDER | {"steward": "st-gala"}
    ),
    "rule-with-a-body-twice": no_charter(
        "A sequence asks one body twice.", SEQUENCE | {"steps": [ELDER, ELDER]}
    ),
    "rule-in-a-rule": no_charter(
        "A step of a sequence is a sequence.", SEQUENCE | {"steps": [SEQUENCE | {"body": "board"}]}
    ),
    "rule-with-no-steps": no_charter("A sequence of no bodies.", SEQUENCE | {"steps": []}),
    "rule-with-no-vetoes": no_charter(
        "An empty list of vetoes is a second spelling of none.", VETO | {"vetoes": []}
    ),
    "rule-with-a-quorum-of-nobody": no_charter("A quorum of zero percent.", QUORUM | {"quorum": 0}),
}
