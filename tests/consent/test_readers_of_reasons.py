"""Whoever writes why something stops is told first whose nodes read it besides her own."""

from collections.abc import Callable

import pytest
from django.urls import reverse

from consent.models import Grant
from governance.actions import dataset_holders, dataset_protocols
from governance.models import Dataset
from governance.queries import keepers_told_of
from tests import factories
from tests.cast import Cast
from tests.consent.delegated import make_delegation

pytestmark = pytest.mark.django_db

TOLD = "The nodes of Coast read this reason too."
OWN = "It stands in the signed text, which your nodes fetch and keep."


@pytest.fixture
def coasts(cast: Cast) -> Dataset:
    """Data at Coast's node, of which River has been named a holder."""
    dataset = factories.make_dataset(cast.coast, cast.zed.user, slug="coast-diabetes")
    dataset_holders.add_holder(dataset.pk, actor=cast.zed.user, community_id=cast.river.pk)
    return dataset


def put_under_our_protocol(cast: Cast, dataset: Dataset, lines: list[str]) -> None:
    dataset_protocols.set_lines(
        dataset.pk, actor=cast.amina.user, community_id=cast.river.pk, lines=lines
    )


def pause(cast: Cast, grant: Grant) -> str:
    return reverse("consent:pause", args=["river"])


def revoke(cast: Cast, grant: Grant) -> str:
    return reverse("consent:grant_revoke", args=[grant.public_id])


def stop_delegation(cast: Cast, grant: Grant) -> str:
    return reverse("consent:delegation_stop", args=["river", make_delegation(cast).public_id])


def stop_after_a_new_protocol(cast: Cast, grant: Grant) -> str:
    newer = factories.make_protocol(cast.river, cast.signers, max_months=3)
    return reverse("consent:keeping_choose", args=["river", grant.public_id, newer.pk])


@pytest.mark.parametrize("page", [pause, revoke, stop_delegation, stop_after_a_new_protocol])
def test_a_reason_says_whose_nodes_read_it(
    cast: Cast, grant: Grant, coasts: Dataset, page: Callable[[Cast, Grant], str]
) -> None:
    client, url = cast.amina.client(), page(cast, grant)

    before = client.get(url).content.decode()
    put_under_our_protocol(cast, coasts, ["main"])
    after = client.get(url).content.decode()

    assert OWN in before
    assert TOLD not in before
    assert OWN in after
    assert TOLD in after


def test_they_are_those_that_the_platform_tells_of_the_stops(
    cast: Cast, grant: Grant, coasts: Dataset
) -> None:
    """Named only: not yet. Two datasets: once. Given up: not any more. The keeper: never."""
    second = factories.make_dataset(cast.coast, cast.zed.user, slug="coast-hearts")
    dataset_holders.add_holder(second.pk, actor=cast.zed.user, community_id=cast.river.pk)
    assert keepers_told_of(cast.river) == []

    for dataset in (coasts, second):
        put_under_our_protocol(cast, dataset, ["main"])
    assert keepers_told_of(cast.river) == [cast.coast]
    assert keepers_told_of(cast.coast) == []

    for dataset in (coasts, second):
        factories.give_up_say(dataset, cast.river, cast.amina.user, cast.bo.user)
    assert keepers_told_of(cast.river) == []


def test_the_holder_reads_it_before_she_puts_the_data_under_a_protocol(
    cast: Cast, grant: Grant, coasts: Dataset
) -> None:
    url = reverse("governance:dataset-lines", args=["river", coasts.slug])

    page = cast.amina.client().get(url).content.decode()

    assert "the nodes of Coast read your charters and your whole list of stops" in page
