"""The grant: what exactly a community allows, as typed claims and as plain sentences.

Source: docs/grant-format.md, "Grant".
"""

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from consent.grants import fields
from consent.grants.codec import digest, parse_canonical, time_text
from consent.grants.delegation_document import Delegation

_FIELDS = (
    "id charter protocols request run data purpose people institution communities min_nodes "
    "not_before not_after min_cohort privacy outputs cooling_off_s conditions"
)
_MAX_COOLING_OFF_S = 366 * 86_400
_MAX_PROTOCOLS = 10

_PURPOSE = re.compile(r"[A-Z][A-Za-z0-9]*:[A-Za-z0-9-]+")
EMAIL = re.compile(r"[!-?A-~]{1,64}@[a-z0-9.-]{1,190}", re.IGNORECASE | re.ASCII)
_ORCID = re.compile(r"(?:[0-9]{4}-[0-9]{4}-[0-9]{4}-[0-9]{3}[0-9X])?")
_ROR = re.compile(r"(?:https://ror\.org/[0-9a-z]{9})?")
DECIMAL = re.compile(r"(?:0|[1-9][0-9]{0,5})(?:\.[0-9]{1,20})?(?:e-[1-9][0-9]?)?")
_JOB_VERSION = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+")


@dataclass(frozen=True)
class Person:
    """``orcid`` is empty when the person gave none."""

    name: str
    email: str
    orcid: str


@dataclass(frozen=True)
class DifferentialPrivacy:
    """Epsilon above 0, delta at least 0 and below 1, and what counts as one unit."""

    epsilon: Decimal
    delta: Decimal
    unit: str


@dataclass(frozen=True)
class ProtocolRef:
    """One of the community's protocols that the grant follows: its line, version and digest."""

    line: str
    number: int
    digest: str


@dataclass(frozen=True)
class Claims:
    """A grant's contents. Only ``allow_run`` says that they hold.

    ``code``, ``config`` and every ``*_digest`` are SHA-256 in lower-case hex; ``digest`` is
    that of the grant statement itself. Times are aware UTC. ``under`` is the delegation that
    the grant rests on, once ``allow_run`` found that it rests on one.
    """

    community: str
    id: str
    charter_number: int
    charter_digest: str
    protocols: tuple[ProtocolRef, ...]
    request_id: str
    request_revision: int
    request_digest: str
    job: str
    job_version: str
    code: str
    config: str
    max_rounds: int
    keeper: str
    dataset: str
    variables: tuple[str, ...]
    purpose_code: str
    purpose_text: str
    people: tuple[Person, ...]
    institution_name: str
    institution_ror: str
    communities: tuple[str, ...]
    min_nodes: int
    not_before: datetime
    not_after: datetime
    min_cohort: int
    dp: DifferentialPrivacy | None
    secure_aggregation: bool
    outputs: tuple[str, ...]
    cooling_off_s: int
    conditions: tuple[str, ...]
    digest: str
    under: Delegation | None = None

    @property
    def stopped_with(self) -> frozenset[str]:
        """Ids of which any one, revoked or paused, stops this grant."""
        return frozenset({self.id} if self.under is None else {self.id, self.under.id})


def parse_grant(statement: bytes) -> Claims:
    """Read a grant statement.

    Raises:
        WrongType: the statement is of another type.
        Malformed: not canonical, or a field is missing, unknown, repeated or out of bounds.
    """
    document = fields.header(parse_canonical(statement), "grant", _FIELDS)
    claims = Claims(
        community=document["community"],
        id=fields.uuid(document["id"], "id"),
        digest=digest(statement),
        **_references(document),
        **_run(document),
        **_parties(document),
        **_limits(document),
    )
    _check_together(claims)
    return claims


