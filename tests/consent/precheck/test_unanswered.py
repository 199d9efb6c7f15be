"""R-08: what was not answered is unknown, never fitting. R-26: nor does a company ever fit."""

import copy

import pytest

from consent.precheck import Verdict, overall, precheck
from governance.clauses import library
from governance.vocabulary import duo
from tests.consent.precheck.asking import (
    CHARITY,
    COMPANY,
    checks,
    clause,
    document,
    first_form,
    paid_by,
    protocol,
)

ROR = "https://ror.org/04gyf1771"
# Rules that a whole request can keep without resting on anybody's word.
KEPT = (
    clause("SCOPE_DISEASE", diseases="diabetes"),
    clause("NO_SECONDARY"),
    clause("OPEN_CODE"),
    clause("JOINT"),
    clause("INST_ONLY", institutions=ROR),
    clause("NO_SACRED", fields="village"),
)
RULES = protocol(*KEPT, use=duo.HEALTH, ancestry="yes")
WHOLE = document(institution=CHARITY | {"ror": ROR})

# Not answers: the version of the form; settings that no form asks for; numbers not everybody has;
# what may truly be none. That a partner is left out is seen by nobody; that she is half told is.
NO_ANSWERS = {
    *("version", "privacy", "people.0.orcid", "partners", "partners.0.ror", "max_cohort"),
    *("attachments", "approvals.0.attachment", "approvals.0.board", "approvals.0.number"),
    *("approvals.0.from", "approvals.0.until"),
}
ROWS = ("people", "partners", "funding", "benefits_list", "approvals")


def places_in(value, where=""):
    """Every place of a request that could be left empty."""
    if isinstance(value, dict) and where not in ("job", "privacy"):
        for key, inner in value.items():
            yield from places_in(inner, f"{where}.{key}" if where else key)
        return
    yield where
    if where in ROWS:
        yield from places_in(value[0], f"{where}.0")


def blanked(where, blank):
    changed = copy.deepcopy(WHOLE)
    *path, last = where.split(".")
    target = changed
    for key in path:
        target = target[int(key) if key.isdecimal() else key]
    target[last] = blank
    return changed


def test_a_whole_request_fits_rules_that_need_nobodys_word():
    assert overall(precheck(WHOLE, protocol=RULES, communities=3)) is Verdict.FITS


@pytest.mark.parametrize("where", [w for w in places_in(WHOLE) if w not in NO_ANSWERS])
def test_with_any_one_answer_left_out_it_never_fits(where):
    *path, last = where.split(".")
    kind = WHOLE
    for key in (*path, last):
        kind = kind[int(key) if key.isdecimal() else key]
    blank = {str: "", int: None, list: [], dict: {}}[type(kind)]

    found = precheck(blanked(where, blank), protocol=RULES, communities=3)

    assert overall(found) is not Verdict.FITS


@pytest.mark.parametrize("name", [name for name in WHOLE if name not in NO_ANSWERS])
def test_a_question_that_is_not_there_at_all_is_not_answered_either(name):
    missing = {key: value for key, value in WHOLE.items() if key != name}

    found = precheck(missing, protocol=RULES, communities=3)

    assert overall(found) is not Verdict.FITS


