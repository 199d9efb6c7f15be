"""A dataset that a label holds cannot be asked for; what was agreed before goes on."""

import pytest

from consent.actions import requests
from consent.errors import Incomplete
from consent.models import Grant, Review, TrainingRequest
from governance.actions import labels
from governance.models import Dataset
from tests.cast import Cast
from tests.consent.factories import JOB, make_draft, make_request
from tests.factories import make_label

pytestmark = pytest.mark.django_db


def test_a_request_that_names_a_held_dataset_is_refused_with_a_sentence(
    cast: Cast, dataset: Dataset
) -> None:
    draft = make_draft(cast.chi.user)
    held = make_label(dataset, cast.amina.user, "tkss")

    with pytest.raises(Incomplete) as refusal:
        requests.submit(draft.pk, actor=cast.chi.user, job=JOB)

    # It does not say which label: that is not for outsiders.
    assert refusal.value.fields == {
        "datasets": f"{dataset.title} is held back: a label on it waits for a look."
    }
    assert not Review.objects.exists()
    labels.review_hold(held.pk, actor=cast.bo.user, note="looked at")
    requests.submit(draft.pk, actor=cast.chi.user, job=JOB)
    assert Review.objects.count() == 1


def test_a_held_dataset_that_was_never_shown_is_unknown(cast: Cast, dataset: Dataset) -> None:
    make_label(dataset, cast.amina.user, "tkss")
    dataset.listed = False
    dataset.save()
    draft = make_draft(cast.chi.user)

    with pytest.raises(Incomplete) as refusal:
        requests.submit(draft.pk, actor=cast.chi.user, job=JOB)

    assert refusal.value.fields == {"datasets": f"There is no dataset {dataset.slug} to ask for."}


def test_a_hold_changes_nothing_that_was_agreed(cast: Cast, dataset: Dataset, grant: Grant) -> None:
    before = (grant.state, TrainingRequest.objects.get().state)

    make_label(dataset, cast.amina.user, "bccnv")

    grant.refresh_from_db()
    assert (grant.state, TrainingRequest.objects.get().state) == before
    with pytest.raises(Incomplete):
        make_request(cast.chi.user)
