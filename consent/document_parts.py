"""The parts of a request's document that are more than one text: people, money, promises. Pure."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from consent.hiding import LEAST_HIDDEN, MOST_DELTA, MOST_EPSILON, TOO_FEW
from consent.jobs import JobFacts
from consent.purposes import PURPOSES
from consent.reading import Reader

BODY_TYPES = ("public", "non-profit", "company")
UNITS = ("person",)  # whom noise is counted for; nodes count for no household or family yet
MOST_PEOPLE = 20
MOST_PARTNERS = 20
MOST_FUNDERS = 20
MOST_BENEFITS = 20
MOST_DUE_MONTHS = 120  # after the yes


class AttachedFile(Protocol):
    """What of a ``consent.models.Attachment`` goes into the document."""

    @property
    def public_id(self) -> UUID: ...
    @property
    def kind(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def file_name(self) -> str: ...
    @property
    def size(self) -> int: ...
    @property
    def digest(self) -> str: ...


class Approval(Protocol):
    """What of a ``consent.models.EthicsApproval`` goes into the document."""

    @property
    def board(self) -> str: ...
    @property
    def number(self) -> str: ...
    @property
    def valid_from(self) -> date: ...
    @property
    def valid_until(self) -> date: ...
    @property
    def letter(self) -> AttachedFile | None: ...


def purpose(read: Reader) -> dict[str, str]:
    return {
        "code": read.choice("code", tuple(PURPOSES)),
        "text": read.text("text", 500, line=True),
    }


def people(read: Reader) -> list[dict[str, str]]:
    empty = "Name the people who will do the work."
    found = [
        {
            "name": person.text("name", 120, line=True),
            "email": person.email("email"),
            "orcid": person.orcid("orcid"),
        }
        for person in read.items("people", most=MOST_PEOPLE, empty=empty)
    ]
    emails = [person["email"] for person in found if person["email"]]
    if len(set(emails)) != len(emails):
        read.refuse("people", "Two people have the same e-mail address.")
    return found


def body(read: Reader) -> dict[str, str]:
    """An institution: the one that asks, or a partner."""
    return {
        "name": read.text("name", 200, line=True),
        "ror": read.ror("ror"),
        "type": read.choice("type", BODY_TYPES),
    }


def partners(read: Reader) -> list[dict[str, str]]:
    return [body(partner) for partner in read.items("partners", most=MOST_PARTNERS)]


def funding(read: Reader) -> list[dict[str, str]]:
    """Who pays; at least one, for somebody always does (R-26)."""
    empty = "Name who pays, with the conditions that come with the money."
    return [
        {
            "name": payer.text("name", 200, line=True),
            "type": payer.choice("type", BODY_TYPES),
            "conditions": payer.text("conditions", 1000),
        }
        for payer in read.items("funding", most=MOST_FUNDERS, empty=empty)
    ]


def benefits(read: Reader) -> list[dict[str, Any]]:
    empty = "Name at least one thing that the communities get, and by when."
    return [
        {
            "text": benefit.text("text", 500),
            "due_months": benefit.integer("due_months", 1, MOST_DUE_MONTHS),
            "checked_by": benefit.text("checked_by", 200, line=True),
        }
        for benefit in read.items("benefits_list", most=MOST_BENEFITS, empty=empty)
    ]


def results_return(read: Reader) -> dict[str, Any]:
    return {
        "how": read.text("how", 1000),
        "due_months": read.integer("due_months", 1, MOST_DUE_MONTHS),
    }


def contact(read: Reader) -> dict[str, str]:
    """Whom to ask in the ten years that follow."""
    return {"name": read.text("name", 120, line=True), "email": read.email("email")}


def privacy(read: Reader, value: object, *, communities: int, together: int) -> dict[str, Any]:
    """Noise and mixing. What was not said is no noise, and mixing where it protects.

    Args:
        communities: how many are asked; 0 when that is not known yet.
        together: fewest that must take part.
    """
    asked = value if isinstance(value, Mapping) else {}
    given = asked.get("dp") or {}
    odd = not isinstance(given, Mapping) or {*asked} - _PRIVACY or {*given} - _NOISE
    if odd or not isinstance(value, Mapping | None):
        read.refuse("privacy", "Say noise and mixing as the form does.")
        return {"dp": None, "secure_aggregation": False}
    dp = _noise(read.inner("privacy").inner("dp"), given) if given else None
    mixed = asked.get("secure_aggregation", min(communities, together) >= LEAST_HIDDEN)
    if not isinstance(mixed, bool):
        read.refuse("privacy.secure_aggregation", "Please say yes or no.")
    elif communities:
        _require_hidden(read, dp, mixed, communities, together)
    return {"dp": dp, "secure_aggregation": mixed}


_PRIVACY, _NOISE = {"dp", "secure_aggregation"}, {"epsilon", "delta", "unit"}


def _noise(read: Reader, given: Mapping[str, Any]) -> dict[str, str]:
    return {
        "epsilon": read.decimal("epsilon", MOST_EPSILON),
        "delta": read.decimal("delta", MOST_DELTA),
        "unit": read.choice("unit", UNITS) if "unit" in given else UNITS[0],
    }


def _require_hidden(
    read: Reader, dp: Mapping[str, str] | None, mixed: bool, communities: int, together: int
) -> None:
    """Refuse what no node would ever run (R-43)."""
    if communities < LEAST_HIDDEN:
        if dp is None:
            read.refuse("privacy", TOO_FEW)
        if mixed:
            read.refuse(
                "privacy.secure_aggregation",
                f"With fewer than {LEAST_HIDDEN} communities mixing protects nothing.",
            )
    elif together < LEAST_HIDDEN and (dp is None or mixed):
        how = "With mixing" if mixed else "Without privacy noise"
        read.refuse(
            "min_nodes", f"{how}, at least {LEAST_HIDDEN} communities must take part together."
        )


def attached(file: AttachedFile) -> dict[str, Any]:
    return {
        "id": str(file.public_id),
        "kind": file.kind,
        "title": file.title,
        "name": file.file_name,
        "size": file.size,
        "digest": file.digest,
    }


def approved(approval: Approval) -> dict[str, str]:
    """``attachment`` is the digest of the letter, or "" when none lies with the request."""
    return {
        "board": approval.board,
        "number": approval.number,
        "from": approval.valid_from.isoformat(),
        "until": approval.valid_until.isoformat(),
        "attachment": approval.letter.digest if approval.letter else "",
    }


def job(facts: JobFacts) -> dict[str, Any]:
    return {
        "name": facts.name,
        "version": facts.version,
        "code": facts.code,
        "title": facts.title,
        "leaves": list(facts.leaves),
        "parameters": dict(facts.parameters),
        "config": dict(facts.config),
        "config_digest": facts.config_digest,
    }
