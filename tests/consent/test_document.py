import json
from dataclasses import replace

import pytest

from consent.document import build, read_back, written
from consent.errors import Incomplete
from consent.grants.codec import config_digest
from consent.questions import QUESTIONS
from tests.consent.factories import CONFIG, JOB, fields

RIGHT_TO_LEFT = "\u202e"


def build_with(**changes):
    return build(
        title=changes.pop("title", "Weight and illness"), fields=fields(**changes), job=JOB
    )


def problems_of(**changes):
    with pytest.raises(Incomplete) as refusal:
        build_with(**changes)
    return refusal.value.fields


def test_a_whole_form_becomes_the_whole_document():
    assert build_with() == fields() | {
        "version": 2,
        "title": "Weight and illness",
        "attachments": [],
        "approvals": [],
        "variables": ["age", "bmi", "progression"],
        "outputs": ["coefficients", "standard-errors"],
        "job": {
            "name": "linear-regression",
            "version": "1.0.0",
            "code": "a" * 64,
            "title": "Linear regression",
            "leaves": ["How many people have all the needed values.", "No person's own values."],
            "parameters": {"outcome": "progression", "predictors": "age,bmi"},
            "config": CONFIG,
            "config_digest": config_digest(CONFIG),
        },
    }


def test_an_empty_form_names_every_field_at_once():
    with pytest.raises(Incomplete) as refusal:
        build(title="", fields={}, job=JOB)

    assert sorted(refusal.value.fields) == sorted({
        *QUESTIONS,
        "benefits_list", "contact.email", "contact.name", "datasets", "funding",
        "institution.name", "institution.type", "max_rounds", "min_cohort", "min_nodes", "months",
        "people", "purpose.code", "purpose.text", "results_return.due_months",
        "results_return.how", "summary", "title",
    })  # fmt: skip