@pytest.mark.parametrize("code", list(library()))
def test_to_an_empty_request_no_clause_says_that_it_fits(code):
    found = precheck({}, protocol=protocol(clause(code, "people")), communities=3)

    assert {c.code: c.verdict for c in found}[code] is not Verdict.FITS


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"institution": COMPANY}, "breaks"),
        ({"institution": COMPANY, "commercial_interest": "none"}, "breaks"),
        ({"institution": COMPANY, "commercial_interest": ""}, "breaks"),
        ({"institution": CHARITY, "commercial_interest": "We sell it."}, "breaks"),
        ({"institution": CHARITY} | paid_by("Remedy GmbH, with first look"), "promise"),
        ({"institution": CHARITY} | paid_by("Someone", "company"), "promise"),
        ({"institution": CHARITY} | paid_by("Someone", ""), "unknown"),
        ({"institution": CHARITY, "funding": []}, "unknown"),
        ({"partners": [COMPANY]}, "breaks"),
        ({"partners": [CHARITY, COMPANY]}, "breaks"),
        ({"sales": "A kit of 20 a year."}, "breaks"),
        ({"patents": "One is planned."}, "unknown"),
        ({"patents": ""}, "unknown"),
        ({"sales": ""}, "unknown"),
    ],
)
def test_where_a_company_has_a_part_the_rule_against_sale_is_never_called_kept(changes, expected):
    found = {c.code: c.verdict for c in checks(clause("NO_COMM"), **changes)}

    assert found["NO_COMM"] == expected
    assert overall(checks(clause("NO_COMM"), **changes)) is not Verdict.FITS


@pytest.mark.parametrize(
    ("dp", "expected"),
    [
        ({"epsilon": "2.5", "delta": "0.000001", "unit": "person"}, "fits"),
        ({"epsilon": "3", "delta": "0.00001", "unit": "person"}, "fits"),
        ({"epsilon": "3.1", "delta": "0.00001", "unit": "person"}, "breaks"),
        ({"epsilon": "3", "delta": "0.0001", "unit": "person"}, "breaks"),
        ({"epsilon": "much", "delta": "0.0001", "unit": "person"}, "unknown"),
        ({"epsilon": "3"}, "unknown"),
        ({"epsilon": "1", "delta": "0.00001", "unit": "household"}, "breaks"),
        (None, "breaks"),
    ],
)
def test_noise_is_compared_number_by_number(dp, expected):
    rules = protocol(clause("DP_REQUIRED", eps="3", delta="0.00001"))
    asked = WHOLE | {"privacy": {"dp": dp, "secure_aggregation": False}}

    found = {c.code: c.verdict for c in precheck(asked, protocol=rules, communities=3)}

    assert found["DP_REQUIRED"] == expected


@pytest.mark.parametrize(
    ("mixed", "min_nodes", "others", "expected"),
    [
        (True, 3, "2", "fits"),
        (True, 3, "1", "fits"),
        (True, 2, "1", "breaks"),
        (True, 2, "2", "breaks"),
        (True, 3, "some", "unknown"),
        (False, 3, "2", "breaks"),
    ],
)
def test_mixing_needs_enough_others(mixed, min_nodes, others, expected):
    rules = protocol(clause("SECAGG_REQUIRED", others=others))
    privacy = {"dp": None, "secure_aggregation": mixed}
    asked = WHOLE | {"privacy": privacy, "min_nodes": min_nodes}

    found = {c.code: c.verdict for c in precheck(asked, protocol=rules, communities=3)}

    assert found["SECAGG_REQUIRED"] == expected


def test_an_older_form_is_asked_only_what_it_asked():
    found = precheck(first_form(), protocol=RULES, communities=3)

    assert {c.code: c.verdict for c in found}["ANSWERS"] is Verdict.FITS


@pytest.mark.parametrize("name", ["funders", "benefits", "after", "ethics", "harm_family"])
def test_what_an_older_form_left_empty_counts_as_unknown_too(name):
    found = precheck(first_form(**{name: ""}), protocol=RULES, communities=3)

    assert {c.code: c.verdict for c in found}["ANSWERS"] is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("changes", "expected"),
    [({}, "promise"), ({"funders": ""}, "unknown"), ({"funders": "A company"}, "promise")],
)
def test_who_pays_is_read_from_an_older_form_too(changes, expected):
    rules = protocol(clause("NO_COMM"), clause("ETHICS_DOC"), clause("DESTROY"))

    found = precheck(first_form(**changes), protocol=rules, communities=3)

    verdicts = {c.code: c.verdict for c in found}
    assert verdicts["NO_COMM"] == expected
    assert verdicts["ETHICS_DOC"] == verdicts["DESTROY"] == "promise"
