"""What differs between two revisions, field by field and word by word."""

from time import process_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.changes import Kind, Mark, Span, agreement_changes, changes, word_diff
from consent.questions import QUESTIONS

CHI = {"name": "Chi", "email": "chi@university.example", "orcid": ""}
DAN = {"name": "Dan", "email": "dan@university.example", "orcid": ""}
FILE = {"id": "1", "kind": "plan", "title": "Plan", "name": "p.pdf", "size": 9, "digest": "a" * 64}
OLD: dict[str, Any] = {
    "version": 2,
    "summary": "We want to see how weight goes with the illness.",
    "datasets": ["river-diabetes"],
    "max_rounds": 3,
    "max_cohort": None,
    "people": [CHI],
    "purpose": {"code": "DUO:0000037", "text": "To learn."},
    "privacy": {"dp": None, "secure_aggregation": False},
    "benefits_list": [{"text": "A plain report.", "due_months": 12, "checked_by": "Us"}],
    "attachments": [FILE],
    "job": {
        "name": "linear-regression",
        "version": "1.0.0",
        "code": "a" * 64,
        "parameters": {"predictors": "age"},
        "config": {"job.predictors": "age"},
        "config_digest": "b" * 64,
    },
}


def told(**changed: Any) -> list[tuple[str, str, str, str]]:
    return [(c.field, c.kind.value, c.before, c.after) for c in changes(OLD, OLD | changed)]


def test_the_same_document_has_no_changes() -> None:
    assert changes(OLD, dict(OLD)) == []


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"max_rounds": 5}, ("max_rounds", "changed", "3", "5")),
        ({"max_cohort": 500}, ("max_cohort", "added", "", "500")),
        ({"datasets": []}, ("datasets.river-diabetes", "removed", "river-diabetes", "")),
        (
            {"datasets": ["coast-diabetes", "river-diabetes"]},
            ("datasets.coast-diabetes", "added", "", "coast-diabetes"),
        ),
        (
            {"people": [CHI | {"orcid": "0000-0002-1825-0097"}]},
            ("people.chi@university.example.orcid", "added", "", "0000-0002-1825-0097"),
        ),
        (
            {"people": [DAN, CHI]},
            ("people.dan@university.example", "added", "", "name: Dan; e-mail: " + DAN["email"]),
        ),
        (
            {"purpose": {"code": "DUO:0000007", "text": "To learn."}},
            ("purpose.code", "changed", "DUO:0000037", "DUO:0000007"),
        ),
        (
            {"privacy": {"dp": None, "secure_aggregation": True}},
            ("privacy.secure_aggregation", "changed", "no", "yes"),
        ),
        (
            {"attachments": [FILE | {"digest": "c" * 64}]},
            ("attachments.1.digest", "changed", "a" * 64, "c" * 64),
        ),
        (
            {"job": OLD["job"] | {"code": "d" * 64}},
            ("job.code", "changed", "a" * 64, "d" * 64),
        ),
        (
            {"job": OLD["job"] | {"parameters": {"predictors": "age,bmi"}}},
            ("job.parameters.predictors", "changed", "age", "age,bmi"),
        ),
        (
            {"job": OLD["job"] | {"config": {"job.predictors": "age,bmi"}}},
            ("job.config.job.predictors", "changed", "age", "age,bmi"),
        ),
        (
            {"benefits_list": [{"text": "A plain report.", "due_months": 6, "checked_by": "Us"}]},
            ("benefits_list.A plain report..due_months", "changed", "12", "6"),
        ),
        ({"bias": "Less well for the young."}, ("bias", "added", "", "Less well for the young.")),
    ],
)
def test_each_kind_of_field_is_told_once(
    changed: dict[str, Any], expected: tuple[str, str, str, str]
) -> None:
    assert told(**changed) == [expected]


def test_a_list_in_another_order_is_no_change() -> None:
    both = OLD | {"people": [CHI, DAN], "datasets": ["river-diabetes", "coast-diabetes"]}
    turned = OLD | {"people": [DAN, CHI], "datasets": ["coast-diabetes", "river-diabetes"]}

    assert changes(both, turned) == []


def test_a_reworded_item_is_one_change_and_not_two() -> None:
    new = OLD | {
        "benefits_list": [{"text": "A short plain report.", "due_months": 12, "checked_by": "Us"}]
    }

    [change] = changes(OLD, new)

    assert (change.kind, change.before, change.after) == (
        Kind.CHANGED,
        "A plain report.",
        "A short plain report.",
    )


