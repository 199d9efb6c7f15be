"""Each clause of the library, and what it is held against."""

from dataclasses import replace

import pytest

from consent.grants.codec import canonical
from consent.grants.grant import parse_grant
from consent.hiding import noise_of
from consent.precheck import ORDER, Verdict, overall, precheck, unmet
from consent.precheck.checking import LOOKS
from governance.clauses import library
from tests.consent.factories import NOISE
from tests.consent.grants.papers import grant_document
from tests.consent.precheck.asking import (
    CANCER,
    CHARITY,
    COMPANY,
    DIABETES,
    LUNG_CANCER,
    about,
    checks,
    clause,
    document,
    paid_by,
    protocol,
    purpose,
    verdict_of,
)

SETTINGS = {"MAX_ROUNDS", "TIME", "MIN_COHORT", "MIN_NODES"}
ROR = "https://ror.org/04gyf1771"
ORCID = "0000-0002-1825-0097"
CHI = {"name": "Chi", "email": "chi@university.example", "orcid": ORCID}
NOISED = {"privacy": {"dp": NOISE, "secure_aggregation": False}}
MIXED = {"privacy": {"dp": None, "secure_aggregation": True}}
CLAIMS = parse_grant(canonical(grant_document()))
WANTED = {"summary": "We study alcohol and age."}


