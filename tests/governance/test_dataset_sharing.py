"""Several protocols on one dataset, several communities with a say, and what nobody can undo."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core import signing
from django.db import connections

from governance.actions import dataset_holders, dataset_protocols, datasets
from governance.errors import NotAllowed, NotReady
from governance.models import AccessEvent, Dataset, DatasetProtocol, SecondLook
from governance.queries import (
    datasets_listed,
    datasets_of,
    holders_of,
    protocols_on,
    standing_of_dataset,
)
from governance.rules import Combine, CommunityRole
from tests import factories
from tests.cast import Cast, Person
from tests.governance.pages import url_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def second(cast: Cast) -> Person:
    """Coast's second steward."""
    user = factories.make_user("Yan")
    passkey = factories.make_passkey(user)
    held = factories.make_membership(user, cast.coast, CommunityRole.STEWARD)
    return Person(user, passkey, held)


@pytest.fixture
def coast(cast: Cast, second: Person) -> Cast:
    """Coast can decide too: a charter and a protocol in force."""
    signers = [cast.zed.signer, second.signer]
    factories.make_charter(cast.coast, signers)
    factories.make_protocol(cast.coast, signers)
    return cast


@pytest.fixture
def shared(coast: Cast, protocol: object) -> Dataset:
    """River's published dataset, which Coast holds too and has put under its protocol."""
    dataset = factories.make_dataset(coast.river, coast.amina.user)
    share(coast, dataset)
    dataset_protocols.set_lines(
        dataset.pk, actor=coast.zed.user, community_id=coast.coast.pk, lines=["main"]
    )
    return dataset


def share(cast: Cast, dataset: Dataset) -> None:
    dataset_holders.add_holder(dataset.pk, actor=cast.amina.user, community_id=cast.coast.pk)


def lines(dataset: Dataset) -> dict[str, tuple[str, ...]]:
    return {held.community.slug: held.lines for held in holders_of(dataset)}


def test_another_community_holds_it_only_after_it_gave_out_a_word(
    coast: Cast, protocol: object
) -> None:
    dataset = factories.make_dataset(coast.river, coast.amina.user)
    word = dataset_holders.holder_word(coast.coast)
    client = coast.amina.client()
    url = url_of("dataset-holder", dataset.slug)

    for wrong in ("coast", word[:-2], signing.dumps(coast.coast.pk)):
        page = client.post(url, {"word": wrong})
        assert page.status_code == 400
        assert "not one that a community gave out" in page.content.decode()
    page = client.post(url, {"word": word}).content.decode()
    assert "Let Coast decide too" in page
    assert "You cannot undo this" in page
    assert len(holders_of(dataset)) == 1
    client.post(url, {"word": word, "confirm": "yes"})

    assert lines(dataset) == {"river": ("main",), "coast": ()}
    logged = AccessEvent.objects.filter(verb="dataset.add-holder")
    assert {event.community for event in logged} == {coast.river, coast.coast}
    again = client.post(url, {"word": word, "confirm": "yes"})
    assert "Coast holds this dataset already" in again.content.decode()
    own = client.post(
        url, {"word": dataset_holders.holder_word(coast.river), "confirm": "yes"}
    ).content.decode()
    assert "has its say already" in own


def test_the_word_is_on_a_page_for_stewards(coast: Cast) -> None:
    page = coast.zed.client().get("/communities/coast/datasets/word/").content.decode()

    assert "It works for 14 days" in page
    assert dataset_holders.community_of_word(dataset_holders.holder_word(coast.coast)).pk


def test_a_holder_without_charter_or_protocol_keeps_it_from_being_asked_for(
    cast: Cast, second: Person, protocol: object
) -> None:
    dataset = factories.make_dataset(cast.river, cast.amina.user)
    share(cast, dataset)

    assert not datasets_listed().exists()
    assert standing_of_dataset(dataset).lacking == (("Coast", "charter"),)
    signers = [cast.zed.signer, second.signer]
    factories.make_charter(cast.coast, signers)
    assert standing_of_dataset(dataset).lacking == (("Coast", "protocol"),)
    factories.make_protocol(cast.coast, signers)
    assert not datasets_listed().exists()
    page = cast.amina.client().get(url_of("dataset", dataset.slug)).content.decode()
    assert "Coast has not put it under one of its protocols yet." in page
    dataset_protocols.set_lines(
        dataset.pk, actor=cast.zed.user, community_id=cast.coast.pk, lines=["main"]
    )
    assert list(datasets_listed()) == [dataset]
    assert standing_of_dataset(dataset).can_be_asked_for