def test_two_items_of_the_same_name_are_both_told() -> None:
    twice = [
        {"name": "Fund", "type": "public", "conditions": "a"},
        {"name": "Fund", "type": "public", "conditions": "b"},
    ]
    new = [twice[0], twice[1] | {"conditions": "c"}]

    [change] = changes({"funding": twice}, {"funding": new})

    assert (change.field, change.before, change.after) == ("funding.Fund#2.conditions", "b", "c")


def test_how_the_document_is_written_is_no_change() -> None:
    assert changes(OLD | {"version": 1}, OLD) == []
    # An older form did not ask; an answer left empty says no more than that.
    assert changes(OLD, OLD | {"patents": "", "partners": []}) == []


def test_a_field_without_a_name_is_told_all_the_same() -> None:
    [change] = changes(OLD, OLD | {"new_thing": "something"})

    assert (change.label, change.after) == ("new thing", "something")


def test_words_are_marked_whole() -> None:
    assert word_diff("at most three rounds", "at most five short rounds") == (
        Span(Mark.SAME, "at most "),
        Span(Mark.OUT, "three"),
        Span(Mark.IN, "five short"),
        Span(Mark.SAME, " rounds"),
    )


def test_two_texts_with_little_in_common_stand_one_after_the_other() -> None:
    assert word_diff("We look at the old", "They see a young one") == (
        Span(Mark.OUT, "We look at the old"),
        Span(Mark.IN, "They see a young one"),
    )


@given(st.text(), st.text())
def test_both_texts_can_be_read_back_from_the_marks(before: str, after: str) -> None:
    spans = word_diff(before, after)

    assert "".join(s.text for s in spans if s.mark is not Mark.IN) == before
    assert "".join(s.text for s in spans if s.mark is not Mark.OUT) == after


def test_an_agreement_is_compared_by_what_binds() -> None:
    old = {
        "type": "grant",
        "version": 1,
        "id": "one",
        "run": {"code": "a", "max_rounds": 3},
        "not_after": "2027-05-24T12:35:59Z",
        "conditions": ["No sharing with others at all."],
    }
    new = old | {
        "id": "two",
        "run": {"code": "a", "max_rounds": 5},
        "not_after": "2027-04-24T12:36:04Z",
        "conditions": ["No sharing with anybody at all."],
    }

    assert [(c.label, c.before, c.after) for c in agreement_changes(old, new)] == [
        ("Job, most rounds", "3", "5"),
        ("Ends", "2027-05-24 12:35 UTC", "2027-04-24 12:36 UTC"),
        ("Conditions", "No sharing with others at all.", "No sharing with anybody at all."),
    ]


@pytest.mark.parametrize("name", ["Fund #1", "Fund", "Fund#2"])
def test_a_further_item_of_the_same_name_hides_nothing(name: str) -> None:
    public = {"name": name, "type": "public", "conditions": "none"}
    company = {"name": name, "type": "company", "conditions": "Keeps the model."}
    before = {"funding": [public]}

    found = changes(before, {"funding": [company, public]})

    assert "Keeps the model." in "".join(change.after for change in found)


def test_a_name_that_looks_numbered_takes_no_other_items_place() -> None:
    before = {"benefits_list": [{"text": "A"}, {"text": "A"}]}

    found = changes(before, {"benefits_list": [*before["benefits_list"], {"text": "A#2"}]})

    [change] = found
    assert change.after.endswith("A#2")


@pytest.mark.parametrize("words", ["a", "a b", "a b c d e f g h"])
def test_texts_made_to_keep_a_machine_busy_do_not(words: str) -> None:
    long: dict[str, Any] = {}
    turned: dict[str, Any] = {}
    for name, question in QUESTIONS.items():
        text = f"{words} " * (question.most // (len(words) + 1))
        long[name], turned[name] = "y " + text, " ".join(reversed(text.split())) + " z"
    long["benefits_list"] = [{"text": f"{words} " * 30 + str(n)} for n in range(20)]
    turned["benefits_list"] = [{"text": f"{words} " * 31 + str(n)} for n in range(20, 40)]
    begun = process_time()

    found = changes(long, turned)

    assert process_time() - begun < 5
    assert {change.field.partition(".")[0] for change in found} == set(turned)
    for change in found:
        said = "".join(span.text for span in change.words if span.mark is not Mark.OUT)
        assert said == change.after


def test_a_small_change_in_a_long_text_is_marked_whatever_its_words() -> None:
    same = "no " * 1000

    assert word_diff(same + "yes " + same, same + "maybe " + same)[1:3] == (
        Span(Mark.OUT, "yes"),
        Span(Mark.IN, "maybe"),
    )