# Every clause of the library by name, with a request that shows what it looks at.
TABLE = [
    ("SCOPE_DISEASE", {"diseases": "cancer"}, {"diseases": about(LUNG_CANCER)}, "fits"),
    ("SCOPE_DISEASE", {"diseases": "lung cancer"}, {"diseases": about(CANCER)}, "breaks"),
    ("SCOPE_DISEASE", {"diseases": "cancer; diabetes"}, {"diseases": about(DIABETES)}, "fits"),
    ("SCOPE_DISEASE", {"diseases": "cancer"}, {"diseases": about(CANCER, DIABETES)}, "breaks"),
    ("SCOPE_DISEASE", {"diseases": "cancer"}, {"diseases": about("low spirits")}, "unknown"),
    ("SCOPE_DISEASE", {"diseases": "low spirits"}, {"diseases": about(CANCER)}, "unknown"),
    ("SCOPE_DISEASE", {"diseases": "cancer, low spirits"}, {"diseases": about(CANCER)}, "fits"),
    ("SCOPE_DISEASE", {"diseases": "cancer"}, {"diseases": []}, "unknown"),
    ("SCOPE_DISEASE", {}, {}, "unknown"),
    ("NO_SECONDARY", {}, {}, "fits"),
    ("NO_ANCESTRY", {}, {"purpose": purpose(33)}, "breaks"),
    ("NO_ANCESTRY", {}, {"purpose": purpose(32)}, "unknown"),
    ("NO_ANCESTRY", {}, {"purpose": purpose(37)}, "promise"),
    ("NO_STIGMA", {"topics": "alcohol, inbreeding"}, {}, "promise"),
    ("NO_STIGMA", {"topics": "alcohol, inbreeding"}, WANTED, "unknown"),
    (
        "NO_STIGMA",
        {"topics": "mental disorder"},
        {"diseases": about("MONDO:0005618")},
        "breaks",
    ),
    ("NO_COMM", {}, {"institution": COMPANY}, "breaks"),
    ("NO_COMM", {}, {"institution": CHARITY}, "promise"),
    ("NO_COMM", {}, {"institution": CHARITY, "commercial_interest": "A patent."}, "breaks"),
    ("NO_COMM", {}, {"institution": CHARITY, "commercial_interest": ""}, "unknown"),
    ("NO_COMM", {}, {"institution": CHARITY} | paid_by("Big Pharma Ltd"), "promise"),
    ("COMM_NEGOTIATE", {}, {"institution": COMPANY}, "unknown"),
    ("COMM_NEGOTIATE", {}, {"commercial_interest": "A patent."}, "unknown"),
    ("COMM_NEGOTIATE", {}, {"commercial_interest": "none"}, "promise"),
    ("COMM_NEGOTIATE", {}, {"commercial_interest": ""}, "unknown"),
    ("NO_REID", {}, {}, "promise"),
    ("NAMED_ONLY", {"people": "the people named in the request"}, {}, "promise"),
    ("NAMED_ONLY", {"people": "Chi; Ann Other"}, {}, "promise"),
    (
        "NAMED_ONLY",
        {"people": f"somebody (https://orcid.org/{ORCID})"},
        {"people": [CHI]},
        "promise",
    ),
    ("NAMED_ONLY", {"people": "Ann Other"}, {}, "breaks"),
    ("NAMED_ONLY", {"people": "Chichester"}, {}, "breaks"),
    ("INST_ONLY", {"institutions": "Lakeside University; Charity"}, {}, "promise"),
    ("INST_ONLY", {"institutions": "Hillside University"}, {}, "breaks"),
    ("INST_ONLY", {"institutions": "Lakeside University Hospital"}, {}, "breaks"),
    (
        "INST_ONLY",
        {"institutions": f"Charity ({ROR})"},
        {"institution": CHARITY | {"ror": ROR}},
        "fits",
    ),
    (
        "INST_ONLY",
        {"institutions": f"Charity ({ROR})"},
        {"institution": CHARITY},
        "promise",
    ),
    ("PLACE", {"places": "CH, New Zealand"}, {"places": ["CH"]}, "promise"),
    ("PLACE", {"places": "CH, New Zealand"}, {"places": ["CH", "NZ"]}, "promise"),
    ("PLACE", {"places": "CH, New Zealand"}, {"places": ["CH", "US"]}, "breaks"),
    ("PLACE", {"places": "New Zealand"}, {"places": ["NZ"]}, "breaks"),  # the server is in CH
    ("PLACE", {"places": "CH, New Zealand"}, {"places": []}, "unknown"),
    ("PLACE", {"places": "our own land"}, {"places": ["CH"]}, "unknown"),
    ("TIME", {}, {"months": 12}, "fits"),
    ("TIME", {}, {"months": 13}, "breaks"),
    ("MAX_ROUNDS", {}, {"max_rounds": 20}, "fits"),
    ("MAX_ROUNDS", {}, {"max_rounds": 21}, "breaks"),
    ("MIN_COHORT", {}, {"min_cohort": 100}, "fits"),
    ("MIN_COHORT", {}, {"min_cohort": 20}, "fits"),  # the agreement takes ours
    ("DP_REQUIRED", {"eps": "3", "delta": "0.00001"}, {}, "breaks"),
    ("DP_REQUIRED", {"eps": "3", "delta": "0.00001"}, NOISED, "fits"),
    ("DP_REQUIRED", {"eps": "0.5", "delta": "0.00001"}, NOISED, "breaks"),
    ("DP_REQUIRED", {"eps": "3", "delta": "0.00001", "unit": "kin"}, NOISED, "breaks"),
    ("SECAGG_REQUIRED", {"others": "2"}, {}, "breaks"),
    ("SECAGG_REQUIRED", {"others": "2"}, MIXED, "fits"),
    ("SECAGG_REQUIRED", {"others": "3"}, MIXED, "breaks"),
    ("RETURN_RESULTS", {}, {}, "promise"),
    ("MODEL_COPY", {}, {}, "promise"),
    ("MODEL_OWN", {}, {}, "promise"),
    ("NO_ONWARD", {}, {}, "promise"),
    ("PUB_REVIEW", {}, {}, "promise"),
    ("PUB_MORATORIUM", {}, {}, "promise"),
    ("COAUTHOR", {}, {}, "promise"),
    ("ATTR", {}, {}, "promise"),
    ("BENEFIT", {}, {}, "promise"),
    ("CAPACITY", {}, {}, "promise"),
    ("ETHICS_DOC", {}, {}, "promise"),
    ("DESTROY", {}, {}, "promise"),
    ("WITHDRAW", {}, {}, "promise"),
    ("INDIVIDUAL_OPT_OUT", {}, {}, "promise"),
    ("NO_LINK", {}, {}, "promise"),
    ("OPEN_CODE", {}, {}, "fits"),
    ("SUBGROUP", {"body": "the elders"}, {}, "unknown"),
    ("JOINT", {}, {}, "fits"),
    ("SEASON", {"dates": "the harvest"}, {}, "unknown"),
    ("NO_SACRED", {"fields": "village, Age"}, {}, "breaks"),
    ("NO_SACRED", {"fields": "village, clan"}, {}, "fits"),
    ("NO_SACRED", {"fields": "names of families"}, {}, "unknown"),
    ("NO_CLINICAL", {}, {}, "promise"),
    ("NO_CLINICAL", {}, {"deployment": "It is used in the clinic."}, "unknown"),
    ("BIAS_REPORT", {}, {}, "promise"),
    ("NO_POLICE", {}, {}, "promise"),
    ("NO_POLICE", {}, paid_by("An insurance fund."), "unknown"),
]


