"""What a draft must hold to be submitted, and what a new one takes over from an old one."""

import json

import pytest
from django.test import Client

from consent.models import TrainingRequest
from federation.actions import requests
from federation.actions.catalogue import publish
from tests.consent.factories import ANSWERS, fields
from tests.federation.steps import begin, save, submit, url, write
from tests.federation.story import Three


@pytest.fixture
def chi(three: Three) -> Client:
    publish("linear-regression")
    publish("logistic-regression")
    return three.chi.client()


@pytest.fixture
def draft(chi: Client) -> TrainingRequest:
    return begin(chi)


def test_settings_that_another_job_lacks_are_left_behind(chi: Client) -> None:
    draft = begin(chi, job="logistic-regression")
    save(chi, draft, "settings", **{"job-max-iterations": "20", "job-tolerance": "1e-6"})
    draft.refresh_from_db()
    assert draft.draft["job"]["parameters"]["max-iterations"] == 20

    save(chi, draft, "job")

    draft.refresh_from_db()
    assert draft.draft["job"] == {
        "name": "linear-regression",
        "parameters": {"outcome": "progression", "predictors": "age,bmi"},
    }


@pytest.mark.parametrize(("words", "taken"), [(300, True), (301, False)])
def test_a_summary_has_at_most_300_words(chi: Client, words: int, taken: bool) -> None:
    draft = write(chi, plain={"summary": "word " * words})

    submit(chi, draft)

    draft.refresh_from_db()
    assert (draft.state == "in review") is taken
    said = requests.missing(draft).get("summary", "")
    assert said == ("" if taken else "At most 300 words, please; this has 301.")


@pytest.mark.parametrize("name", list(ANSWERS))
def test_each_question_must_be_answered_before_it_is_submitted(
    chi: Client, draft: TrainingRequest, name: str
) -> None:
    draft.draft = fields(**{name: " "}) | {"job": {"name": "linear-regression"}}

    assert requests.missing(draft)[name] == "Please fill this in."


def test_a_step_that_is_none_and_a_submitted_request_have_no_page(
    chi: Client, draft: TrainingRequest, asked: TrainingRequest
) -> None:
    assert chi.get(url(draft, "nothing")).status_code == 404
    assert chi.get(url(asked, "harm")).status_code == 404
    assert chi.post(f"{url(asked, 'harm')}save/", {"bias": "x"}).status_code == 404


def test_a_request_that_is_changed_is_written_in_the_same_steps(
    chi: Client, asked: TrainingRequest
) -> None:
    asked.state = "being changed"
    asked.save()

    save(chi, asked, "plain", summary="In other words.")

    asked.refresh_from_db()
    assert asked.draft["summary"] == "In other words."
    page = chi.get(f"/requests/{asked.public_id}/preview/").content.decode()
    assert f"/requests/{asked.public_id}/revise/" in page
    assert "Yes, submit to the communities" not in page


def test_a_new_request_takes_over_the_answers_of_an_old_one(
    chi: Client, asked: TrainingRequest
) -> None:
    asked.draft |= {"funders": "A fund of old."}
    asked.draft.pop("funding")
    asked.save()

    answer = chi.post(f"/requests/{asked.public_id}/copy/")

    made = TrainingRequest.objects.latest("pk")
    assert answer["Location"] == url(made, "job")
    assert (made.state, made.copied_from, made.terms_digest) == ("draft", asked, "")
    assert made.title == "Weight and illness (new)"
    assert made.draft["harm_family"] == ANSWERS["harm_family"]
    assert made.draft["funding"][0]["conditions"] == "A fund of old."
    asked.refresh_from_db()
    assert asked.state == "in review"


def test_a_draft_holds_any_writing_of_the_world(chi: Client, draft: TrainingRequest) -> None:
    words = "ᐃᓄᒃᑎᑐᑦ " * 250

    for name in ("harm_person", "harm_family", "harm_people", "mitigation", "bias"):
        save(chi, draft, "harm", **{name: words})

    draft.refresh_from_db()
    assert draft.draft["bias"] == words.strip()
    assert len(json.dumps(draft.draft, ensure_ascii=False).encode()) < 131_072