PAYER = fields()["funding"][0]
PARTNER = fields()["partners"][0]
GOOD = fields()["benefits_list"][0]
PERSON = {"name": "Chi", "email": "chi@university.example", "orcid": ""}


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"title": " "}, "title", "Please fill this in."),
        ({"title": "x" * 161}, "title", "At most 160 characters, please; this has 161."),
        ({"title": "two\nlines"}, "title", "characters that cannot be seen"),
        ({"summary": "word " * 301}, "summary", "At most 300 words, please; this has 301."),
        ({"summary": 7}, "summary", "This must be text."),
        ({"question": f"a{RIGHT_TO_LEFT}b"}, "question", "characters that cannot be seen"),
        ({"question": "a\x00b"}, "question", "characters that cannot be seen"),
        ({"harm_person": ""}, "harm_person", "Please fill this in."),
        ({"harm_family": "\n "}, "harm_family", "Please fill this in."),
        ({"harm_people": ""}, "harm_people", "Please fill this in."),
        ({"forced_sharing": ""}, "forced_sharing", "Please fill this in."),
        ({"commercial_interest": ""}, "commercial_interest", "Please fill this in."),
        ({"mitigation": "x" * 2001}, "mitigation", "At most 2000 characters"),
        ({"max_cohort": 49}, "max_cohort", "less than the fewest people"),
        ({"max_cohort": "many"}, "max_cohort", "a whole number from 20"),
        ({"funding": []}, "funding", "Name who pays"),
        ({"funding": [PAYER | {"name": ""}]}, "funding.0.name", "Please fill this in."),
        ({"funding": [PAYER | {"type": "army"}]}, "funding.0.type", "one of the offered"),
        ({"funding": [PAYER | {"conditions": ""}]}, "funding.0.conditions", "fill this in"),
        ({"funding": [PAYER] * 21}, "funding", "At most 20, please."),
        ({"partners": "none"}, "partners", "This must be a list."),
        ({"partners": [{"name": "H", "ror": "", "type": ""}]}, "partners.0.type", "one of"),
        ({"partners": [PARTNER] * 21}, "partners", "At most 20, please."),
        ({"benefits_list": []}, "benefits_list", "at least one thing"),
        ({"benefits_list": [GOOD | {"due_months": 0}]}, "benefits_list.0.due_months", "1 to 120"),
        ({"benefits_list": [GOOD | {"due_months": 121}]}, "benefits_list.0.due_months", "to 120"),
        ({"benefits_list": [GOOD | {"checked_by": ""}]}, "benefits_list.0.checked_by", "fill"),
        ({"results_return": {"how": "", "due_months": 3}}, "results_return.how", "fill this in"),
        ({"results_return": {"how": "x"}}, "results_return.due_months", "from 1 to 120"),
        ({"contact": {"name": "Office", "email": "x"}}, "contact.email", "an e-mail address"),
        ({"contact": {}}, "contact.name", "Please fill this in."),
        ({"datasets": []}, "datasets", "Choose at least one dataset."),
        ({"datasets": "river-diabetes"}, "datasets", "Choose at least one dataset."),
        ({"datasets": ["a", "a"]}, "datasets", "Something is named twice."),
        ({"datasets": [str(n) for n in range(51)]}, "datasets", "At most 50, please."),
        ({"months": 0}, "months", "a whole number from 1 to 60"),
        ({"months": 61}, "months", "a whole number from 1 to 60"),
        ({"months": True}, "months", "a whole number from 1 to 60"),
        ({"months": 6.0}, "months", "a whole number from 1 to 60"),
        ({"max_rounds": 0}, "max_rounds", "a whole number from 1 to 1000"),
        ({"max_rounds": 1001}, "max_rounds", "a whole number from 1 to 1000"),
        ({"max_rounds": "3"}, "max_rounds", "a whole number from 1 to 1000"),
        ({"min_cohort": 19}, "min_cohort", "a whole number from 20"),
        ({"min_nodes": 0}, "min_nodes", "a whole number from 1 to 100"),
        ({"purpose": {"code": "DUO:0000041", "text": "x"}}, "purpose.code", "one of the offered"),
        ({"purpose": {"code": "DUO:0000037", "text": ""}}, "purpose.text", "Please fill this in."),
        ({"purpose": "DUO:0000037"}, "purpose.code", "one of the offered"),
        ({"people": []}, "people", "Name the people"),
        ({"people": ["Chi"]}, "people.0.name", "Please fill this in."),
        ({"people": [PERSON] * 21}, "people", "At most 20, please."),
        ({"people": [PERSON, PERSON | {"name": "Chu"}]}, "people", "the same e-mail address"),
        ({"people": [PERSON | {"email": ""}]}, "people.0.email", "Please fill this in."),
        ({"people": [PERSON | {"email": "chi"}]}, "people.0.email", "give an e-mail address"),
        ({"people": [PERSON | {"email": "a b@c.example"}]}, "people.0.email", "an e-mail address"),
        ({"people": [PERSON | {"orcid": "0000-0002"}]}, "people.0.orcid", "An ORCID looks like"),
        ({"institution": {"name": "U", "ror": "", "type": "army"}}, "institution.type", "one of"),
        ({"institution": {"name": "", "ror": "", "type": "public"}}, "institution.name", "fill"),
        ({"institution": {"name": "U", "ror": "x", "type": "public"}}, "institution.ror", "A ROR"),
    ],
)  # fmt: skip
def test_one_fault_is_named_with_its_field_and_a_sentence(changes, field, sentence):
    problems = problems_of(**changes)

    assert next(iter(problems)) == field
    assert sentence in problems[field]


@pytest.mark.parametrize(
    "changes",
    [
        {"summary": "word " * 300},
        {"months": 1},
        {"months": 60},
        {"max_rounds": 1000},
        {"min_cohort": 20},
        {"people": [PERSON | {"orcid": "0000-0002-1825-009X"}]},
        {"institution": {"name": "U", "ror": "https://ror.org/04gyf1771", "type": "company"}},
        {"partners": []},
        {"partners": None},
        {"max_cohort": 50},
        {"funding": [PAYER] * 20},
        {"benefits_list": [GOOD | {"due_months": 1}, GOOD | {"due_months": 120}]},
        {"commercial_interest": "A patent is planned."},
        *({"purpose": {"code": f"DUO:00000{n}", "text": "x"}} for n in range(31, 41)),
    ],
    ids=str,
)
def test_what_lies_just_inside_the_limits_passes(changes):
    build_with(**changes)


