"""Publishing a dataset: by whom, under which protocols, and taking it out again."""

import pytest

from governance.actions import dataset_holders, dataset_protocols
from governance.errors import NotAllowed, NotReady
from governance.models import AccessEvent, Dataset, DatasetProtocol
from governance.queries import datasets_listed, holders_of
from governance.rules import CommunityRole
from tests import factories
from tests.cast import Cast
from tests.governance.pages import url_of

pytestmark = pytest.mark.django_db


def lines(dataset: Dataset) -> dict[str, tuple[str, ...]]:
    return {held.community.slug: held.lines for held in holders_of(dataset)}


def test_publishing_shows_it_under_the_ticked_protocols(cast: Cast, protocol: object) -> None:
    factories.make_protocol(cast.river, cast.signers, line="genomes", title="Genomes")
    dataset = factories.make_dataset(cast.river, cast.amina.user, listed=False)
    client = cast.amina.client()
    page = client.get(url_of("dataset-publish", dataset.slug)).content.decode()
    assert "Genomes, version 1" in page
    assert "Signed-in researchers will see" in page

    form = {"lines": ["main", "genomes"], "combine": "any", "offered": "genomes,main"}
    answer = client.post(url_of("dataset-publish", dataset.slug), form)

    assert answer.status_code == 302
    assert list(datasets_listed()) == [dataset]
    dataset.refresh_from_db()
    [keeper] = holders_of(dataset)
    assert (keeper.lines, keeper.combine, keeper.choice) == (("genomes", "main"), "any", True)
    event = AccessEvent.objects.get(verb="dataset.publish")
    assert event.reason == "Protocols: genomes, main."


def test_publishing_needs_a_protocol_in_force(cast: Cast, charter: object) -> None:
    dataset = factories.make_dataset(cast.river, cast.amina.user, listed=False)

    with pytest.raises(NotReady, match="Choose at least one"):
        dataset_protocols.publish(dataset.pk, actor=cast.amina.user, lines=[])
    with pytest.raises(NotReady, match="There is no protocol main in force"):
        dataset_protocols.publish(dataset.pk, actor=cast.amina.user, lines=["main"])
    page = cast.amina.client().get(url_of("dataset-publish", dataset.slug)).content.decode()
    assert "There is no protocol in force yet" in page


def test_publishing_needs_a_charter(cast: Cast) -> None:
    dataset = factories.make_dataset(cast.river, cast.amina.user, listed=False)

    with pytest.raises(NotReady, match="First your stewards sign a charter"):
        dataset_protocols.publish(dataset.pk, actor=cast.amina.user, lines=["main"])


def test_a_steward_whom_the_charter_does_not_name_publishes_nothing(
    cast: Cast, protocol: object
) -> None:
    dataset = factories.make_dataset(cast.river, cast.amina.user, listed=False)
    late = factories.make_user("Late")
    factories.make_membership(late, cast.river, CommunityRole.STEWARD)

    for act in (
        lambda: dataset_protocols.publish(dataset.pk, actor=late, lines=["main"]),
        lambda: dataset_protocols.unpublish(dataset.pk, actor=late),
        lambda: dataset_holders.add_holder(dataset.pk, actor=late, community_id=cast.coast.pk),
    ):
        with pytest.raises(NotAllowed, match="does not name you"):
            act()


@pytest.mark.parametrize("who", ["dov", "eli", "ola", "chi", "zed", "aud", "max"])
def test_only_its_own_stewards_publish_and_share(cast: Cast, protocol: object, who: str) -> None:
    dataset = factories.make_dataset(cast.river, cast.amina.user)
    actor = getattr(cast, who).user

    with pytest.raises(NotAllowed):
        dataset_protocols.publish(dataset.pk, actor=actor, lines=["main"])
    with pytest.raises(NotAllowed):
        dataset_protocols.unpublish(dataset.pk, actor=actor)
    with pytest.raises(NotAllowed):
        dataset_holders.add_holder(dataset.pk, actor=actor, community_id=cast.coast.pk)


def test_taking_it_out_asks_first_and_keeps_the_protocols(cast: Cast, protocol: object) -> None:
    dataset = factories.make_dataset(cast.river, cast.amina.user)
    client = cast.amina.client()
    page = client.get(url_of("dataset-unpublish", dataset.slug)).content.decode()
    assert "nobody can ask for it anew" in page
    assert list(datasets_listed()) == [dataset]

    client.post(url_of("dataset-unpublish", dataset.slug))

    assert not datasets_listed().exists()
    assert lines(dataset) == {"river": ("main",)}
    client.post(url_of("dataset-unpublish", dataset.slug))
    assert AccessEvent.objects.filter(verb="dataset.unpublish").count() == 1


def test_at_most_ten_protocols_stand_on_a_dataset(cast: Cast, protocol: object) -> None:
    dataset = factories.make_dataset(cast.river, cast.amina.user)
    for number in range(10):
        DatasetProtocol.objects.create(
            dataset=dataset, community=cast.river, line=f"l{number}", added_by=cast.amina.user
        )

    with pytest.raises(NotReady, match="At most 10"):
        dataset_protocols.publish(
            dataset.pk, actor=cast.amina.user, lines=["main"], offered=["main"]
        )
