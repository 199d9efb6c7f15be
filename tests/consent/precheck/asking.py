"""A whole request and a protocol to hold against each other, with one thing changed."""

from typing import Any

from consent.agreement import Rulebook
from consent.document import build
from consent.precheck import Check, Verdict, precheck
from tests.consent.factories import JOB, fields

PROTOCOL: dict[str, Any] = {
    "number": 1,
    "digest": "d" * 64,
    "min_cohort": 100,
    "max_rounds": 20,
    "max_months": 12,
    "cooling_off_s": 0,
    "min_nodes": 2,
}

DIABETES, TYPE_2 = "MONDO:0005015", "MONDO:0005148"
CANCER, LUNG_CANCER = "MONDO:0004992", "MONDO:0008903"
HUMAN_DISEASE = "MONDO:0700096"
COMPANY = {"name": "Firm", "ror": "", "type": "company"}
CHARITY = {"name": "Charity", "ror": "", "type": "non-profit"}
SERVER = ("CH",)
DATASETS = ["river-diabetes", "coast-diabetes", "hill-diabetes"]


def clause(code: str, enforcement: str = "people", **params: str) -> dict[str, Any]:
    return {"code": code, "text": f"Rule {code}.", "enforcement": enforcement, "params": params}


LETTER = {
    "board": "University board",
    "number": "12",
    "from": "2026-01-01",
    "until": "2027-12-31",
    "attachment": "e" * 64,
}


def document(**changes: Any) -> dict[str, Any]:
    """A whole document, also with answers that no submission lets pass (an empty one)."""
    asked = build(title="T", fields=fields(datasets=DATASETS, min_nodes=3), job=JOB)
    return asked | {"approvals": [LETTER]} | changes


def paid_by(name: str, kind: str = "public", conditions: str = "None.") -> dict[str, Any]:
    return {"funding": [{"name": name, "type": kind, "conditions": conditions}]}


def first_form(**changes: Any) -> dict[str, Any]:
    """A document of version 1, as older requests hold it."""
    kept = {k: v for k, v in document().items() if k in _FIRST}
    return kept | _FIRST_TEXTS | changes


_FIRST = {
    *("title", "summary", "question", "commercial_interest", "ethics", "datasets", "months"),
    *("harm_person", "harm_family", "harm_people", "max_rounds", "min_cohort", "min_nodes"),
    *("purpose", "diseases", "places", "people", "institution", "privacy", "job", "variables"),
    "outputs",
}
_FIRST_TEXTS = {
    "version": 1,
    "funders": "The national science fund.",
    "benefits": "A plain report within a year.",
    "after": "The model is kept for two years and then destroyed.",
}


def about(*diseases: str) -> list[dict[str, str]]:
    return [{"id": each if each.startswith("MONDO") else "", "text": each} for each in diseases]


def purpose(number: int) -> dict[str, str]:
    return {"code": f"DUO:00000{number}", "text": "x"}


def protocol(*clauses: dict[str, Any], **changes: Any) -> Rulebook:
    return Rulebook(**{**PROTOCOL, **changes, "clauses": clauses})


def checks(*clauses: dict[str, Any], communities: int = 3, **changes: Any) -> list[Check]:
    asked = document(**changes)
    return precheck(asked, protocol=protocol(*clauses), communities=communities, server=SERVER)


def verdict_of(code: str, found: list[Check]) -> Verdict:
    return {check.code: check.verdict for check in found}[code]
