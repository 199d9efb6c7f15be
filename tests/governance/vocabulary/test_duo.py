"""R-09 and R-11: the codes of the Data Use Ontology, with every trap in its files."""

import json

import pytest

from governance.vocabulary import duo
from governance.vocabulary.errors import ObsoleteTerm, UnknownTerm

OBO = "http://purl.obolibrary.org/obo/"


def test_the_table_holds_25_terms_of_three_kinds():
    kinds = [term.kind for term in duo.terms().values()]

    assert len(duo.terms()) == 25
    assert {kind: kinds.count(kind) for kind in kinds} == {
        "root": 2,
        "permission": 5,
        "modifier": 18,
    }


def test_the_table_is_the_one_that_was_agreed_on_row_by_row():
    rows = json.loads(duo.TABLE.read_text())["terms"]

    assert [(t.id, t.code, t.label) for t in duo.terms().values()] == [
        (row["id"], row["code"] or "", row["label"]) for row in rows
    ]


@pytest.mark.parametrize(
    "written",
    [
        "DUO:0000044",
        "duo:0000044",
        "DUO_0000044",
        " NPOA ",
        "npoa",
        OBO + "DUO_0000044",
        OBO + "DUO_00000044",  # eight digits, as the OWL file has it
        "https://purl.obolibrary.org/obo/DUO_00000044",
    ],
)
def test_the_ban_on_ancestry_research_is_known_under_every_spelling(written):
    assert duo.resolve(written) == duo.terms()["DUO:0000044"]


def test_it_is_the_only_term_known_under_eight_digits():
    assert duo.resolve("NPOA").iris == (OBO + "DUO_0000044", OBO + "DUO_00000044")
    with pytest.raises(UnknownTerm):
        duo.resolve(OBO + "DUO_00000042")


@pytest.mark.parametrize("term", list(duo.terms().values()), ids=lambda term: term.id)
def test_each_term_is_found_by_id_code_and_address(term):
    assert {duo.resolve(each) for each in (term.id, *term.iris, term.code or term.id)} == {term}


def test_what_a_request_is_for_is_found_too():
    assert list(duo.investigations()) == [f"DUO:00000{n}" for n in range(31, 41)]
    assert duo.resolve("DUO:0000037").label == "biomedical research"


def test_npuncu_is_npu_and_ncu_together():
    assert duo.expand(["NPUNCU"]) == {duo.NOT_FOR_PROFIT, duo.NON_COMMERCIAL}
    assert duo.expand(["DUO:0000045", "DUO:0000046"]) == duo.expand(["DUO:0000018"])


@pytest.mark.parametrize("term", list(duo.modifiers().values()), ids=lambda term: term.code)
def test_no_other_modifier_stands_for_anything_but_itself(term):
    if term.id != duo.NOT_FOR_PROFIT_NON_COMMERCIAL:
        assert duo.expand([term.id]) == {term.id}


def test_half_of_the_strict_rule_is_not_the_strict_rule():
    assert duo.NON_COMMERCIAL not in duo.expand(["NPU"])
    assert duo.NOT_FOR_PROFIT not in duo.expand(["NCU"])
    assert duo.NOT_FOR_PROFIT_NON_COMMERCIAL not in duo.expand(["NPU", "NCU"])


@pytest.mark.parametrize(
    ("written", "replacements", "sentence"),
    [
        ("DUO:0000005", ("DUO:0000042", "DUO:0000043"), "Use DUO:0000042 and DUO:0000043 instead"),
        (OBO + "DUO_0000005", ("DUO:0000042", "DUO:0000043"), "is not used any more"),
        ("DUO:0000014", (), "Nothing stands in its place"),
        ("DUO:0000002", (), "Nothing stands in its place"),
        ("DUO:0000003", (), "Nothing stands in its place"),
    ],
)
def test_an_obsolete_code_is_refused_with_what_stands_for_it_now(written, replacements, sentence):
    with pytest.raises(ObsoleteTerm, match=sentence) as refusal:
        duo.resolve(written)

    assert refusal.value.replacements == replacements


def test_an_obsolete_code_among_others_is_refused_too():
    with pytest.raises(ObsoleteTerm):
        duo.expand(["GRU", "DUO:0000014"])


@pytest.mark.parametrize("written", ["", "XYZ", "DUO:0000099", "DUO:42", "MONDO:0004992", "GRU-CC"])
def test_what_is_no_code_is_refused(written):
    with pytest.raises(UnknownTerm):
        duo.resolve(written)


def test_no_restriction_is_no_parent_of_general_research():
    parents = {term.parent for term in duo.terms().values()}

    assert duo.NO_RESTRICTION not in parents
    assert duo.terms()[duo.GENERAL_RESEARCH].parent == "DUO:0000001"
    assert duo.expand(["GRU"]) == {duo.GENERAL_RESEARCH}


def test_clinical_care_is_the_one_modifier_that_allows_something():
    assert [term.code for term in duo.terms().values() if term.allows] == ["CC"]


@pytest.mark.parametrize(
    ("codes", "permitted"),
    [
        (["GRU"], True),  # this is how Havasupai came about
        (["GRU", "NPOA"], False),
        (["GRU", OBO + "DUO_00000044"], False),
        (["NRES"], True),
        (["NRES", "NPOA"], False),
        (["POA"], True),
        (["POA", "NPOA"], False),
        (["HMB"], False),
        (["DS"], False),
        (["HMB", "GRU"], True),
        ([], False),
    ],
)
def test_general_research_lets_ancestry_in_unless_it_is_forbidden_beside_it(codes, permitted):
    assert duo.permits_ancestry(codes) is permitted
