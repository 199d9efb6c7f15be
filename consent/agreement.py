"""The agreement that stewards sign: a grant statement out of request, protocol and charter. Pure.

Where the request and the community's protocol differ, the stricter of the two stands in it.
"""

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from consent.errors import Incomplete
from consent.grants import charter as charters
from consent.grants.codec import canonical, digest, parse_canonical, time_text
from consent.grants.errors import GrantRefused
from consent.grants.grant import parse_grant

MAX_CONDITIONS = 20
MAX_CONDITION = 400  # characters
MAX_PROTOCOLS = 10

# What a protocol must say before anybody can sign an agreement under it, each as the end of a
# sentence: its law and where disputes go, what is destroyed, what stopping undoes.
_LAW = {"governing": "which law governs it", "disputes": "where disputes are settled"}
_ENDS = {
    "DESTROY": ("what", "what is destroyed or brought back when it ends"),
    "WITHDRAW": ("choice", "what happens to the model when the community stops"),
}
FIRST_LINE = "main"  # the line of a community's first protocol; older texts do not name it


@dataclass(frozen=True)
class Ask:
    """One revision of a request. ``digest`` is the SHA-256 of the revision's exact text.

    ``communities`` are those at whose nodes the data lies.
    """

    request_id: str
    revision: int
    digest: str
    document: Mapping[str, Any]
    communities: tuple[str, ...]


@dataclass(frozen=True)
class Rulebook:
    """A community's adopted protocol, as far as machines read it."""

    number: int
    digest: str
    clauses: tuple[Mapping[str, Any], ...]
    min_cohort: int
    max_rounds: int
    max_months: int
    cooling_off_s: int
    min_nodes: int
    line: str = FIRST_LINE
    title: str = ""
    use: str = ""  # DUO permission, or "" where the community named none
    ancestry: str = ""  # no, ask or yes; "" in texts older than the question
    law: Mapping[str, str] = field(default_factory=dict)  # governing, disputes


def rulebook_of(statement: bytes) -> Rulebook:
    """Read an adopted protocol statement.

    Raises:
        Malformed: it is not canonical.
        KeyError: a setting is missing; governance lets no such protocol be adopted.
    """
    document = parse_canonical(statement)
    settings = document["settings"]
    return Rulebook(
        number=document["number"],
        digest=digest(statement),
        clauses=tuple(document["clauses"]),
        min_cohort=settings["min_cohort"],
        max_rounds=settings["max_rounds"],
        max_months=settings["max_months"],
        cooling_off_s=settings["cooling_off_s"],
        min_nodes=settings["min_nodes"],
        line=document.get("line", FIRST_LINE),
        title=document.get("title", ""),
        use=document.get("use", ""),
        ancestry=document.get("ancestry", ""),
        law=document.get("law", {}),
    )


def compose(
    ask: Ask,
    *,
    charter: charters.Charter,
    protocols: Sequence[Rulebook],
    keeper: str,
    dataset: str,
    grant_id: str,
    not_before: datetime,
    conditions: Sequence[str] = (),
) -> dict[str, Any]:
    """Return the grant document for one community.

    Args:
        protocols: every protocol of the community that the request is held to; 1 to 10 lines.
        keeper: slug of the community whose node keeps the data.
        grant_id: a new UUID in lower case.
        not_before: aware time from which the grant may be used; it ends whole months later.
    Raises:
        Incomplete: no node would accept it, or a protocol leaves its end or its law open.
    """
    _require_last_terms(charter.community, protocols)
    wanted = ask.document
    document = {
        "type": "grant",
        "version": 1,
        "community": charter.community,
        "id": grant_id,
        "charter": {"number": charter.number, "digest": charter.digest},
        "protocols": _named(protocols),
        "request": {"id": ask.request_id, "revision": ask.revision, "digest": ask.digest},
        "data": {"keeper": keeper, "dataset": dataset, "variables": [*wanted["variables"]]},
        # Whoever holds data that lies at another's node stands in its own grant too.
        "communities": sorted({*ask.communities, charter.community}),
        "conditions": checked_conditions(conditions),
        **_wished(wanted),
        **_limits(wanted, protocols, not_before),
    }
    _require_usable(document, len(ask.communities))
    return document


