import re

import pytest
from django.test import Client
from django.urls import reverse

from consent.models import TrainingRequest
from consent.terms import TERMS_DIGEST
from federation.actions.catalogue import publish
from federation.catalogue.registry import code_digest
from federation.forms.steps.wording import ASKED
from tests.consent.factories import fields
from tests.federation.dying import events
from tests.federation.factories import agree
from tests.federation.steps import DATASETS, begin, save, submit, url, write
from tests.federation.story import Three


@pytest.fixture
def chi(three: Three) -> Client:
    publish("linear-regression")
    publish("logistic-regression")
    return three.chi.client()


def saved() -> TrainingRequest:
    return TrainingRequest.objects.get()


def test_a_request_begins_with_a_title_and_a_job(chi: Client) -> None:
    page = chi.get("/requests/new/?job=linear-regression&dataset=hill-diabetes").content.decode()

    plain = " ".join(page.split())
    assert 'value="linear-regression" id="id_job_0" required' not in plain
    assert 'value="linear-regression" id="id_job_0" checked' in plain
    assert re.search(r'value="hill-diabetes" id="id_datasets_\d" checked', plain)

    draft = begin(chi)

    assert draft.draft["people"][0]["name"] == "Chi", "she is the first of the people"
    assert draft.draft["job"] == {"name": "linear-regression"}


def test_without_a_title_nothing_is_begun_and_nothing_is_lost(chi: Client) -> None:
    answer = chi.post("/requests/new/", {"title": "", "job": "linear-regression"})

    assert answer.status_code == 400
    assert "checked" in answer.content.decode()
    assert not TrainingRequest.objects.exists()


def test_the_settings_are_those_of_the_chosen_job_with_limits_and_units(chi: Client) -> None:
    draft = begin(chi)
    linear = chi.get(url(draft, "settings")).content.decode()
    save(chi, draft, "job", job="logistic-regression")
    logistic = chi.get(url(draft, "settings")).content.decode()

    assert 'name="job-outcome"' in linear
    assert 'name="job-max-iterations"' not in linear
    assert "Age (age): Coast, Hill, River" in linear
    assert "From 2 rounds to 50 rounds. Left empty, it is 15." in logistic
    code = code_digest("logistic-regression")
    assert code in logistic
    assert "No person&#x27;s own values." in logistic


def test_a_whole_request_is_written_looked_at_and_submitted(chi: Client, three: Three) -> None:
    draft = write(chi)
    assert draft.draft["job"] == {
        "name": "linear-regression",
        "parameters": {"outcome": "progression", "predictors": "age,bmi"},
    }
    kept = fields() | {"datasets": DATASETS, "min_cohort": 100, "min_nodes": 3}
    for name in ("max_cohort", "privacy"):
        kept.pop(name)
    written_down = {name: value for name, value in draft.draft.items() if name != "job"}
    assert written_down == kept | {"institution": {"name": "Lakeside University", "type": "public"}}

    page = chi.get(f"/requests/{draft.public_id}/preview/").content.decode()
    assert "This is what the stewards read." in page
    assert "Held against the rules of River" in page
    assert "age, bmi, progression" in page
    assert "I take on these terms." in page

    page = submit(chi, draft).content.decode()

    assert saved().state == "in review"
    assert "Submitted. Each community now decides for itself." in page
    assert page.count("still deciding") == 3
    assert len(events("review.open")) == 3
    assert saved().terms_digest == TERMS_DIGEST


@pytest.mark.parametrize("terms", ["", "a" * 64])
def test_without_taking_on_the_terms_nothing_is_submitted(chi: Client, terms: str) -> None:
    draft = write(chi)

    page = submit(chi, draft, terms=terms).content.decode()

    assert "Please read the terms and say that you take them on." in page
    assert saved().state == "draft"


def test_the_old_address_of_the_form_leads_to_the_first_step_with_something_missing(
    chi: Client,
) -> None:
    draft = write(chi, money={"patents": ""}, harm={"bias": ""})

    answer = chi.get(f"/requests/{draft.public_id}/edit/")

    assert answer["Location"] == url(draft, "money")


