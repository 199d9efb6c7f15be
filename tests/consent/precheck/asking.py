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
NOBODY_PROFITS = {"commercial_interest": "None."}


def clause(code: str, enforcement: str = "people", **params: str) -> dict[str, Any]:
    return {"code": code, "text": f"Rule {code}.", "enforcement": enforcement, "params": params}


def document(**changes: Any) -> dict[str, Any]:
    return build(title="T", fields=fields(**(NOBODY_PROFITS | changes)), job=JOB)


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
