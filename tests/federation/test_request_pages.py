import pytest
from django.test import Client
from django.urls import reverse

from consent.models import TrainingRequest
from federation.actions.catalogue import publish
from tests.consent.factories import fields
from tests.federation.dying import events
from tests.federation.factories import agree
from tests.federation.story import Three


@pytest.fixture
def chi(three: Three) -> Client:
    publish("linear-regression")
    publish("logistic-regression")
    return three.chi.client()


def form(**changes: object) -> dict[str, object]:
    """The whole form as a browser posts it."""
    plain = fields()
    return {
        "title": "Weight and illness",
        **{n: plain[n] for n in ("summary", "question", "funders", "benefits", "ethics", "after")},
        **{n: plain[n] for n in ("harm_person", "harm_family", "harm_people")},
        "datasets": ["river-diabetes", "coast-diabetes", "hill-diabetes"],
        "max_rounds": "3",
        "months": "6",
        "min_cohort": "100",
        "min_nodes": "3",
        "purpose_code": plain["purpose"]["code"],
        "purpose_text": plain["purpose"]["text"],
        "institution_name": "Lakeside University",
        "institution_type": "public",
        "institution_ror": "",
        "commercial_interest": "",
        "job-outcome": "progression",
        "job-predictors": ["age", "bmi"],
        "people-TOTAL_FORMS": "3",
        "people-INITIAL_FORMS": "1",
        "people-0-name": "Chi",
        "people-0-email": "chi@university.example",
        "people-0-orcid": "",
        "preview": "yes",
    } | changes


NEW = "/requests/new/?job=linear-regression"


def saved() -> TrainingRequest:
    return TrainingRequest.objects.get()


def test_a_job_is_chosen_first(chi: Client) -> None:
    page = chi.get("/requests/new/").content.decode()

    assert "/requests/new/?job=linear-regression" in page
    assert "/requests/new/?job=logistic-regression" in page


def test_the_form_asks_for_the_settings_of_the_chosen_job(chi: Client) -> None:
    linear = chi.get(NEW).content.decode()
    logistic = chi.get("/requests/new/?job=logistic-regression").content.decode()

    assert 'name="job-outcome"' in linear
    assert 'name="job-max-iterations"' not in linear
    assert 'name="job-max-iterations"' in logistic
    assert "Age (age): Coast, Hill, River" in linear
    assert 'value="Chi"' in linear, "the researcher herself is the first of the people"


def test_a_whole_request_is_written_looked_at_and_submitted(chi: Client, three: Three) -> None:
    answer = chi.post(NEW, form(), follow=True)

    page = answer.content.decode()
    assert answer.redirect_chain[0][0] == f"/requests/{saved().public_id}/preview/"
    assert "This is what the stewards read." in page
    assert "Held against the rules of River" in page
    assert "age, bmi, progression" in page
    assert saved().draft["job"] == {
        "name": "linear-regression",
        "parameters": {"outcome": "progression", "predictors": "age,bmi"},
    }
    assert saved().draft["people"] == [
        {"name": "Chi", "email": "chi@university.example", "orcid": ""}
    ]

    answer = chi.post(f"/requests/{saved().public_id}/submit/", follow=True)

    assert saved().state == "in review"
    assert "Submitted. Each community now decides for itself." in answer.content.decode()
    assert answer.content.decode().count("still deciding") == 3
    assert len(events("review.open")) == 3


def test_a_half_filled_draft_is_kept_and_the_preview_says_what_is_missing(chi: Client) -> None:
    chi.post(NEW, form(question="", **{"job-outcome": "", "purpose_code": ""}))

    page = chi.get(f"/requests/{saved().public_id}/preview/").content.decode()

    edit = f"/requests/{saved().public_id}/edit/"
    assert f'<a href="{edit}#id_job-outcome">Outcome</a>: Must be chosen.' in page
    assert "Submit it?" not in page

    chi.post(edit, form(question="", purpose_code=""))
    page = chi.get(f"/requests/{saved().public_id}/preview/").content.decode()
    assert f'<a href="{edit}#id_question">Question</a>: Please fill this in.' in page
    assert f'<a href="{edit}#id_purpose_code">Kind of research</a>' in page


def test_an_unfinished_draft_cannot_be_submitted(chi: Client) -> None:
    chi.post(NEW, form(question=""))

    answer = chi.post(f"/requests/{saved().public_id}/submit/")

    assert answer.status_code == 302
    assert answer["Location"] == f"/requests/{saved().public_id}/preview/"
    assert saved().state == "draft"


def test_a_draft_comes_back_as_it_was_saved(chi: Client) -> None:
    chi.post(NEW, form(**{"job-predictors": ["bmi"]}))

    page = chi.get(f"/requests/{saved().public_id}/edit/").content.decode()

    assert 'value="bmi" id="id_job-predictors_1" checked' in " ".join(page.split())
    assert '<option value="progression" selected>' in page
    assert "A family&#x27;s illness might be talked about." in page
    assert 'value="chi@university.example"' in page


def test_a_variable_must_be_in_every_dataset_that_is_chosen(chi: Client, three: Three) -> None:
    hill = three.hill.community.datasets.get()
    hill.variables = [v for v in hill.variables if v["name"] != "bmi"]
    hill.save()

    answer = chi.post(NEW, form())

    assert answer.status_code == 400
    assert "Hill Diabetes has no variable bmi." in answer.content.decode()
    assert not TrainingRequest.objects.exists()


def test_a_dataset_that_is_not_offered_cannot_be_chosen(chi: Client, three: Three) -> None:
    three.hill.community.datasets.update(listed=False)

    answer = chi.post(NEW, form())

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
        chi.post(NEW, form())
    chi.get("/requests/")

    with django_assert_num_queries(6):  # type: ignore[operator]  # a fixture of pytest-django
        chi.get("/requests/")