def missing_terms(protocol: Rulebook) -> list[str]:
    """Return what a protocol must still say before anybody can sign an agreement under it."""
    missing = [words for name, words in _LAW.items() if not protocol.law.get(name, "").strip()]
    if protocol.max_months < 1:
        missing.append("when a yes ends")
    held = {clause["code"]: clause.get("params", {}) for clause in protocol.clauses}
    ends = _ENDS.items()
    return missing + [words for code, (hole, words) in ends if not held.get(code, {}).get(hole)]


def checked_conditions(conditions: Sequence[str]) -> list[str]:
    """Return the conditions without spaces around them and without repeats.

    Raises:
        Incomplete: too many, or one that is too long. What a condition may hold otherwise is
            checked with the whole text.
    """
    cleaned = list(dict.fromkeys(" ".join(text.split()) for text in conditions if text.strip()))
    if len(cleaned) > MAX_CONDITIONS:
        raise Incomplete({"conditions": f"At most {MAX_CONDITIONS} conditions, please."})
    if any(len(text) > MAX_CONDITION for text in cleaned):
        raise Incomplete({"conditions": f"At most {MAX_CONDITION} characters in one condition."})
    return cleaned


def months_later(at: datetime, months: int) -> datetime:
    """The same day and time ``months`` later; the month's last day where there is no such day."""
    years, month0 = divmod(at.month - 1 + months, 12)
    year, month = at.year + years, month0 + 1
    return at.replace(year=year, month=month, day=min(at.day, calendar.monthrange(year, month)[1]))


def _wished(wanted: Mapping[str, Any]) -> dict[str, Any]:
    """What stands in the agreement as the researchers wrote it."""
    return {
        "purpose": dict(wanted["purpose"]),
        "people": [dict(person) for person in wanted["people"]],
        "institution": {name: wanted["institution"][name] for name in ("name", "ror")},
        "privacy": dict(wanted["privacy"]),
        "outputs": list(wanted["outputs"]),
    }


def _named(protocols: Sequence[Rulebook]) -> list[dict[str, Any]]:
    return [
        {"line": protocol.line, "number": protocol.number, "digest": protocol.digest}
        for protocol in sorted(protocols, key=lambda protocol: protocol.line)
    ]


def _limits(
    wanted: Mapping[str, Any], protocols: Sequence[Rulebook], not_before: datetime
) -> dict[str, Any]:
    """Where the request and the protocols each set a limit, the strictest one."""
    job = wanted["job"]
    months = min([wanted["months"], *(p.max_months for p in protocols)])
    return {
        "run": {
            "job": job["name"],
            "job_version": job["version"],
            "code": job["code"],
            "config": job["config_digest"],
            "max_rounds": min([wanted["max_rounds"], *(p.max_rounds for p in protocols)]),
        },
        "min_nodes": max([wanted["min_nodes"], *(p.min_nodes for p in protocols)]),
        "min_cohort": max([wanted["min_cohort"], *(p.min_cohort for p in protocols)]),
        "not_before": time_text(not_before),
        "not_after": time_text(months_later(not_before, months)),
        "cooling_off_s": max(p.cooling_off_s for p in protocols),
    }


def _require_last_terms(community: str, protocols: Sequence[Rulebook]) -> None:
    for protocol in protocols:
        if missing := missing_terms(protocol):
            name = f"“{protocol.title}”" if protocol.title else f"number {protocol.number}"
            raise Incomplete(
                {
                    "datasets": f"No agreement can be signed yet: the protocol {name} of "
                    f"{community} does not say {'; '.join(missing)}. The stewards must add that "
                    "in a new version of it."
                }
            )


def _require_usable(document: dict[str, Any], nodes: int) -> None:
    if document["min_nodes"] > nodes:
        raise Incomplete(
            {
                "datasets": f"The rules of {document['community']} or your own request ask for at "
                f"least {document['min_nodes']} communities together; the request names "
                f"{nodes}."
            }
        )
    try:
        parse_grant(canonical(document))
    except GrantRefused as refusal:
        raise Incomplete({"": f"No node would accept this: {refusal}"}) from refusal