def test_nothing_of_the_job_is_taken_from_the_form():
    document = build_with(job={"code": "b" * 64}, variables=["secret"], outputs=["rows"])

    assert document["job"]["code"] == "a" * 64
    assert document["variables"] == ["age", "bmi", "progression"]
    assert document["outputs"] == ["coefficients", "standard-errors"]


def test_a_job_without_variables_cannot_be_asked_for():
    with pytest.raises(Incomplete, match="at least one variable"):
        build(title="T", fields=fields(), job=replace(JOB, variables=()))


def test_addresses_are_kept_in_lower_case_and_texts_without_spaces_around():
    document = build_with(people=[PERSON | {"email": "Chi@University.EXAMPLE"}], question=" Why? ")

    assert document["people"][0]["email"] == "chi@university.example"
    assert document["question"] == "Why?"


def test_a_written_document_reads_back_equal_and_has_one_spelling():
    document = build_with()

    text = written(document)

    assert read_back(text) == document
    assert written(dict(reversed(document.items()))) == text
    assert config_digest(read_back(text)["job"]["config"]) == document["job"]["config_digest"]


def test_a_setting_that_is_no_number_cannot_be_written():
    with pytest.raises(Incomplete, match="cannot be written down"):
        written(build_with() | {"job": {"config": {"job.tolerance": float("nan")}}})


def test_a_document_that_is_too_long_as_a_whole_is_refused():
    with pytest.raises(Incomplete, match="too long as a whole"):
        written({"text": "x" * 131_072})


def test_a_refusal_reads_as_sentences():
    refusal = Incomplete(
        {"a": "Please fill this in.", "b": "Please fill this in.", "c": "Too long."}
    )

    assert str(refusal) == "Please fill this in. Too long."
    assert json.loads(json.dumps(refusal.fields)) == refusal.fields


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ([{"id": "MONDO:0005148"}], [{"id": "MONDO:0005148", "text": "type 2 diabetes mellitus"}]),
        ([{"text": "T2D"}], [{"id": "MONDO:0005148", "text": "type 2 diabetes mellitus"}]),
        ([{"id": "", "text": "low spirits"}], [{"id": "", "text": "low spirits"}]),
        ([{"id": "MONDO:9999999", "text": "new"}], [{"id": "MONDO:9999999", "text": "new"}]),
        (
            [{"text": "T2D"}, {"id": "MONDO:0005148"}],
            [{"id": "MONDO:0005148", "text": "type 2 diabetes mellitus"}],
        ),
        ([{}], []),
        ([], []),
        (None, []),
    ],
)  # fmt: skip
def test_an_illness_is_kept_as_a_term_where_there_is_one(sent, kept):
    assert build_with(diseases=sent)["diseases"] == kept


@pytest.mark.parametrize(
    ("sent", "kept"), [(["ch", "New Zealand", "CH"], ["CH", "NZ"]), ([], []), (None, [])]
)
def test_places_are_kept_as_two_letters(sent, kept):
    assert build_with(places=sent)["places"] == kept


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"diseases": "cancer"}, "diseases", "Name illnesses, or leave it empty."),
        ({"diseases": [{"id": "cancer"}]}, "diseases.0.id", "looks like MONDO:0005015"),
        ({"diseases": [{"text": "x" * 201}]}, "diseases.0.text", "At most 200 characters"),
        ({"diseases": [{"text": "x"}] * 21}, "diseases", "At most 20, please."),
        ({"places": "CH"}, "places", "Name places, or leave it empty."),
        ({"places": ["Atlantis"]}, "places", "“Atlantis” is no country that we know."),
        ({"places": ["CH"] * 51}, "places", "At most 50, please."),
    ],
)
def test_illnesses_and_places_that_cannot_be_read_are_told(changes, field, sentence):
    assert sentence in problems_of(**changes)[field]