@pytest.mark.parametrize(("code", "params", "changes", "expected"), TABLE)
def test_each_rule_gets_its_verdict(code, params, changes, expected):
    assert verdict_of(code, checks(clause(code, **params), **changes)) == expected


def test_every_clause_of_the_library_is_in_the_table_and_answered_on_purpose():
    assert len(library()) == 38
    assert {row[0] for row in TABLE} == set(library())
    assert set(LOOKS) | SETTINGS - {"MIN_NODES"} == set(library())


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"min_nodes": 3, "communities": 3}, "fits"),
        ({"min_nodes": 1, "communities": 1}, "breaks"),
        ({"min_nodes": 4, "communities": 3}, "breaks"),
    ],
)
def test_enough_communities_must_be_asked_together(changes, expected):
    assert verdict_of("MIN_NODES", checks(**changes)) == expected


def test_people_who_opted_out_are_left_out_by_the_node_where_it_can():
    rule = clause("INDIVIDUAL_OPT_OUT", "node")

    assert verdict_of("INDIVIDUAL_OPT_OUT", checks(rule)) is Verdict.FITS


@pytest.mark.parametrize("enforcement", ["promise", "tracked", "contract"])
def test_a_rule_by_promise_that_no_check_knows_is_a_promise(enforcement):
    assert verdict_of("NEW", checks(clause("NEW", enforcement))) is Verdict.PROMISE


@pytest.mark.parametrize("enforcement", ["node", "platform", "people"])
def test_any_other_rule_that_no_check_knows_is_not_called_kept(enforcement):
    assert verdict_of("NEW", checks(clause("NEW", enforcement))) is Verdict.UNKNOWN


def test_conflicts_come_first_then_what_is_unknown_then_promises_then_what_fits():
    found = checks(
        clause("OPEN_CODE"), clause("NO_COMM"), clause("SEASON"), clause("NO_ANCESTRY"),
        purpose=purpose(33),
    )  # fmt: skip

    assert [check.code for check in found] == [
        "NO_ANCESTRY",
        "SEASON",
        "NO_COMM",
        "ANSWERS",
        "MAX_ROUNDS",
        "TIME",
        "MIN_COHORT",
        "MIN_NODES",
        "HIDDEN",
        "OPEN_CODE",
    ]
    assert [ORDER.index(check.verdict) for check in found] == [0, 1, 2, *[3] * 7]


def test_the_worst_verdict_is_what_it_comes_to():
    assert overall(checks(clause("NO_COMM"), clause("SEASON"))) is Verdict.UNKNOWN
    assert overall(checks(clause("NO_COMM"))) is Verdict.PROMISE
    assert overall(checks(clause("OPEN_CODE"))) is Verdict.FITS
    assert overall(checks(clause("NO_COMM"), institution=COMPANY)) is Verdict.BREAKS
    assert overall([]) is Verdict.UNKNOWN


