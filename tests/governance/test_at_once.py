"""Two stewards act on roles at the same moment: real transactions, real locks."""

import pytest

from governance.actions import charters, dataset_holders, invitations, people, second_looks
from governance.errors import GovernanceError, NotAllowed, NotReady, TooFewStewards
from governance.models import AccessEvent, Membership, SecondLook
from governance.queries import holders_of, stewards_of
from governance.rules import CommunityRole
from tests import factories
from tests.cast import Cast, Person
from tests.consent.test_at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def proposed(by: Person, who: Person) -> int:
    assert who.membership
    return people.propose_end(who.membership.pk, actor=by.user, reason="No.").pk


def confirming(look_id: int, by: Person):
    return lambda: people.confirm(look_id, actor=by.user)


def leaving(who: Person):
    assert who.membership
    key = who.membership.pk
    return lambda: people.end_role(key, actor=who.user, reason="No.")


def test_two_stewards_who_end_each_other_do_not_both_do_so(cast: Cast, charter) -> None:
    of_bo, of_amina = proposed(cast.cleo, cast.bo), proposed(cast.cleo, cast.amina)

    results = at_once(confirming(of_bo, cast.amina), confirming(of_amina, cast.bo))

    assert [type(r) for r in results if isinstance(r, GovernanceError)] == [NotAllowed]
    assert stewards_of(cast.river).count() == 2


def test_two_ends_that_together_leave_too_few_do_not_both_happen(cast: Cast, charter) -> None:
    """Each by itself leaves two, which is enough; both together would leave one."""
    results = at_once(leaving(cast.bo), leaving(cast.cleo))

    assert [type(r) for r in results if isinstance(r, GovernanceError)] == [TooFewStewards]
    assert stewards_of(cast.river).count() == 2


def test_two_who_confirm_the_same_proposal_end_a_role_once(cast: Cast, charter) -> None:
    pia = factories.make_user("Pia")
    factories.make_membership(pia, cast.river)
    factories.make_passkey(pia)
    factories.make_charter(cast.river, cast.signers[:2])
    look = proposed(cast.amina, cast.bo)

    results = at_once(confirming(look, cast.cleo), lambda: people.confirm(look, actor=pia))

    assert [type(r) for r in results if isinstance(r, GovernanceError)] == [NotReady]
    assert AccessEvent.objects.filter(verb="person.end").count() == 1


def test_two_who_confirm_a_say_given_up_do_so_once(cast: Cast, protocol) -> None:
    others = [factories.make_user(name) for name in ("Yan", "Wim")]
    signers = [cast.zed.signer, *((user, factories.make_passkey(user)) for user in others)]
    for user in others:
        factories.make_membership(user, cast.coast)
    factories.make_charter(cast.coast, signers)
    dataset = factories.make_dataset(cast.river, cast.amina.user)
    dataset_holders.add_holder(dataset.pk, actor=cast.amina.user, community_id=cast.coast.pk)
    look = dataset_holders.propose_leave(
        dataset.pk, actor=cast.zed.user, community_id=cast.coast.pk, reason="x"
    ).pk

    yan, wim = others
    results = at_once(
        lambda: dataset_holders.confirm_leave(look, actor=yan),
        lambda: dataset_holders.confirm_leave(look, actor=wim),
    )

    assert [type(r) for r in results if isinstance(r, GovernanceError)] == [NotReady]
    assert len(holders_of(dataset)) == 1


def test_a_confirmation_and_a_drop_do_not_both_happen(cast: Cast, charter) -> None:
    look = proposed(cast.amina, cast.bo)

    results = at_once(
        confirming(look, cast.cleo), lambda: second_looks.drop(look, actor=cast.amina.user)
    )

    assert [type(r) for r in results if isinstance(r, GovernanceError)] == [NotReady]


def test_a_confirmation_and_the_charter_that_lets_it_fall_come_one_after_the_other(
    cast: Cast, charter
) -> None:
    """Either the role ended before the charter, or the charter let the proposal fall."""
    following = charters.draft(
        community_id=cast.river.pk,
        actor=cast.amina.user,
        nodes=[],
        rules=factories.threshold(2),
        floor=2,
    )
    factories.sign_charter(following, [cast.amina.signer])
    look = proposed(cast.amina, cast.bo)

    at_once(
        confirming(look, cast.cleo), lambda: factories.sign_charter(following, [cast.cleo.signer])
    )

    found = SecondLook.objects.get(pk=look)
    following.refresh_from_db()
    assert following.adopted_at is not None
    if found.outcome == "confirmed":
        assert found.settled_at < following.adopted_at
        assert stewards_of(cast.river).count() == 2
    else:
        assert found.outcome == "fell"
        assert stewards_of(cast.river).count() == 3


def test_one_link_opened_twice_at_once_gives_one_role(cast: Cast) -> None:
    _invitation, token = invitations.invite(
        actor=cast.amina.user,
        email="nia@example.org",
        name="Nia",
        community=cast.river,
        community_role=CommunityRole.OBSERVER,
    )

    def accept():
        return invitations.accept(token, name="Nia")

    results = at_once(accept, accept)

    assert sum(isinstance(r, GovernanceError) for r in results) == 1
    assert Membership.objects.filter(shown_name="Nia").count() == 1
