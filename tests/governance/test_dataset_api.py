"""The catalogue of datasets for scripts: the same facts and filters as its pages."""

from typing import Any

import pytest
from django.test import Client

from consent.grants.provenance import empty_record
from governance.actions import datasets, tokens
from governance.models import Dataset, Protocol
from tests import factories
from tests.cast import Cast

pytestmark = pytest.mark.django_db

DATASETS = "/api/v1/datasets/"


@pytest.fixture
def script(cast: Cast) -> Client:
    _row, secret = tokens.issue(cast.chi.user, "nightly", ["datasets:read"], 30)
    return Client(headers={"Authorization": f"Bearer {secret}"})


@pytest.fixture
def hearts(cast: Cast, protocol: Protocol) -> Dataset:
    factories.make_dataset(cast.river, cast.amina.user, "river-sleep")
    dataset = factories.make_dataset(cast.river, cast.amina.user, "river-hearts")
    return datasets.describe(
        dataset.pk,
        actor=cast.amina.user,
        title="Hearts",
        description="Beats of the valley.",
        variables=[
            {"name": "pulse", "type": "number", "unit": "1/min", "label": "Herzschlag"},
            {"name": "smokes", "type": "yes-no"},
        ],
        size_band="1000+",
    )


def test_the_list_is_searched_and_filtered(script: Client, hearts: Dataset) -> None:
    def found(**query: str) -> list[str]:
        answer = script.get(DATASETS, query)
        assert answer.status_code == 200, answer.content
        return [row["slug"] for row in answer.json()["results"]]

    assert found() == ["river-hearts", "river-sleep"]
    assert found(q="herzschlag") == ["river-hearts"]
    assert found(q="pulse") == ["river-hearts"]
    assert found(q="valley") == ["river-hearts"]
    assert found(q="categories") == []  # a word of the format, not of the data
    assert found(type="yes-no") == ["river-hearts"]
    assert found(type="number") == ["river-hearts", "river-sleep"]
    assert found(variable="bmi") == ["river-sleep"]
    assert found(size_band="1000+") == ["river-hearts"]
    assert found(community="coast") == []
    assert found(ordering="-title") == ["river-sleep", "river-hearts"]
    assert script.get(DATASETS, {"size_band": "7"}).status_code == 400


def test_one_dataset_comes_with_the_rules_and_what_may_be_shown(
    script: Client, hearts: Dataset, cast: Cast, protocol: Protocol
) -> None:
    record = empty_record() | {
        "peoples": [{"name": "People of the River", "language": "en"}],
        "benefit_contact": "council@river.example",
        "disclosure": {"show": ["peoples"], "wording": "Say: of River."},
    }
    datasets.set_provenance(hearts.pk, actor=cast.amina.user, provenance=record)

    told: dict[str, Any] = script.get(f"{DATASETS}river-hearts/").json()

    assert told["provenance"] == {"peoples": record["peoples"], "wording": "Say: of River."}
    [holder] = told["holders"]
    [shown] = holder["protocols"]
    assert (shown["line"], shown["digest"]) == ("main", protocol.statement.digest)
    assert shown["clauses"]
    assert shown["refuses"]
    assert shown["law"] == {"governing": "River's own law", "disputes": "River's council"}
    assert told["labels"] == []


def test_what_is_not_offered_is_not_there(script: Client, cast: Cast, hearts: Dataset) -> None:
    factories.make_dataset(cast.river, cast.amina.user, "river-hidden", listed=False)

    assert script.get(f"{DATASETS}river-hidden/").status_code == 404
    assert script.get(f"{DATASETS}no-such/").status_code == 404
    assert "hidden" not in script.get(DATASETS).content.decode()


def test_the_list_costs_the_same_for_one_and_three(
    script: Client, cast: Cast, protocol: Protocol, django_assert_num_queries: Any
) -> None:
    factories.make_dataset(cast.river, cast.amina.user, "river-one")
    script.get(DATASETS)
    with django_assert_num_queries(LIST_QUERIES):
        script.get(DATASETS)
    factories.make_dataset(cast.river, cast.amina.user, "river-two")
    factories.make_dataset(cast.river, cast.amina.user, "river-three")
    with django_assert_num_queries(LIST_QUERIES):
        assert script.get(DATASETS).json()["count"] == 3


LIST_QUERIES = 7
