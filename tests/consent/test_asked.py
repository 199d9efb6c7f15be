"""A request's document as it is read, of whichever version."""

from consent.asked import parts_of
from consent.document import build
from consent.questions import QUESTIONS
from tests.consent.factories import ANSWERS, JOB, fields
from tests.consent.precheck.asking import document, first_form


def told(text: dict) -> dict:
    return {str(a.label): a.text for part in parts_of(text) for a in part.answers}


def everything(text: dict) -> str:
    return "\n".join(told(text).values())


def test_every_answer_of_a_request_is_shown() -> None:
    whole = document(partners=[{"name": "Hillside", "ror": "", "type": "company"}])

    shown = everything(whole)

    assert [name for name in QUESTIONS if ANSWERS[name] not in shown] == []
    for words in (
        "river-diabetes",
        "age, bmi, progression",
        "Rounds: at most 3. Months: 6. People at each node: at least 50.",
        "To learn who needs care first. (biomedical research)",
        "type 2 diabetes mellitus (MONDO:0005148)",
        "Switzerland",
        "Chi, chi@university.example",
        "Lakeside University (public)",
        "Hillside (company)",
        "The national science fund (public). Conditions: It asks for a report.",
        "A plain report within a year. (within 12 months after the yes; The health committee",
        "At a meeting, in plain words. Within 3 months after the yes.",
        "University board, 12, from 2026-01-01 until 2027-12-31",
        "The data office, office@university.example",
    ):
        assert words in shown


def test_what_was_not_answered_stands_there_without_an_answer() -> None:
    shown = told(document(diseases=[], patents="", approvals=[], partners=[]))

    assert (shown["Patents"], shown["Illnesses that they study"]) == ("", "")
    assert shown["Letters of ethics boards"] == ""
    assert "Partners" not in shown, "having none is an answer"


def test_a_largest_number_of_people_is_told_where_there_is_one() -> None:
    asked = build(title="T", fields=fields(max_cohort=500), job=JOB)

    assert "At most 500 people at each node." in told(asked)["Limits"]


def test_an_older_request_shows_what_it_was_asked_and_no_more() -> None:
    shown = told(first_form())

    assert shown["Who pays"] == "The national science fund."
    assert shown["Good for the communities"] == "A plain report within a year."
    assert shown["Afterwards"].startswith("The model is kept")
    assert "Patents" not in shown
    assert "" not in shown.values()