def in_words(claims: Claims) -> list[str]:
    """The grant as plain sentences, for the node's console and for pages.

    Every sentence is one line: line feeds in the researchers' own words become spaces.
    """
    return [
        f"{claims.community} allows {claims.job} {claims.job_version} to run at its node, "
        f"at most {_count(claims.max_rounds, 'round')}.",
        f"Data: {claims.dataset}, kept by {claims.keeper}, only {_list(claims.variables)}.",
        f"People asking: {_list(tuple(person.name for person in claims.people))}, "
        f"{claims.institution_name}.",
        f"Purpose ({claims.purpose_code}): {' '.join(claims.purpose_text.split())}",
        f"From {time_text(claims.not_before)} until {time_text(claims.not_after)}.",
        f"Together with: {_list(claims.communities)}; at least "
        f"{_count(claims.min_nodes, 'community', 'communities')} must take part.",
        f"At least {_count(claims.min_cohort, 'person', 'people')} must be in the data.",
        _privacy_in_words(claims),
        f"What leaves the node: {_list(claims.outputs)}.",
        f"Protocols: {_list(tuple(f'{ref.line} {ref.number}' for ref in claims.protocols))}.",
        f"The node waits {duration_words(claims.cooling_off_s)} after first seeing this grant.",
        *(f"Condition: {' '.join(condition.split())}" for condition in claims.conditions),
        f"Code {claims.code[:16]}, configuration {claims.config[:16]}, request "
        f"{claims.request_id} revision {claims.request_revision}, grant {claims.id}.",
    ]


def _references(document: dict[str, Any]) -> dict[str, Any]:
    charter = fields.fields(document["charter"], "number digest", "charter")
    request = fields.fields(document["request"], "id revision digest", "request")
    return {
        "charter_number": fields.integer(charter["number"], "charter.number", 1, 1_000_000),
        "charter_digest": fields.sha256(charter["digest"], "charter.digest"),
        "protocols": _protocols(document["protocols"]),
        "request_id": fields.uuid(request["id"], "request.id"),
        "request_revision": fields.integer(request["revision"], "request.revision", 1, 1_000_000),
        "request_digest": fields.sha256(request["digest"], "request.digest"),
    }


def _protocols(value: object) -> tuple[ProtocolRef, ...]:
    """One version of each line, by line: two versions of one line could contradict each other."""
    refs = fields.each(value, _protocol, "protocols", 1, _MAX_PROTOCOLS)
    lines = [ref.line for ref in refs]
    if lines != sorted(set(lines)):
        fields.refuse("protocols", "sorted by line, each line once")
    return refs


def _protocol(value: object, where: str) -> ProtocolRef:
    protocol = fields.fields(value, "line number digest", "protocol")
    return ProtocolRef(
        line=fields.slug(protocol["line"], "protocols.line"),
        number=fields.integer(protocol["number"], "protocols.number", 1, 1_000_000),
        digest=fields.sha256(protocol["digest"], "protocols.digest"),
    )


def _run(document: dict[str, Any]) -> dict[str, Any]:
    run = fields.fields(document["run"], "job job_version code config max_rounds", "run")
    data = fields.fields(document["data"], "keeper dataset variables", "data")
    variables = fields.each(data["variables"], fields.name, "data.variables", 1)
    return {
        "job": fields.slug(run["job"], "run.job"),
        "job_version": fields.matching(
            run["job_version"], _JOB_VERSION, "run.job_version", "a version like 1.0.0", 32
        ),
        "code": fields.sha256(run["code"], "run.code"),
        "config": fields.sha256(run["config"], "run.config"),
        "max_rounds": fields.integer(run["max_rounds"], "run.max_rounds", 1, 100_000),
        "keeper": fields.slug(data["keeper"], "data.keeper"),
        "dataset": fields.slug(data["dataset"], "data.dataset"),
        "variables": fields.distinct(variables, "data.variables"),
    }


