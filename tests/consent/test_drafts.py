import pytest

from consent.drafts import in_todays_shape, mark_of, part_of, with_parts

DRAFT = {"question": "Why?", "institution": {"name": "Lakeside", "ror": ""}, "people": []}


def test_a_part_is_named_as_in_the_document_and_left_out_when_empty() -> None:
    names = ["question", "institution.name", "institution.ror", "people", "funding"]

    assert part_of(DRAFT, names) == {"question": "Why?", "institution.name": "Lakeside"}


def test_parts_take_the_place_of_those_that_were_there_and_leave_the_rest() -> None:
    changed = with_parts(DRAFT, {"question": "", "institution.type": "public", "months": 3})

    assert changed == {
        "institution": {"name": "Lakeside", "ror": "", "type": "public"},
        "people": [],
        "months": 3,
    }
    assert DRAFT["question"] == "Why?", "the draft itself is not touched"


def test_an_object_is_gone_once_nothing_is_left_in_it() -> None:
    assert with_parts({"contact": {"name": "Chi"}}, {"contact.name": ""}) == {}


@pytest.mark.parametrize("held", [None, "text", 7])
def test_what_is_no_object_is_written_over_by_one(held: object) -> None:
    assert with_parts({"contact": held}, {"contact.name": "Chi"}) == {"contact": {"name": "Chi"}}


def test_the_mark_changes_with_the_parts_that_are_named_and_no_others() -> None:
    names = ["question", "institution.name"]

    assert mark_of(DRAFT, names) == mark_of(DRAFT | {"months": 3}, names)
    assert mark_of(DRAFT, names) != mark_of(DRAFT | {"question": "How?"}, names)
    assert mark_of({}, names) == mark_of({"question": ""}, names)


def test_a_draft_of_the_first_form_keeps_all_that_was_written() -> None:
    old = {"funders": "A fund.", "benefits": "A report.", "after": "Kept.", "months": 6}

    assert in_todays_shape(old) == {
        "months": 6,
        "funding": [{"name": "", "type": "", "conditions": "A fund."}],
        "benefits_list": [{"text": "A report.", "due_months": None, "checked_by": ""}],
        "destruction": "Kept.",
    }
    assert in_todays_shape({"after": "Kept.", "destruction": "Burnt."}) == {
        "destruction": "Kept.\nBurnt."
    }
    assert in_todays_shape({}) == {}
