"""DUO permissions and ancestry: the rule of DUO itself, and the five cases of DUOS turned round."""

import pytest

from consent.precheck import Verdict, overall, precheck
from consent.purposes import PURPOSES
from governance.vocabulary import duo
from tests.consent.precheck.asking import (
    COMPANY,
    DIABETES,
    HUMAN_DISEASE,
    LUNG_CANCER,
    TYPE_2,
    about,
    clause,
    document,
    protocol,
    purpose,
    verdict_of,
)

NRES, GRU, HMB, DS, POA = (
    duo.NO_RESTRICTION,
    duo.GENERAL_RESEARCH,
    duo.HEALTH,
    duo.DISEASE,
    duo.ANCESTRY_ONLY,
)


def held(*clauses, use="", ancestry="", **changes):
    rules = protocol(*clauses, use=use, ancestry=ancestry)
    return precheck(document(**changes), protocol=rules, communities=3)


# One row for each class of investigation, DUO:0000031 to 40; what each permission says to it.
USE = {
    31: {NRES: "fits", GRU: "fits", HMB: "unknown", DS: "unknown", POA: "unknown"},
    32: {NRES: "fits", GRU: "fits", HMB: "unknown", DS: "unknown", POA: "unknown"},
    33: {NRES: "fits", GRU: "fits", HMB: "breaks", DS: "breaks", POA: "fits"},
    34: {NRES: "fits", GRU: "fits", HMB: "unknown", DS: "unknown", POA: "breaks"},
    35: {NRES: "fits", GRU: "fits", HMB: "unknown", DS: "unknown", POA: "breaks"},
    36: {NRES: "fits", GRU: "fits", HMB: "unknown", DS: "unknown", POA: "breaks"},
    37: {NRES: "fits", GRU: "fits", HMB: "fits", DS: "fits", POA: "breaks"},
    38: {NRES: "fits", GRU: "fits", HMB: "fits", DS: "fits", POA: "breaks"},
    39: {NRES: "fits", GRU: "fits", HMB: "fits", DS: "fits", POA: "breaks"},
    40: {NRES: "fits", GRU: "fits", HMB: "fits", DS: "fits", POA: "breaks"},
}


@pytest.mark.parametrize(
    ("number", "use", "expected"),
    [(number, use, verdict) for number, row in USE.items() for use, verdict in row.items()],
)
def test_each_permission_says_something_to_each_kind_of_research(number, use, expected):
    found = held(clause("SCOPE_DISEASE", diseases="diabetes"), use=use, purpose=purpose(number))

    assert verdict_of("USE", found) == expected


def test_the_table_above_is_whole():
    assert [f"DUO:00000{number}" for number in USE] == list(PURPOSES)
    assert all(set(row) == set(duo.permissions()) for row in USE.values())


@pytest.mark.parametrize(
    ("answer", "number", "expected"),
    [
        ("no", 33, "breaks"),
        ("no", 32, "unknown"),
        ("no", 37, "promise"),
        ("ask", 33, "unknown"),
        ("ask", 32, "unknown"),
        ("ask", 37, "promise"),
        ("yes", 33, "fits"),
        ("yes", 32, "fits"),
        ("yes", 37, "fits"),
    ],
)
def test_the_answer_on_ancestry_is_held_against_the_purpose(answer, number, expected):
    found = held(use=GRU, ancestry=answer, purpose=purpose(number))

    assert verdict_of("ANCESTRY", found) == expected


def test_the_clause_against_ancestry_outranks_the_answer_and_is_told_once():
    found = held(clause("NO_ANCESTRY"), use=GRU, ancestry="yes", purpose=purpose(33))

    assert verdict_of("NO_ANCESTRY", found) is Verdict.BREAKS
    assert "ANCESTRY" not in {check.code for check in found}


def test_a_protocol_that_names_no_permission_gets_no_check_of_it():
    assert {"USE", "ANCESTRY"}.isdisjoint(check.code for check in held())


