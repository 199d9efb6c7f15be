"""Descriptions of datasets, as keepers write them on a page, and where the data comes from."""

import json
from typing import Any

import pytest
from django.urls import reverse

from consent.grants.provenance import empty_record
from governance.actions import datasets
from governance.errors import NotAllowed, NotReady
from governance.models import AccessEvent, Dataset
from tests import factories
from tests.cast import Cast
from tests.governance.pages import url_of

pytestmark = pytest.mark.django_db

WORDS = {
    "title": "River diabetes",
    "slug": "river-diabetes",
    "description": "Collected with consent.\n\nNot for ancestry studies.",
    "size_band": "100-199",
}
AGE = {"name": "age", "type": "number", "unit": "years", "label": "Age at visit"}


def rows(*variables: dict[str, str], prefix: str = "variables", first: int = 0) -> dict[str, str]:
    """The fields of a form set as a browser sends them, with three empty rows at the end."""
    total = len(variables) + 3
    fields = {f"{prefix}-TOTAL_FORMS": str(total), f"{prefix}-INITIAL_FORMS": str(first)}
    for number, variable in enumerate(variables):
        fields |= {f"{prefix}-{number}-{name}": value for name, value in variable.items()}
    return fields


def test_a_dataset_is_described_on_a_page_and_shown_to_nobody_else(cast: Cast) -> None:
    client = cast.dov.client()
    ranged = AGE | {"least": "0", "most": "120.50"}
    sex = {"name": "sex", "type": "category", "categories": "woman, man , other"}

    answer = client.post(url_of("dataset-new"), WORDS | rows(ranged, {}, sex))

    dataset = Dataset.objects.get()
    assert answer.headers["Location"] == url_of("dataset", "river-diabetes")
    assert not dataset.listed
    assert dataset.variables == [
        AGE | {"range": {"least": "0", "most": "120.5"}, "categories": []},
        {
            "name": "sex",
            "type": "category",
            "unit": "",
            "label": "",
            "range": None,
            "categories": ["woman", "man", "other"],
        },
    ]
    page = client.get(url_of("dataset", dataset.slug)).content.decode()
    assert "0 to 120.5" in page
    assert "woman, man, other" in page
    assert "It is not published" in page


@pytest.mark.parametrize(
    ("words", "variables", "sentence"),
    [
        ({}, [AGE | {"name": "a b"}], "begins with a letter"),
        ({}, [AGE | {"type": ""}], "This field is required"),
        ({}, [AGE, AGE], "Two variables are called age"),
        ({}, [], "at least one variable"),
        ({}, [AGE | {"least": "1"}], "Give both ends"),
        ({}, [AGE | {"least": "2", "most": "1"}], "must not be the smaller"),
        ({}, [AGE | {"type": "yes-no", "least": "0", "most": "1"}], "Only a number has"),
        ({}, [AGE | {"categories": "a"}], "Only a category has"),
        ({"slug": "River_Set"}, [AGE], "only a-z"),
        ({"slug": "taken"}, [AGE], "cannot be used"),
        ({"size_band": "7"}, [AGE], "not one of the available choices"),
    ],
)
def test_what_does_not_fit_is_told_at_its_place_and_what_was_typed_stays(
    cast: Cast, words: dict[str, str], variables: list[dict[str, str]], sentence: str
) -> None:
    factories.make_dataset(cast.coast, cast.zed.user, "taken")

    answer = cast.amina.client().post(url_of("dataset-new"), WORDS | words | rows(*variables))

    page = answer.content.decode()
    assert answer.status_code == 400
    assert sentence in page
    assert "Not for ancestry studies." in page
    assert not variables or 'value="Age at visit"' in page
    assert Dataset.objects.count() == 1