def _parties(document: dict[str, Any]) -> dict[str, Any]:
    purpose = fields.fields(document["purpose"], "code text", "purpose")
    institution = fields.fields(document["institution"], "name ror", "institution")
    communities = fields.each(document["communities"], fields.slug, "communities", 1)
    return {
        "purpose_code": fields.matching(
            purpose["code"], _PURPOSE, "purpose.code", "a term like DUO:0000007", 60
        ),
        "purpose_text": fields.prose(purpose["text"], "purpose.text"),
        "people": fields.distinct(fields.each(document["people"], _person, "people", 1), "people"),
        "institution_name": fields.text(institution["name"], "institution.name"),
        "institution_ror": fields.matching(
            institution["ror"], _ROR, "institution.ror", "a ROR address or empty", 60
        ),
        "communities": fields.distinct(communities, "communities"),
        "min_nodes": fields.integer(document["min_nodes"], "min_nodes", 1, fields.MAX_ITEMS),
    }


def _limits(document: dict[str, Any]) -> dict[str, Any]:
    privacy = fields.fields(document["privacy"], "dp secure_aggregation", "privacy")
    outputs = fields.each(document["outputs"], fields.slug, "outputs", 1)
    return {
        "not_before": fields.time(document["not_before"], "not_before"),
        "not_after": fields.time(document["not_after"], "not_after"),
        "min_cohort": fields.integer(document["min_cohort"], "min_cohort", 1, 1_000_000_000),
        "dp": None if privacy["dp"] is None else _dp(privacy["dp"]),
        "secure_aggregation": fields.boolean(privacy["secure_aggregation"], "secure_aggregation"),
        "outputs": fields.distinct(outputs, "outputs"),
        "cooling_off_s": fields.integer(
            document["cooling_off_s"], "cooling_off_s", 0, _MAX_COOLING_OFF_S
        ),
        "conditions": fields.each(document["conditions"], fields.prose, "conditions", 0),
    }


def _check_together(claims: Claims) -> None:
    """Refuse what could never be used: it is a mistake, better seen before it is signed."""
    if claims.not_before >= claims.not_after:
        fields.refuse("not_after", "later than not_before")
    if claims.community not in claims.communities:
        fields.refuse("communities", "a list that names the granting community")
    if claims.min_nodes > len(claims.communities):
        fields.refuse("min_nodes", "at most the number of communities")


def _person(value: object, where: str) -> Person:
    person = fields.fields(value, "name email orcid", "person")
    return Person(
        name=fields.text(person["name"], "person.name"),
        email=fields.matching(person["email"], EMAIL, "person.email", "an e-mail address", 255),
        orcid=fields.matching(person["orcid"], _ORCID, "person.orcid", "an ORCID or empty", 19),
    )


def _dp(value: object) -> DifferentialPrivacy:
    dp = fields.fields(value, "epsilon delta unit", "privacy.dp")
    epsilon = _decimal(dp["epsilon"], "privacy.dp.epsilon")
    delta = _decimal(dp["delta"], "privacy.dp.delta")
    if epsilon <= 0:
        fields.refuse("privacy.dp.epsilon", "above zero")
    if delta >= 1:
        fields.refuse("privacy.dp.delta", "below one")
    return DifferentialPrivacy(epsilon, delta, fields.slug(dp["unit"], "privacy.dp.unit"))


def _decimal(value: object, where: str) -> Decimal:
    """Decimals are text: two readers of a JSON number may round it differently."""
    return Decimal(fields.matching(value, DECIMAL, where, "a decimal number as text", 32))


def _privacy_in_words(claims: Claims) -> str:
    secure = "with" if claims.secure_aggregation else "without"
    if claims.dp is None:
        return f"No noise is added; {secure} secure aggregation."
    return (
        f"Noise is added: epsilon {claims.dp.epsilon}, delta {claims.dp.delta} "
        f"per {claims.dp.unit}; {secure} secure aggregation."
    )


def _list(items: tuple[str, ...]) -> str:
    return ", ".join(items)


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


def duration_words(seconds: int) -> str:
    """Say seconds in the largest unit that they fill: "7 days", "90 minutes"."""
    for size, unit in ((86_400, "day"), (3600, "hour"), (60, "minute")):
        if seconds and seconds % size == 0:
            return _count(seconds // size, unit)
    return _count(seconds, "second")
