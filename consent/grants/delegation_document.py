"""The delegation: stewards let one of them say yes alone, to one thing, a few times, for a time.

Source: docs/grant-format.md, "Delegation".
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from consent.grants import fields
from consent.grants.codec import digest, parse_canonical, time_text

MOST_GRANTS = 50
LONGEST = timedelta(days=366)

_FIELDS = "id charter delegate scope max_grants max_rounds not_before not_after resolution created"


@dataclass(frozen=True)
class Delegation:
    """What the stewards delegated. Only ``allow_run`` says that it holds for a grant.

    ``delegate`` is a steward's id in the charter named. ``code`` and every ``*_digest`` are
    SHA-256 in lower-case hex; ``digest`` is that of the statement itself. Times are aware UTC.
    ``max_rounds`` bounds each grant by itself; ``resolution`` says where the meeting's decision
    is written down.
    """

    community: str
    id: str
    charter_number: int
    charter_digest: str
    delegate: str
    keeper: str
    dataset: str
    code: str
    max_grants: int
    max_rounds: int
    not_before: datetime
    not_after: datetime
    resolution: str
    created: datetime
    digest: str


def parse_delegation(statement: bytes) -> Delegation:
    """Read a delegation statement.

    Raises:
        WrongType: the statement is of another type.
        Malformed: not canonical, or a field is missing, unknown or out of bounds.
    """
    document = fields.header(parse_canonical(statement), "delegation", _FIELDS)
    charter = fields.fields(document["charter"], "number digest", "charter")
    scope = fields.fields(document["scope"], "keeper dataset code", "scope")
    delegation = Delegation(
        community=document["community"],
        id=fields.uuid(document["id"], "id"),
        charter_number=fields.integer(charter["number"], "charter.number", 1, 1_000_000),
        charter_digest=fields.sha256(charter["digest"], "charter.digest"),
        delegate=fields.slug(document["delegate"], "delegate"),
        keeper=fields.slug(scope["keeper"], "scope.keeper"),
        dataset=fields.slug(scope["dataset"], "scope.dataset"),
        code=fields.sha256(scope["code"], "scope.code"),
        max_grants=fields.integer(document["max_grants"], "max_grants", 1, MOST_GRANTS),
        max_rounds=fields.integer(document["max_rounds"], "max_rounds", 1, 100_000),
        not_before=fields.time(document["not_before"], "not_before"),
        not_after=fields.time(document["not_after"], "not_after"),
        resolution=fields.text(document["resolution"], "resolution"),
        created=fields.time(document["created"], "created"),
        digest=digest(statement),
    )
    if not timedelta(0) < delegation.not_after - delegation.not_before <= LONGEST:
        fields.refuse("not_after", f"later than not_before by at most {LONGEST.days} days")
    return delegation


def in_words(delegation: Delegation, *, delegate: str = "") -> list[str]:
    """The delegation as plain sentences, for the node's console and for pages.

    Args:
        delegate: the steward's name as shown; her id when not given.
    """
    yeses = "one grant" if delegation.max_grants == 1 else f"{delegation.max_grants} grants"
    rounds = "1 round" if delegation.max_rounds == 1 else f"{delegation.max_rounds} rounds"
    return [
        f"{delegate or delegation.delegate} may say yes alone for {delegation.community} to at "
        f"most {yeses}.",
        f"Only for the dataset {delegation.dataset}, kept by {delegation.keeper}, only for the "
        f"code {delegation.code[:16]}, with at most {rounds} each.",
        f"From {time_text(delegation.not_before)} until {time_text(delegation.not_after)}.",
        f"Decided in: {delegation.resolution}.",
        "Any one steward can stop it at once, where the charter lets one steward pause.",
    ]
