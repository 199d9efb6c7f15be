"""One steward proposes to give up the community's say over another's dataset; another confirms."""

import pytest
from django.utils import timezone

from governance.actions import dataset_holders, people
from governance.errors import NotAllowed, NotReady
from governance.models import AccessEvent, Dataset, Membership, SecondLook
from governance.queries import holders_of
from tests import factories
from tests.cast import Cast, Person
from tests.governance.test_second_looks import aged, look, seat

pytestmark = pytest.mark.django_db

__all__ = ["look"]


@pytest.fixture
def yan(cast: Cast) -> Person:
    """Coast's second steward, named in its charter with Zed."""
    user = factories.make_user("Yan")
    passkey = factories.make_passkey(user)
    person = Person(user, passkey, factories.make_membership(user, cast.coast))
    factories.make_charter(cast.coast, [cast.zed.signer, person.signer])
    return person


@pytest.fixture
def shared(cast: Cast, protocol: object) -> Dataset:
    """River's dataset, which Coast holds too."""
    dataset = factories.make_dataset(cast.river, cast.amina.user)
    dataset_holders.add_holder(dataset.pk, actor=cast.amina.user, community_id=cast.coast.pk)
    return dataset


@pytest.fixture
def leaving(cast: Cast, yan: Person, shared: Dataset) -> SecondLook:
    """Zed proposes to give up Coast's say."""
    return dataset_holders.propose_leave(
        shared.pk, actor=cast.zed.user, community_id=cast.coast.pk, reason="We cannot look after it"
    )


def test_one_steward_alone_gives_up_no_say(cast: Cast, leaving: SecondLook) -> None:
    dataset = Dataset.objects.get()
    with pytest.raises(NotAllowed, match="another one confirms"):
        dataset_holders.leave(dataset.pk, actor=cast.zed.user, community_id=cast.coast.pk)
    with pytest.raises(NotAllowed, match="You proposed this"):
        dataset_holders.confirm_leave(leaving.pk, actor=cast.zed.user)
    for keeper in (cast.amina, cast.bo):
        with pytest.raises(NotAllowed):
            dataset_holders.confirm_leave(leaving.pk, actor=keeper.user)

    assert len(holders_of(dataset)) == 2


def test_a_second_steward_of_the_same_community_gives_the_say_up(
    cast: Cast, yan: Person, leaving: SecondLook
) -> None:
    dataset_holders.confirm_leave(leaving.pk, actor=yan.user)

    assert [held.community for held in holders_of(Dataset.objects.get())] == [cast.river]
    proposed = AccessEvent.objects.get(verb="second-look.propose")
    assert (proposed.community, proposed.actor) == (cast.coast, cast.zed.user)
    left = AccessEvent.objects.filter(verb="dataset.leave")
    assert {event.community for event in left} == {cast.river, cast.coast}


def test_a_say_stays_when_the_proposal_is_too_old_or_a_new_charter_came(
    cast: Cast, yan: Person, leaving: SecondLook
) -> None:
    aged(leaving)
    with pytest.raises(NotReady, match="does not wait"):
        dataset_holders.confirm_leave(leaving.pk, actor=yan.user)
    dataset = Dataset.objects.get()
    again = dataset_holders.propose_leave(
        dataset.pk, actor=yan.user, community_id=cast.coast.pk, reason="x"
    )
    factories.make_charter(cast.coast, [cast.zed.signer, yan.signer])

    with pytest.raises(NotReady, match="does not wait"):
        dataset_holders.confirm_leave(again.pk, actor=cast.zed.user)
    assert len(holders_of(dataset)) == 2


@pytest.mark.parametrize("has_charter", [True, False])
def test_a_community_of_one_steward_gives_its_say_up_by_her_own_act(
    cast: Cast, shared: Dataset, has_charter: bool
) -> None:
    if has_charter:
        factories.make_charter(cast.coast, [cast.zed.signer], rules=factories.threshold(1), floor=1)
    with pytest.raises(NotReady, match="no second steward"):
        dataset_holders.propose_leave(
            shared.pk, actor=cast.zed.user, community_id=cast.coast.pk, reason="x"
        )

    dataset_holders.leave(shared.pk, actor=cast.zed.user, community_id=cast.coast.pk)

    assert len(holders_of(shared)) == 1


def test_a_steward_who_is_left_over_does_not_become_the_only_one(
    cast: Cast, yan: Person, shared: Dataset
) -> None:
    """The charter still names two; that the other's role is over makes one no majority."""
    Membership.objects.filter(pk=seat(yan).pk).update(until=timezone.now())

    with pytest.raises(NotAllowed):
        dataset_holders.leave(shared.pk, actor=cast.zed.user, community_id=cast.coast.pk)
    with pytest.raises(NotReady, match="Adopt a charter"):
        dataset_holders.propose_leave(
            shared.pk, actor=cast.zed.user, community_id=cast.coast.pk, reason="x"
        )


def test_what_is_about_one_thing_is_not_confirmed_as_another(
    cast: Cast, yan: Person, look: SecondLook, leaving: SecondLook
) -> None:
    with pytest.raises(NotReady):
        people.confirm(leaving.pk, actor=yan.user)
    with pytest.raises(NotReady):
        dataset_holders.confirm_leave(look.pk, actor=cast.cleo.user)