def test_holders_see_it_among_their_own_and_cannot_change_the_description(
    coast: Cast, shared: Dataset
) -> None:
    client = coast.zed.client()

    assert list(datasets_of(coast.coast)) == [shared]
    assert "kept by River" in client.get("/communities/coast/datasets/").content.decode()
    page = client.get(f"/communities/coast/datasets/{shared.slug}/").content.decode()
    assert "Our protocols on it" in page
    assert "Body mass index" in page
    assert client.get(f"/communities/river/datasets/{shared.slug}/").status_code == 404
    for act in ("edit", "provenance", "publish", "unpublish", "holder"):
        assert client.get(f"/communities/coast/datasets/{shared.slug}/{act}/").status_code == 404
        assert client.post(f"/communities/coast/datasets/{shared.slug}/{act}/").status_code == 404
    with pytest.raises(NotAllowed):
        datasets.describe(shared.pk, actor=coast.zed.user, title="Mine", description="Mine")


def test_what_a_holder_saves_leaves_the_keepers_lines_and_the_other_way_round(
    coast: Cast, shared: Dataset, second: Person
) -> None:
    factories.make_protocol(coast.river, coast.signers, line="genomes", title="Genomes")
    factories.make_protocol(
        coast.coast, [coast.zed.signer, second.signer], line="sea", title="The sea"
    )
    form = {"lines": ["sea"], "combine": "any", "offered": "main,sea"}

    coast.zed.client().post(f"/communities/coast/datasets/{shared.slug}/protocols/", form)
    assert lines(shared) == {"river": ("main",), "coast": ("sea",)}

    form = {"lines": ["main", "genomes"], "combine": "all", "offered": "genomes,main"}
    coast.amina.client().post(url_of("dataset-publish", shared.slug), form)
    assert lines(shared) == {"river": ("genomes", "main"), "coast": ("sea",)}

    datasets.describe(shared.pk, actor=coast.dov.user, title="New words", description="New")
    assert lines(shared) == {"river": ("genomes", "main"), "coast": ("sea",)}
    assert [held.combine for held in holders_of(shared)] == [Combine.ALL, Combine.ANY]


def test_a_protocol_that_was_not_on_the_page_stays(coast: Cast, shared: Dataset) -> None:
    """Amina's page is older than the protocol that Bo put the dataset under."""
    opened = {"lines": ["main"], "combine": "all", "offered": "main"}
    factories.make_protocol(coast.river, coast.signers, line="genomes", title="Genomes")
    dataset_protocols.publish(shared.pk, actor=coast.bo.user, lines=["main", "genomes"])

    coast.amina.client().post(url_of("dataset-publish", shared.slug), opened)
    assert lines(shared)["river"] == ("genomes", "main")

    seen = opened | {"offered": "genomes,main"}
    coast.amina.client().post(url_of("dataset-publish", shared.slug), seen)
    assert lines(shared)["river"] == ("main",)


def test_the_last_protocol_of_the_keeper_cannot_be_taken_away(coast: Cast, shared: Dataset) -> None:
    form = {"combine": "all", "offered": "main"}

    page = coast.amina.client().post(url_of("dataset-publish", shared.slug), form)

    assert page.status_code == 400
    assert lines(shared)["river"] == ("main",)


def test_a_holder_leaves_by_its_own_act_only(coast: Cast, second: Person, shared: Dataset) -> None:
    with pytest.raises(NotAllowed):
        dataset_holders.leave(shared.pk, actor=coast.amina.user, community_id=coast.coast.pk)
    with pytest.raises(NotReady):
        dataset_holders.leave(shared.pk, actor=coast.amina.user, community_id=coast.river.pk)
    client = coast.zed.client()
    url = f"/communities/coast/datasets/{shared.slug}/leave/"
    assert "no longer need your community" in client.get(url).content.decode()
    client.post(url, {"reason": "We keep our own now."})
    assert len(holders_of(shared)) == 2

    dataset_holders.confirm_leave(SecondLook.objects.get().pk, actor=second.user)

    assert lines(shared) == {"river": ("main",)}
    assert client.get(url).status_code == 404
    logged = AccessEvent.objects.filter(verb="dataset.leave")
    assert {event.community for event in logged} == {coast.river, coast.coast}
    with pytest.raises(NotReady, match="no part in this dataset"):
        dataset_protocols.set_lines(
            shared.pk, actor=coast.zed.user, community_id=coast.coast.pk, lines=["main"]
        )


def test_a_new_version_of_a_line_holds_without_touching_the_dataset(
    coast: Cast, shared: Dataset
) -> None:
    factories.make_protocol(coast.river, coast.signers, max_rounds=2)

    assert [p.number for p in protocols_on(shared, coast.river)] == [2]


@pytest.mark.django_db(transaction=True)
def test_two_holders_who_save_at_once_keep_each_others_rules(coast: Cast, shared: Dataset) -> None:
    def keeper() -> None:
        dataset_protocols.publish(shared.pk, actor=coast.amina.user, lines=["main"])

    def holder() -> None:
        dataset_protocols.set_lines(
            shared.pk,
            actor=coast.zed.user,
            community_id=coast.coast.pk,
            lines=["main"],
            combine=Combine.ANY,
        )

    def closing(act: Any) -> None:
        try:
            for _ in range(5):
                act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(closing, [keeper, holder]))

    assert lines(shared) == {"river": ("main",), "coast": ("main",)}
    assert DatasetProtocol.objects.filter(removed_at__isnull=True).count() == 2
