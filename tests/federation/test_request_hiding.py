"""Asking for noise and mixing on the form: what stands there first, and what is kept."""

import re

import pytest
from django.test import Client

from consent.models import TrainingRequest
from federation.actions import requests
from federation.actions.catalogue import publish
from federation.steps import lacks_of
from tests.consent.factories import NOISE
from tests.federation.steps import begin, save, url, write
from tests.federation.story import Three

TWO = ["river-diabetes", "coast-diabetes"]
THREE = [*TWO, "hill-diabetes"]
NOISED = {"privacy_noise": "yes", "privacy_epsilon": "0.50", "privacy_delta": "1e-5"}


@pytest.fixture
def chi(three: Three) -> Client:
    publish("linear-regression")
    return three.chi.client()


def ticked(page: str) -> list[str]:
    """Which of the choices on noise and mixing are ticked, in their order on the page."""
    inputs = re.findall(r'<input type="radio" name="privacy_[^>]*>', page)
    return [re.findall(r'value="(\w+)"', each)[0] for each in inputs if "checked" in each]


def purpose_page(client: Client, draft: TrainingRequest) -> str:
    page: str = client.get(url(draft, "purpose")).content.decode()
    return page


def saved(draft: TrainingRequest) -> object:
    draft.refresh_from_db()
    return draft.draft.get("privacy")


@pytest.mark.parametrize(
    ("datasets", "noise", "mixing", "told"),
    [(THREE, "no", "yes", False), (TWO, "yes", "no", True), ([], "yes", "no", False)],
)
def test_what_protects_so_many_communities_stands_there_first(
    chi: Client, datasets: list[str], noise: str, mixing: str, told: bool
) -> None:
    page = purpose_page(chi, begin(chi, datasets=datasets))

    assert ticked(page) == [noise, mixing]
    assert 'name="privacy_epsilon" value="1"' in page
    assert 'name="privacy_delta" value="0.00001"' in page
    assert ("Fewer than 3 communities cannot hide among each other" in page) == told
    assert "Up to 1 is strong, up to 10 is usual in practice, above that is weak." in page


def test_what_was_chosen_is_kept_and_stands_there_again(chi: Client) -> None:
    draft = begin(chi)

    save(chi, draft, "purpose", privacy_mixing="no", **NOISED)

    assert saved(draft) == {"dp": NOISE | {"epsilon": "0.5"}, "secure_aggregation": False}
    page = purpose_page(chi, draft)
    assert ticked(page) == ["yes", "no"]
    assert 'name="privacy_epsilon" value="0.5"' in page
    assert 'name="privacy_delta" value="0.00001"' in page

    save(chi, draft, "purpose", privacy_noise="no", privacy_mixing="yes")

    assert saved(draft) == {"dp": None, "secure_aggregation": True}


@pytest.mark.parametrize("wrong", ["0", "20.5", "-1", "much", "NaN", "Infinity"])
def test_a_number_that_does_not_fit_is_named_and_all_else_is_kept(chi: Client, wrong: str) -> None:
    draft = begin(chi)

    answer = save(chi, draft, "purpose", **NOISED | {"privacy_epsilon": wrong})

    assert answer.status_code == 400
    assert 'id="id_privacy_epsilon_error"' in answer.content.decode()
    assert saved(draft) is None
    assert draft.draft["months"] == 6


def test_noise_without_its_number_is_missing_where_it_stands_on_the_form(chi: Client) -> None:
    draft = write(chi, purpose=NOISED | {"privacy_epsilon": ""})

    [lack] = lacks_of(requests.missing(draft))

    assert (lack.step, lack.anchor) == ("purpose", "id_privacy_epsilon")
    assert f'id="{lack.anchor}"' in purpose_page(chi, draft)


def test_two_communities_without_noise_are_told_early_and_at_the_end(chi: Client) -> None:
    draft = write(
        chi,
        job={"datasets": TWO},
        purpose={"min_nodes": "2", "privacy_noise": "no", "privacy_mixing": "yes"},
    )

    lacks = lacks_of(requests.missing(draft))

    assert [(lack.step, lack.anchor) for lack in lacks] == [
        ("purpose", "id_privacy_noise"),
        ("purpose", "id_privacy_mixing"),
    ]
    assert lacks[0].sentence.endswith("privacy noise is needed.")
    assert lacks[1].sentence == "With fewer than 3 communities mixing protects nothing."
    page = chi.get(f"/requests/{draft.public_id}/preview/").content.decode()
    assert "Noise and mixing" in page and "privacy noise is needed." in page
    for lack in lacks:
        assert f'id="{lack.anchor}"' in purpose_page(chi, draft)


def test_a_copy_asks_for_the_same(chi: Client) -> None:
    draft = begin(chi)
    save(chi, draft, "purpose", privacy_mixing="yes", **NOISED)

    chi.post(f"/requests/{draft.public_id}/copy/")

    copy = TrainingRequest.objects.latest("pk")
    assert copy.pk != draft.pk
    assert copy.draft["privacy"] == saved(draft)


def test_what_is_looked_at_before_sending_says_it_in_words(chi: Client) -> None:
    draft = write(chi, purpose=NOISED | {"privacy_mixing": "yes"})

    page = chi.get(f"/requests/{draft.public_id}/preview/").content.decode()

    assert "Noise is added: privacy loss (epsilon) 0.5, delta 0.00001, counted for each" in page
    assert "That is strong." in page
    assert "Answers are mixed, so that nobody can read one node&#x27;s part alone." in page