def test_more_rows_come_without_script_and_keep_what_was_typed(cast: Cast) -> None:
    form = WORDS | rows(AGE, {"name": "half done"}) | {"more": "rows"}

    answer = cast.amina.client().post(url_of("dataset-new"), form)

    page = answer.content.decode()
    assert answer.status_code == 200
    assert 'value="Age at visit"' in page
    assert 'value="half done"' in page
    assert 'name="variables-11-name"' in page
    assert "errorlist" not in page
    assert not Dataset.objects.exists()


def test_a_description_is_changed_and_the_change_is_logged(cast: Cast) -> None:
    dataset = factories.make_dataset(cast.river, cast.amina.user, listed=False)
    client = cast.dov.client()
    before = client.get(url_of("dataset-edit", dataset.slug)).content.decode()
    assert 'value="Body mass index"' in before

    words = {"title": "Changed", "description": dataset.description, "size_band": "200-499"}
    client.post(url_of("dataset-edit", dataset.slug), words | rows(AGE, first=3))

    dataset.refresh_from_db()
    assert (dataset.title, dataset.size_band) == ("Changed", "200-499")
    assert dataset.variable_names == ["age"]
    event = AccessEvent.objects.get(verb="dataset.describe")
    assert event.reason == "Changed: title, variables, size_band."


def test_a_save_does_not_undo_what_somebody_else_saved_meanwhile(cast: Cast) -> None:
    dataset = factories.make_dataset(cast.river, cast.amina.user, listed=False)
    seen = datasets.mark_of(dataset)
    datasets.describe(dataset.pk, actor=cast.bo.user, title="Bo's", description="Bo's words")

    with pytest.raises(NotReady, match="Somebody changed this"):
        datasets.describe(
            dataset.pk, actor=cast.amina.user, title="Mine", description="Mine", seen=seen
        )
    with pytest.raises(NotReady, match="Somebody changed this"):
        datasets.set_provenance(
            dataset.pk, actor=cast.amina.user, provenance=empty_record(), seen=seen
        )
    dataset.refresh_from_db()
    assert dataset.title == "Bo's"


def test_saving_without_a_change_writes_nothing(cast: Cast) -> None:
    dataset = factories.make_dataset(cast.river, cast.amina.user, listed=False)

    datasets.describe(
        dataset.pk,
        actor=cast.amina.user,
        title=dataset.title,
        description=dataset.description,
        variables=dataset.variables,
    )

    assert not AccessEvent.objects.filter(verb="dataset.describe").exists()


PROVENANCE = {
    "precision": "region",
    "territory": "The lower valley",
    "authority_body": "Council of River",
    "authority_contact": "council@river.example",
    "collected_when": "2019 to 2021",
    "collected_by": "The clinic",
    "collected_for": "Care at home",
    "consent_document": "Folder 12",
    "consent_status": "verified",
    "transformations": "Names taken out\nAges rounded",
    "benefit_contact": "",
    "show": ["peoples", "territory"],
    "wording": "Say: data of the people of River.",
}
PEOPLE = {"name": "People of the River", "language": "en"}


def test_where_it_comes_from_is_written_down_and_downloaded(cast: Cast) -> None:
    dataset = factories.make_dataset(cast.river, cast.amina.user, listed=False)
    client = cast.dov.client()

    fields: dict[str, Any] = PROVENANCE | rows(PEOPLE, prefix="peoples")
    answer = client.post(url_of("dataset-provenance", dataset.slug), fields)

    assert answer.status_code == 302
    dataset.refresh_from_db()
    assert dataset.provenance["peoples"] == [PEOPLE]
    assert dataset.provenance["territory"] == {"precision": "region", "text": "The lower valley"}
    assert dataset.provenance["transformations"] == ["Names taken out", "Ages rounded"]
    assert dataset.provenance["disclosure"]["show"] == ["peoples", "territory"]
    page = client.get(url_of("dataset", dataset.slug)).content.decode()
    assert "Council of River" in page
    assert "We have looked into it" in page
    again = client.get(url_of("dataset-provenance", dataset.slug)).content.decode()
    assert "The lower valley" in again
    assert "People of the River" in again
    record = json.loads(client.get(url_of("dataset-record", dataset.slug)).content)
    assert record["dataset"] == "river-diabetes"
    assert record["consent_status"] == "verified"
    assert record["restrictions"] == []
    assert AccessEvent.objects.filter(verb="dataset.provenance").count() == 1


