import pytest

from consent.agreement import Rulebook
from consent.document import build
from consent.precheck import ORDER, Verdict, precheck
from governance.clauses import library
from tests.consent.factories import JOB, fields

PROTOCOL = {
    "number": 1,
    "digest": "d" * 64,
    "min_cohort": 100,
    "max_rounds": 20,
    "max_months": 12,
    "cooling_off_s": 0,
    "min_nodes": 2,
}


def clause(code, enforcement="people"):
    return {"code": code, "text": f"Rule {code}.", "enforcement": enforcement, "params": {}}


def checks(*clauses, communities=3, **changes):
    document = build(title="T", fields=fields(**changes), job=JOB)
    return precheck(
        document, protocol=Rulebook(**PROTOCOL, clauses=clauses), communities=communities
    )


def verdict(code, **kwargs):
    return {check.code: check.verdict for check in checks(clause(code), **kwargs)}[code]


COMPANY = {"name": "Firm", "ror": "", "type": "company"}
CHARITY = {"name": "Charity", "ror": "", "type": "non-profit"}


@pytest.mark.parametrize(
    ("code", "kwargs", "expected"),
    [
        ("MAX_ROUNDS", {"max_rounds": 20}, "fits"),
        ("MAX_ROUNDS", {"max_rounds": 21}, "breaks"),
        ("TIME", {"months": 12}, "fits"),
        ("TIME", {"months": 13}, "breaks"),
        ("MIN_COHORT", {"min_cohort": 100}, "fits"),
        ("MIN_COHORT", {"min_cohort": 20}, "fits"),  # the agreement takes ours
        ("MIN_NODES", {"min_nodes": 3, "communities": 3}, "fits"),
        ("MIN_NODES", {"min_nodes": 1, "communities": 1}, "breaks"),
        ("MIN_NODES", {"min_nodes": 4, "communities": 3}, "breaks"),
        ("NO_ANCESTRY", {"purpose": {"code": "DUO:0000033", "text": "x"}}, "breaks"),
        ("NO_ANCESTRY", {"purpose": {"code": "DUO:0000032", "text": "x"}}, "unknown"),
        ("NO_ANCESTRY", {"purpose": {"code": "DUO:0000037", "text": "x"}}, "promise"),
        ("NO_COMM", {"institution": COMPANY}, "breaks"),
        ("NO_COMM", {"institution": CHARITY}, "promise"),
        ("NO_COMM", {"institution": CHARITY, "commercial_interest": "A patent."}, "breaks"),
        ("NO_COMM", {"institution": CHARITY, "commercial_interest": " None. "}, "promise"),
        ("DP_REQUIRED", {}, "breaks"),
        ("SECAGG_REQUIRED", {}, "breaks"),
        ("NO_SECONDARY", {}, "fits"),
        ("OPEN_CODE", {}, "fits"),
        ("JOINT", {}, "fits"),
        ("WITHDRAW", {}, "promise"),
        ("NAMED_ONLY", {}, "promise"),
        ("RETURN_RESULTS", {}, "promise"),
        ("ETHICS_DOC", {}, "unknown"),
        ("SOMETHING_NEW", {}, "unknown"),
    ],
)
def test_each_rule_gets_its_verdict(code, kwargs, expected):
    assert verdict(code, **kwargs) == expected


def test_a_rule_by_promise_that_no_check_knows_is_a_promise():
    found = {c.code: c.verdict for c in checks(clause("SOMETHING_NEW", "promise"))}

    assert found["SOMETHING_NEW"] is Verdict.PROMISE


def test_a_rule_that_the_node_keeps_but_no_check_knows_is_not_called_kept():
    found = {c.code: c.verdict for c in checks(clause("SOMETHING_NEW", "node"))}

    assert found["SOMETHING_NEW"] is Verdict.UNKNOWN


def test_conflicts_come_first_then_what_is_unknown_then_promises_then_what_fits():
    found = checks(
        clause("OPEN_CODE"), clause("NO_COMM"), clause("ETHICS_DOC"), clause("NO_ANCESTRY"),
        purpose={"code": "DUO:0000033", "text": "x"},
    )  # fmt: skip

    assert [check.code for check in found] == [
        "NO_ANCESTRY",
        "ETHICS_DOC",
        "NO_COMM",
        "MAX_ROUNDS",
        "TIME",
        "MIN_COHORT",
        "MIN_NODES",
        "OPEN_CODE",
    ]
    assert [ORDER.index(check.verdict) for check in found] == [0, 1, 2, 3, 3, 3, 3, 3]


def test_a_clause_that_repeats_a_setting_is_told_once():
    codes = [c.code for c in checks(clause("MAX_ROUNDS", "node"), clause("TIME", "node"))]

    assert sorted(codes) == ["MAX_ROUNDS", "MIN_COHORT", "MIN_NODES", "TIME"]


def test_every_clause_of_the_library_gets_a_verdict_and_a_sentence():
    clauses = [
        {"code": c.code, "text": c.text, "enforcement": c.enforcement, "params": {}}
        for c in library().values()
    ]

    found = checks(*clauses)

    assert {c.code for c in found} == set(library()) | {"MIN_NODES"}
    assert all(c.sentence.endswith((".", "!")) and c.rule for c in found)
