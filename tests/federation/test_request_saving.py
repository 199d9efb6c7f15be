"""A step saves itself while it is written; no window or device writes over another."""

from typing import Any

import pytest
from django.test import Client

from consent.models import TrainingRequest
from federation.actions import requests
from federation.actions.catalogue import publish
from federation.forms.steps import STEPS
from federation.steps import LAST, marks_of, step_of
from tests.consent.factories import ANSWERS, fields
from tests.federation.steps import KEYS, begin, rows, save, seen, url, write
from tests.federation.story import Three


@pytest.fixture
def chi(three: Three) -> Client:
    publish("linear-regression")
    publish("logistic-regression")
    return three.chi.client()


@pytest.fixture
def draft(chi: Client) -> TrainingRequest:
    return begin(chi)


def autosave(chi: Client, draft: TrainingRequest, key: str, **posted: Any) -> str:
    answer = chi.post(f"{url(draft, key)}save/", posted)
    assert answer.status_code == 200
    draft.refresh_from_db()
    return answer.content.decode()


def text_of(page: str) -> str:
    return " ".join(page.split())


@pytest.mark.parametrize("key", KEYS)
def test_each_step_can_be_opened_and_saved_empty(
    chi: Client, draft: TrainingRequest, key: str
) -> None:
    posted = {"title": "Weight and illness"} if key == "job" else {}
    empty = {f"{name}-TOTAL_FORMS": 1 for name in STEPS[key].lists}
    empty |= {f"{name}-INITIAL_FORMS": 0 for name in STEPS[key].lists}

    answer = chi.post(
        url(draft, key), posted | empty | {"seen": seen(chi, draft, key), "stay": "yes"}
    )

    assert answer.status_code == 302, answer.content.decode()
    assert answer["Location"] == url(draft, key)


def test_steps_may_be_written_in_any_order(chi: Client, draft: TrainingRequest) -> None:
    for key in reversed(KEYS):
        save(chi, draft, key)

    draft.refresh_from_db()
    assert requests.missing(draft) == {}


def test_saving_leads_on_and_the_last_step_is_to_look(chi: Client, draft: TrainingRequest) -> None:
    where = [save(chi, draft, key)["Location"] for key in KEYS]

    assert where[:-1] == [url(draft, key) for key in KEYS[1:]]
    assert where[-1] == f"/requests/{draft.public_id}/preview/"


def test_the_list_of_steps_says_what_is_done_and_where_one_is(chi: Client) -> None:
    draft = write(chi, money={"patents": "", "sales": ""})

    page = text_of(chi.get(url(draft, "harm")).content.decode())

    assert f'<a href="{url(draft, "harm")}" aria-current="step">Harm</a>' in page
    assert f'{url(draft, "money")}">Money</a> <span class="step-mark">2 missing</span>' in page
    assert f'{url(draft, "ethics")}">Ethics</a> <span class="step-mark">done</span>' in page


def test_every_fault_that_a_request_can_have_has_its_step(draft: TrainingRequest) -> None:
    draft.draft = {}
    faults = {*requests.missing(draft), *fields(), "job.parameters.outcome", "variables", "title"}
    faults |= {"privacy.dp.epsilon", "privacy.dp.delta", "privacy.secure_aggregation"}

    assert {name for name in faults if step_of(name) == LAST} == set()
    assert [mark.key for mark in marks_of({})] == [*STEPS, LAST]


def test_what_is_typed_saves_itself(chi: Client, draft: TrainingRequest) -> None:
    said = autosave(
        chi, draft, "plain", summary="We ask.", question="Why?", seen=seen(chi, draft, "plain")
    )

    assert "Saved at" in said
    assert "2 words of at most 300." in said
    assert (draft.draft["summary"], draft.draft["question"]) == ("We ask.", "Why?")
    assert draft.draft["job"] == {"name": "linear-regression"}, "other steps stay as they are"


def test_one_window_goes_on_with_the_mark_of_its_last_saving(
    chi: Client, draft: TrainingRequest
) -> None:
    first = autosave(chi, draft, "harm", bias="One.", seen=seen(chi, draft, "harm"))
    mark = first.split('name="seen" value="')[1].split('"')[0]

    assert "Saved at" in autosave(chi, draft, "harm", bias="Two.", seen=mark)
    assert draft.draft["bias"] == "Two."