def test_no_place_is_named_unless_the_community_says_how_exactly(cast: Cast) -> None:
    dataset = factories.make_dataset(cast.river, cast.amina.user, listed=False)
    fields: dict[str, Any] = PROVENANCE | {"precision": "none"} | rows(PEOPLE, prefix="peoples")

    answer = cast.dov.client().post(url_of("dataset-provenance", dataset.slug), fields)

    page = answer.content.decode()
    assert answer.status_code == 400
    assert "You chose to name no place" in page
    assert "The lower valley" in page
    assert "People of the River" in page


def test_more_peoples_fit_on_the_page_and_ticks_stay(cast: Cast) -> None:
    dataset = factories.make_dataset(cast.river, cast.amina.user, listed=False)
    fields: dict[str, Any] = PROVENANCE | rows(PEOPLE, prefix="peoples") | {"more": "rows"}

    page = cast.dov.client().post(url_of("dataset-provenance", dataset.slug), fields)

    html = page.content.decode()
    assert page.status_code == 200
    assert "People of the River" in html
    assert 'value="territory" id="id_show_1" checked' in html
    dataset.refresh_from_db()
    assert dataset.provenance == {}


@pytest.mark.parametrize("who", ["ola", "eli", "chi", "zed", "aud", "max"])
def test_only_keepers_describe_datasets(cast: Cast, who: str) -> None:
    dataset = factories.make_dataset(cast.river, cast.amina.user, listed=False)
    actor = getattr(cast, who).user

    with pytest.raises(NotAllowed):
        factories.make_dataset(cast.river, actor, "another")
    with pytest.raises(NotAllowed):
        datasets.describe(dataset.pk, actor=actor, title="T", description="D")
    with pytest.raises(NotAllowed):
        datasets.set_provenance(dataset.pk, actor=actor, provenance=empty_record())


def test_the_list_is_searched_filtered_and_costs_the_same_for_one_and_three(
    cast: Cast, protocol: object, django_assert_num_queries: Any
) -> None:
    factories.make_dataset(cast.river, cast.amina.user, "river-hearts")
    client = cast.ola.client()
    client.get(url_of("datasets"))
    with django_assert_num_queries(LIST_QUERIES):
        client.get(url_of("datasets"))
    factories.make_dataset(cast.river, cast.amina.user, "river-lungs", listed=False)
    factories.make_dataset(cast.river, cast.amina.user, "river-sleep")
    with django_assert_num_queries(LIST_QUERIES):
        page = client.get(url_of("datasets")).content.decode()
    assert page.index("River Hearts") < page.index("River Lungs") < page.index("River Sleep")

    def found(**query: str) -> list[str]:
        html = client.get(url_of("datasets"), query).content.decode()
        return [n for n in ("hearts", "lungs", "sleep") if f"datasets/river-{n}/" in html]

    assert found(q="lung") == ["lungs"]
    assert found(published="no") == ["lungs"]
    assert found(published="yes", sort="newest") == ["hearts", "sleep"]
    assert found(data="elsewhere") == []
    assert found(data="here", size="100-199") == ["hearts", "lungs", "sleep"]
    assert found(size="1000+") == []


def test_an_empty_list_says_what_to_do(cast: Cast) -> None:
    page = cast.amina.client().get(url_of("datasets")).content.decode()

    assert "No dataset is described yet" in page
    assert reverse("governance:dataset-new", args=["river"]) in page


LIST_QUERIES = 8


def test_a_short_name_that_no_table_holds_is_refused_in_words(cast: Cast) -> None:
    with pytest.raises(NotReady, match="at most 60"):
        factories.make_dataset(cast.river, cast.amina.user, "r" * 61)