def test_the_preview_names_all_that_is_missing_with_its_place(chi: Client) -> None:
    settings = {"job-outcome": ""}
    draft = write(chi, plain={"question": ""}, purpose={"purpose_code": ""}, settings=settings)

    page = chi.get(f"/requests/{draft.public_id}/preview/").content.decode()

    place = url(draft, "settings")
    assert f'<a href="{place}#id_job-outcome">Outcome</a>: Must be chosen.' in page
    question = ASKED["question"].label
    place = url(draft, "plain")
    assert f'<a href="{place}#id_question">{question}</a>: Please fill this in.' in page
    assert f'<a href="{url(draft, "purpose")}#id_purpose_code">Kind of research</a>' in page
    assert "Submit it?" not in page


def test_an_unfinished_draft_cannot_be_submitted(chi: Client) -> None:
    draft = write(chi, plain={"question": ""})

    answer = chi.post(f"/requests/{draft.public_id}/submit/", {"terms": TERMS_DIGEST})

    assert answer.status_code == 302
    assert answer["Location"] == f"/requests/{draft.public_id}/preview/"
    assert saved().state == "draft"


def test_a_draft_comes_back_as_it_was_saved(chi: Client) -> None:
    draft = write(chi, settings={"job-predictors": ["bmi"]})

    settings = " ".join(chi.get(url(draft, "settings")).content.decode().split())
    harm = chi.get(url(draft, "harm")).content.decode()
    who = chi.get(url(draft, "who")).content.decode()

    assert re.search(r'value="bmi" id="id_job-predictors_\d" checked', settings)
    assert '<option value="progression" selected>' in settings
    assert "A family&#x27;s illness might be talked about." in harm
    assert 'value="chi@university.example"' in who


def test_a_variable_must_be_in_every_dataset_that_is_chosen(chi: Client, three: Three) -> None:
    hill = three.hill.community.datasets.get()
    hill.variables = [v for v in hill.variables if v["name"] != "bmi"]
    hill.save()
    draft = write(chi)

    page = chi.get(f"/requests/{draft.public_id}/preview/").content.decode()

    assert "Hill Diabetes has no variable bmi." in page
    assert "Submit it?" not in page


def test_a_variable_that_is_in_no_chosen_dataset_any_more_stays_to_be_seen(
    chi: Client, three: Three
) -> None:
    draft = write(chi)
    for place in three.all:
        dataset = place.community.datasets.get()
        dataset.variables = [v for v in dataset.variables if v["name"] != "bmi"]
        dataset.save()

    page = chi.get(url(draft, "settings")).content.decode()

    assert "bmi: in none of your datasets" in page


def test_a_dataset_that_is_not_offered_cannot_be_chosen(chi: Client, three: Three) -> None:
    draft = begin(chi)
    three.hill.community.datasets.update(listed=False)

    answer = save(chi, draft, "job")

    assert answer.status_code == 400
    assert "hill-diabetes is not one of the available choices" in answer.content.decode()


def test_a_submitted_request_is_no_draft_any_more(chi: Client, asked: TrainingRequest) -> None:
    for page in ("edit", "preview"):
        assert chi.get(f"/requests/{asked.public_id}/{page}/").status_code == 404


def test_the_request_page_says_what_each_community_said_and_what_comes_next(
    chi: Client, asked: TrainingRequest, three: Three
) -> None:
    url = f"/requests/{asked.public_id}/"
    assert "The communities talk and decide." in chi.get(url).content.decode()

    agree(asked, *three.all)

    page = chi.get(url).content.decode()
    assert page.count("said yes") == 3
    assert "It is sent to the communities&#x27; nodes by itself" in page
    for steward in (*three.river.stewards, *three.hill.stewards):
        assert steward.user.name not in page, "who signed stays with the community"


def test_withdrawing_asks_first(chi: Client, asked: TrainingRequest) -> None:
    url = reverse("federation:request_withdraw", args=[asked.public_id])
    chi.get(url)
    asked.refresh_from_db()
    assert asked.state == "in review"

    answer = chi.post(url, follow=True)

    asked.refresh_from_db()
    assert asked.state == "withdrawn"
    assert "Nothing. You took it back." in answer.content.decode()


def test_the_list_filters_by_state_and_says_when_it_is_empty(
    chi: Client, asked: TrainingRequest
) -> None:
    assert "Weight and illness" in chi.get("/requests/?state=in+review").content.decode()
    assert "Nothing fits." in chi.get("/requests/?state=draft").content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_the_database_as_often_for_three_rows_as_for_one(
    chi: Client, rows: int, django_assert_num_queries: object
) -> None:
    for _ in range(rows):
        begin(chi)
    chi.get("/requests/")

    with django_assert_num_queries(6):  # type: ignore[operator]  # a fixture of pytest-django
        chi.get("/requests/")