def test_what_does_not_fit_is_named_and_the_rest_is_saved(
    chi: Client, draft: TrainingRequest
) -> None:
    posted = {"months": "61", "min_nodes": "3", "places": "Atlantis"}

    said = autosave(chi, draft, "purpose", **posted, seen=seen(chi, draft, "purpose"))

    assert "Saved at" in said
    assert "Not saved, because it does not fit:" in said
    assert "For how many months" in said
    assert "Countries in which" in said
    assert draft.draft["min_nodes"] == 3
    assert "months" not in draft.draft

    answer = save(chi, draft, "purpose", months="61")

    page = answer.content.decode()
    assert answer.status_code == 400
    assert 'value="61"' in page, "what was typed stands there still"
    assert "Everything else on this page is saved." in page
    draft.refresh_from_db()
    assert draft.draft["min_cohort"] == 100


def test_two_windows_never_write_over_each_other(chi: Client, draft: TrainingRequest) -> None:
    mine = other = seen(chi, draft, "harm")
    autosave(chi, draft, "harm", harm_person="Of the other window.", seen=other)

    said = autosave(chi, draft, "harm", harm_person="Mine.", bias="Mine too.", seen=mine)

    assert "Somebody, or another window of yours, saved this page in between." in said
    assert draft.draft["harm_person"] == "Of the other window."
    assert "bias" not in draft.draft

    answer = chi.post(
        url(draft, "harm"), {"harm_person": "Mine.", "bias": "Mine too.", "seen": mine}
    )
    page = answer.content.decode()

    assert answer.status_code == 409
    assert "Mine." in page
    assert "Of the other window." in page
    assert "hx-post" not in page, "nothing is saved by itself before she has chosen"
    draft.refresh_from_db()
    assert draft.draft["harm_person"] == "Of the other window."

    now = page.split('name="seen" value="')[1].split('"')[0]
    chi.post(url(draft, "harm"), {"harm_person": "Mine.", "bias": "Mine too.", "seen": now})

    draft.refresh_from_db()
    assert (draft.draft["harm_person"], draft.draft["bias"]) == ("Mine.", "Mine too.")


def test_a_window_that_saves_faster_than_it_is_answered_does_not_disturb_itself(
    chi: Client, draft: TrainingRequest
) -> None:
    mark = seen(chi, draft, "harm")
    autosave(chi, draft, "harm", bias="One.", seen=mark, window="a1")

    taken = chi.post(url(draft, "harm"), {"bias": "One, two.", "seen": mark, "window": "a1"})
    other = chi.post(url(draft, "harm"), {"bias": "Three.", "seen": mark, "window": "b2"})

    assert (taken.status_code, other.status_code) == (302, 409)
    draft.refresh_from_db()
    assert draft.draft["bias"] == "One, two."


def test_two_windows_on_two_steps_do_not_disturb_each_other(
    chi: Client, draft: TrainingRequest
) -> None:
    harm, plain = seen(chi, draft, "harm"), seen(chi, draft, "plain")

    autosave(chi, draft, "harm", bias="One.", seen=harm)
    autosave(chi, draft, "plain", question="Two?", seen=plain)

    assert (draft.draft["bias"], draft.draft["question"]) == ("One.", "Two?")


def test_saving_the_same_twice_is_no_conflict(chi: Client, draft: TrainingRequest) -> None:
    mark = seen(chi, draft, "harm")

    for _ in range(2):
        assert "Saved at" in autosave(chi, draft, "harm", bias="One.", seen=mark)


def test_another_row_comes_without_script(chi: Client, draft: TrainingRequest) -> None:
    answer = save(chi, draft, "money", more="funding")

    assert answer["Location"] == f"{url(draft, 'money')}?more=funding#funding"
    page = chi.get(answer["Location"]).content.decode()
    assert 'name="funding-2-name"' in page, "one that is filled in and two that are free"
    assert "The national science fund" in page


@pytest.mark.parametrize("key", ["who", "money", "good"])
def test_rows_that_nobody_touched_stay(chi: Client, draft: TrainingRequest, key: str) -> None:
    for _ in range(2):
        save(chi, draft, key)

    draft.refresh_from_db()
    for name in STEPS[key].lists:
        assert len(draft.draft[name]) == 1


def test_a_row_that_is_emptied_is_gone(chi: Client, draft: TrainingRequest) -> None:
    save(chi, draft, "good")

    save(
        chi,
        draft,
        "good",
        **rows("benefits_list", [{"text": "", "due_months": "", "checked_by": ""}]),
    )

    draft.refresh_from_db()
    assert "benefits_list" not in draft.draft


def test_a_list_with_a_fault_in_it_is_kept_on_the_page(chi: Client, draft: TrainingRequest) -> None:
    promise = {"text": "A report.", "due_months": "900", "checked_by": "Us"}

    answer = save(chi, draft, "good", **rows("benefits_list", [promise]))

    assert answer.status_code == 400
    assert 'value="900"' in answer.content.decode()
    draft.refresh_from_db()
    assert "benefits_list" not in draft.draft
    assert draft.draft["capacity"] == ANSWERS["capacity"]
