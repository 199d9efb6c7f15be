"""The papers of the sound case: its grant, notices and receipt, and allow_run's arguments."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from typing import Any

from consent.grants.charter import Charter
from consent.grants.codec import canonical, digest, time_text
from consent.grants.delegation import Counted
from consent.grants.grant import Claims
from consent.grants.notices import Notices, verify_notices
from consent.grants.statements import Signed
from consent.grants.verify import RunFacts, allow_run
from tests.consent.grants.cast import (
    AMINA,
    BELA,
    CHECKPOINT,
    DAY,
    HOUR,
    NOON,
    cast,
    chain_of_one,
    first_charter,
    sha,
)

GRANT_ID = "7d0c3c52-1f44-4b0e-9d7a-0d5f3f2f6a01"
REQUEST_ID = "7d0c3c52-1f44-4b0e-9d7a-0d5f3f2f6a02"
DELEGATION_ID = "7d0c3c52-1f44-4b0e-9d7a-0d5f3f2f6a03"
NOTICE_IDS = [f"7d0c3c52-1f44-4b0e-9d7a-0d5f3f2f6b{n:02d}" for n in range(20)]


def grant_document(**changes: Any) -> dict[str, Any]:
    return {
        "type": "grant",
        "version": 1,
        "community": "river",
        "id": GRANT_ID,
        "charter": {"number": 1, "digest": first_charter().digest},
        "protocols": [{"line": "main", "number": 1, "digest": sha("protocol")}],
        "request": {"id": REQUEST_ID, "revision": 1, "digest": sha("request")},
        "run": {
            "job": "linear-regression",
            "job_version": "1.0.0",
            "code": sha("code"),
            "config": sha("config"),
            "max_rounds": 3,
        },
        "data": {
            "keeper": "river",
            "dataset": "river-diabetes",
            "variables": ["age", "bmi", "progression"],
        },
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


def delegation_document(**changes: Any) -> dict[str, Any]:
    """Amina may say yes alone, to what the sound grant is about."""
    return {
        "type": "delegation",
        "version": 1,
        "community": "river",
        "id": DELEGATION_ID,
        "charter": {"number": 1, "digest": first_charter().digest},
        "delegate": "st-amina",
        "scope": {"keeper": "river", "dataset": "river-diabetes", "code": sha("code")},
        "max_grants": 2,
        "max_rounds": 3,
        "not_before": time_text(NOON - 10 * DAY),
        "not_after": time_text(NOON + 10 * DAY),
        "resolution": "minute 12 of 2031",
        "created": time_text(NOON - 11 * DAY),
    } | changes


@cache
def sound_delegation() -> Signed:
    return cast(delegation_document(), AMINA, BELA)


def delegated(
    signed: Signed | None = None, delegation: Signed | None = None, **changes: Any
) -> Signed:
    """A grant that rests on a delegation; sound unless a test says otherwise.

    Args:
        signed: the grant; signed by Amina alone when not given.
        delegation: the sound one when not given.
        changes: to the delegation's document, if neither is given whole.
    """
    if delegation is None:
        document = delegation_document(**changes)
        delegation = cast(document, AMINA, BELA) if changes else sound_delegation()
    return replace(signed or cast(grant_document(), AMINA), under=delegation)


FACTS = RunFacts(
    community="river",
    code=sha("code"),
    config=sha("config"),
    request=sha("request"),
    keeper="river",
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
    counted: Counted | None = None

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
            counted=self.counted,
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


SPENT = {
    "unit": "person",
    "noise": "5.2",
    "round": 1,
    "rounds": 6,
    "epsilon": "1.5",
    "delta": "0.0005",
}


def receipt_document(**changes: Any) -> dict[str, Any]:
    return {
        "type": "receipt",
        "version": 2,
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
        "dataset_version": digest(b"the data"),
        "optouts": 3,
        "mixed": False,
        "spent": dict(SPENT),
    } | changes


def first_receipt_document(**changes: Any) -> dict[str, Any]:
    """A receipt as nodes wrote them before they told of data and noise."""
    document = receipt_document(version=1)
    for name in ("dataset_version", "optouts", "mixed", "spent"):
        del document[name]
    return document | changes
