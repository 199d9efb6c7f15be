"""Runs that a verifier must refuse though the grant is sound."""

from typing import Any

from consent.grants.codec import time_text
from consent.grants.statements import Signed
from tests.consent.grants.cast import AMINA, BELA, CORA, DAY, HOUR, NOON, SECOND, cast, sha
from tests.consent.grants.good_vectors import BOTH
from tests.consent.grants.papers import (
    GRANT_ID,
    NOTICE_IDS,
    notices_document,
    pause,
    resume,
    revocation,
)
from tests.consent.grants.vector import Vector, refused, signed_list, sound_facts


def facts(why: str, step: int, code: str, /, **changes: Any) -> Vector:
    return Vector(why, facts=sound_facts() | changes, expect=refused("run", code, step))


def listed(why: str, step: int, code: str, *items: Signed, **changes: Any) -> Vector:
    """A sound list of notices that stops the run."""
    notices = signed_list(notices_document(*items, **changes))
    return Vector(why, notices=notices, expect=refused("run", code, step))


IN_FORCE: dict[str, Vector] = {
    "a-second-early": Vector(
        "One second before not_before.",
        at=time_text(NOON - 2 * DAY - SECOND),
        first_seen=time_text(NOON - 3 * DAY),
        notices=signed_list(notices_document(issued=time_text(NOON - 3 * DAY))),
        expect=refused("run", "not-yet-valid", 6),
    ),
    "at-not-after": Vector(
        "At not_after the grant is over.",
        at=time_text(NOON + DAY),
        notices=signed_list(notices_document(issued=time_text(NOON + DAY))),
        expect=refused("run", "expired", 6),
    ),
    "cooling-off": Vector(
        "One second of the cooling-off time is left.",
        first_seen=time_text(NOON - HOUR + SECOND),
        expect=refused("run", "cooling-off", 7),
    ),
    "stale-notices": listed(
        "The list is one second older than the limit.",
        8,
        "stale-notices",
        issued=time_text(NOON - DAY - SECOND),
    ),
    "notices-from-the-future": listed(
        "A list dated ahead would stay fresh too long.",
        8,
        "stale-notices",
        issued=time_text(NOON + 301 * SECOND),
    ),
    "revoked": listed(
        "Two stewards revoked the grant.", 9, "revoked", cast(revocation(), AMINA, BELA)
    ),
    "revoked-and-resumed": listed(
        "A resume does not undo a revocation.",
        9,
        "revoked",
        cast(revocation(), AMINA, BELA),
        cast(resume(lifts=[NOTICE_IDS[0]]), AMINA, BELA),
    ),
    "paused-by-one": listed("One steward paused everything.", 10, "paused", cast(pause(), CORA)),
    "this-grant-paused": listed(
        "One steward paused this grant.", 10, "paused", cast(pause(scope=GRANT_ID), CORA)
    ),
    "resume-names-another-pause": listed(
        "A resume lifts only the pauses it names.",
        10,
        "paused",
        cast(pause(), CORA),
        cast(resume(lifts=[NOTICE_IDS[5]]), AMINA, BELA),
    ),
    "resume-before-the-pause": listed(
        "A resume does not lift a later pause.",
        10,
        "paused",
        cast(pause(created=time_text(NOON - HOUR)), CORA),
        cast(resume(), AMINA, BELA),
    ),
    "resume-under-an-old-charter": Vector(
        "A resume decided under charter 1 counts nothing once charter 2 is there; the pause "
        "still does.",
        charters=BOTH,
        notices=signed_list(notices_document(cast(pause(), AMINA), cast(resume(), AMINA, BELA))),
        expect=refused("run", "paused", 10),
    ),
}

IN_SCOPE: dict[str, Vector] = {
    "other-code": facts("Other code.", 11, "wrong-code", code=sha("code2")),
    "other-configuration": facts(
        "The approved code with other parameters.", 12, "wrong-configuration", config=sha("c2")
    ),
    "other-revision": facts(
        "The next revision of the request.", 13, "wrong-request", request=sha("revision 2")
    ),
    "other-keeper": facts(
        "Data of the same name at another community's node.", 14, "wrong-dataset", keeper="coast"
    ),
    "other-dataset": facts("Other data.", 14, "wrong-dataset", dataset="river-genomes"),
    "one-variable-more": facts(
        "One column more than agreed.", 15, "wrong-variables", variables=["age", "sex"]
    ),
    "no-variable-asked": facts(
        "A run that names no columns might read all.", 15, "wrong-variables", variables=[]
    ),
    "unknown-community": facts(
        "A community joined that nobody was asked about.",
        16,
        "wrong-aggregate",
        communities=["coast", "hill", "lake", "river"],
    ),
    "too-few-communities": facts(
        "Two communities where three are needed, one named twice.",
        16,
        "wrong-aggregate",
        communities=["hill", "river", "river"],
    ),
    "not-training": facts(
        "A query message reaches other code of the app.", 17, "wrong-message", message_type="query"
    ),
    "rounds-used-up": facts("A fourth round of three.", 18, "too-many-rounds", rounds_used=3),
}


BAD: dict[str, Vector] = IN_FORCE | IN_SCOPE
