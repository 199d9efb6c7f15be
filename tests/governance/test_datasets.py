"""Descriptions of datasets, as keepers write them on a page."""

import pytest

from governance.actions import datasets
from governance.errors import NotAllowed
from governance.models import Dataset
from tests import factories
from tests.cast import Cast
from tests.governance.pages import url_of

pytestmark = pytest.mark.django_db


def test_a_dataset_is_described_on_a_page(cast: Cast) -> None:
    client = cast.dov.client()
    form = {
        "title": "River diabetes",
        "slug": "river-diabetes",
        "description": "Collected with consent.\n\nNot for ancestry studies.",
        "variables": "age, number, years, Age at visit\nsex, yes-no\n\n",
        "size_band": "100-199",
        "listed": "on",
    }

    answer = client.post(url_of("dataset-new"), form)

    dataset = Dataset.objects.get()
    assert answer.headers["Location"] == url_of("dataset", "river-diabetes")
    assert dataset.listed
    assert dataset.variables == [
        {"name": "age", "type": "number", "unit": "years", "label": "Age at visit"},
        {"name": "sex", "type": "yes-no", "unit": "", "label": ""},
    ]
    client.post(url_of("dataset-hide", dataset.slug))
    dataset.refresh_from_db()
    assert not dataset.listed


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"variables": "age"}, "Line 1 needs a name"),
        ({"variables": "age, number\nbmi, float"}, "Line 2 needs a name"),
        ({"variables": "a b, number"}, "needs letters"),
        ({"variables": "age, number\nage, number"}, "same name"),
        ({"variables": "\n"}, "This field is required"),
        ({"slug": "River_Set"}, "only a-z"),
        ({"slug": "taken"}, "is taken"),
        ({"size_band": "7"}, "not one of the available choices"),
    ],
)
def test_a_description_that_does_not_fit_is_told_what_is_wrong(
    cast: Cast, changed: dict[str, str], sentence: str
) -> None:
    factories.make_dataset(cast.coast, cast.zed.user, "taken")
    form = {
        "title": "T",
        "slug": "river-set",
        "description": "D",
        "variables": "age, number",
        "size_band": "100-199",
    }

    page = cast.amina.client().post(url_of("dataset-new"), form | changed)

    assert page.status_code == 400
    assert sentence in page.content.decode()
    assert Dataset.objects.count() == 1


@pytest.mark.parametrize("who", ["ola", "chi", "zed", "aud", "max"])
def test_only_keepers_describe_and_show_datasets(cast: Cast, who: str) -> None:
    dataset = factories.make_dataset(cast.river, cast.amina.user, listed=False)
    actor = getattr(cast, who).user

    with pytest.raises(NotAllowed):
        factories.make_dataset(cast.river, actor, "another")
    with pytest.raises(NotAllowed):
        datasets.list_publicly(dataset.pk, actor=actor)