def test_a_clause_that_repeats_a_setting_is_told_once():
    codes = [c.code for c in checks(clause("MAX_ROUNDS", "node"), clause("TIME", "node"))]

    assert sorted(codes) == ["ANSWERS", "HIDDEN", "MAX_ROUNDS", "MIN_COHORT", "MIN_NODES", "TIME"]


def test_every_clause_gets_a_sentence_and_never_speaks_twice():
    found = checks(*(clause(code) for code in library()))

    assert {c.code for c in found} == set(library()) | {"MIN_NODES", "ANSWERS", "HIDDEN"}
    assert len(found) == len(library()) + 3
    assert all(c.sentence.endswith((".", "!")) and c.rule for c in found)


@pytest.mark.parametrize(
    ("communities", "changes", "expected", "sentence"),
    [
        (3, {}, "fits", "With fewer than 3, our node refuses."),
        (3, NOISED, "fits", "Our node adds noise."),
        (2, {}, "breaks", "They ask 2 communities and add no noise. Fewer than 3 communities"),
        (1, MIXED, "breaks", "They ask 1 community and add no noise."),
        (2, NOISED, "fits", "Our node adds noise."),
        (2, {"privacy": {"dp": NOISE, "secure_aggregation": True}}, "fits", "protects nothing"),
        (3, {"privacy": None}, "unknown", "They did not answer this."),
    ],
)
def test_with_fewer_than_three_communities_only_noise_hides_people(
    communities, changes, expected, sentence
):
    found = {c.code: c for c in checks(communities=communities, **changes)}["HIDDEN"]

    assert found.verdict == expected
    assert sentence in found.sentence


@pytest.mark.parametrize(
    ("asked", "ours", "changes", "told"),
    [
        (50, 60, {}, True),
        (50, 100, {}, False),
        (100, 20, {}, False),
        (50, 60, NOISED, False),
    ],
)
def test_with_fewer_than_a_hundred_people_it_says_that_noise_is_needed(asked, ours, changes, told):
    found = precheck(
        document(min_cohort=asked, **changes), protocol=protocol(min_cohort=ours), communities=3
    )

    sentence = {c.code: c.sentence for c in found}["MIN_COHORT"]
    assert ("Without noise it needs 100." in sentence) == told


@pytest.mark.parametrize(
    ("dp", "mixed", "min_nodes", "rules", "kept"),
    [
        (NOISE, False, 1, [clause("DP_REQUIRED", eps="1", delta="0.00001")], True),
        (NOISE, False, 1, [clause("DP_REQUIRED", eps="0.9", delta="0.00001")], False),
        (NOISE, False, 1, [clause("DP_REQUIRED", eps="", delta="0.00001")], False),
        (None, True, 3, [clause("DP_REQUIRED", eps="1", delta="0.00001")], False),
        (None, True, 3, [clause("SECAGG_REQUIRED", others="2")], True),
        (None, True, 3, [clause("SECAGG_REQUIRED", others="3")], False),
        (NOISE, False, 3, [clause("SECAGG_REQUIRED", others="2")], False),
        (None, False, 3, [clause("NO_COMM"), clause("NAMED_ONLY")], True),
    ],
)
def test_an_agreement_that_keeps_no_rule_on_noise_or_mixing_is_told(
    dp, mixed, min_nodes, rules, kept
):
    claims = replace(
        CLAIMS,
        dp=noise_of({"dp": dp}),
        secure_aggregation=mixed,
        min_nodes=min_nodes,
    )

    found = unmet(claims, [protocol(), protocol(*rules)])

    assert (found == "") == kept
    assert kept or found == f"Rule {rules[0]['code']}."