def test_a_purpose_of_no_known_class_is_unknown_to_every_permission():
    rules = protocol(use=NRES, ancestry="yes")
    asked = document() | {"purpose": {"code": "GRU", "text": "anything"}}

    found = precheck(asked, protocol=rules, communities=3)

    assert verdict_of("USE", found) is Verdict.UNKNOWN
    assert verdict_of("ANCESTRY", found) is Verdict.UNKNOWN


# --- five cases in which the matcher of DUOS says what a community must not be told -------------


@pytest.mark.parametrize(
    ("diseases", "expected"),
    [(about(HUMAN_DISEASE), "breaks"), ([], "unknown"), (about("any illness"), "unknown")],
)
def test_case_1_general_research_on_data_for_one_disease_is_never_approved(diseases, expected):
    found = held(clause("SCOPE_DISEASE", diseases="diabetes"), use=DS, diseases=diseases)

    assert verdict_of("USE", found) == expected
    assert verdict_of("SCOPE_DISEASE", found) == expected


def test_case_1_research_on_a_kind_of_that_disease_fits():
    found = held(clause("SCOPE_DISEASE", diseases="diabetes"), use=DS, diseases=about(TYPE_2))

    assert verdict_of("USE", found) is Verdict.FITS


def test_case_2_ancestry_research_on_general_data_without_ancestry_is_a_conflict():
    by_answer = held(use=GRU, ancestry="no", purpose=purpose(33))
    by_clause = held(clause("NO_ANCESTRY"), use=GRU, ancestry="no", purpose=purpose(33))

    assert overall(by_answer) is overall(by_clause) is Verdict.BREAKS


def test_case_3_methods_research_on_data_for_one_disease_is_asked_about():
    found = held(
        clause("SCOPE_DISEASE", diseases="diabetes"),
        use=DS,
        purpose=purpose(31),
        diseases=about(DIABETES),
    )

    assert verdict_of("USE", found) is Verdict.UNKNOWN


def test_case_4_what_needs_thought_never_hides_a_conflict():
    found = held(
        clause("NO_COMM"),
        clause("NO_STIGMA", topics="alcohol"),
        institution=COMPANY,
        question="Does alcohol go with progression?",
    )

    assert verdict_of("NO_COMM", found) is Verdict.BREAKS
    assert verdict_of("NO_STIGMA", found) is Verdict.UNKNOWN
    assert overall(found) is Verdict.BREAKS


@pytest.mark.parametrize(
    ("code", "params", "changes", "expected"),
    [
        ("PLACE", {"places": "NZ"}, {"places": ["CH"]}, "breaks"),
        ("PLACE", {"places": "NZ"}, {"places": []}, "unknown"),
        ("PUB_MORATORIUM", {"date": "2030-01-01"}, {}, "promise"),
        ("NO_SACRED", {"fields": "genotype of families"}, {}, "unknown"),
        ("COAUTHOR", {"names": "River"}, {}, "promise"),
        ("ETHICS_DOC", {"board": "ours"}, {}, "promise"),
    ],
)
def test_case_5_places_dates_and_duties_are_looked_at_or_asked_about(
    code, params, changes, expected
):
    assert verdict_of(code, held(clause(code, **params), **changes)) == expected


def test_lung_cancer_on_data_for_diabetes_breaks_under_every_health_permission():
    for use in (HMB, DS):
        found = held(
            clause("SCOPE_DISEASE", diseases="diabetes"), use=use, diseases=about(LUNG_CANCER)
        )
        assert overall(found) is Verdict.BREAKS


@pytest.mark.parametrize(
    ("server", "verdict", "words"),
    [
        ((), "unknown", "Nobody has said where"),
        (("NZ",), "promise", "only these places"),
        (("NZ", "US"), "breaks", "stands in United States"),
    ],
)
def test_a_rule_about_places_holds_for_the_platforms_own_server_too(
    server: tuple[str, ...], verdict: str, words: str
) -> None:
    rules = protocol(clause("PLACE", places="New Zealand (NZ)"))

    found = precheck(document(places=["NZ"]), protocol=rules, communities=3, server=server)

    [place] = [check for check in found if check.code == "PLACE"]
    assert place.verdict == verdict
    assert words in place.sentence
