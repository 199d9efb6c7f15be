"""Two stewards act on each other's roles at the same moment: real transactions, real locks."""

import pytest

from governance.actions import invitations, people
from governance.errors import GovernanceError, NotAllowed, TooFewStewards
from governance.models import Membership
from governance.queries import stewards_of
from governance.rules import CommunityRole
from tests.cast import Cast, Person
from tests.consent.test_at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def ending(by: Person, who: Person):
    assert who.membership
    key = who.membership.pk
    return lambda: people.end_role(key, actor=by.user, reason="No.")


def test_two_stewards_who_end_each_other_do_not_both_do_so(cast: Cast, charter) -> None:
    results = at_once(ending(cast.amina, cast.bo), ending(cast.bo, cast.amina))

    assert [type(r) for r in results if isinstance(r, GovernanceError)] == [NotAllowed]
    assert stewards_of(cast.river).count() == 2


def test_two_ends_that_together_leave_too_few_do_not_both_happen(cast: Cast, charter) -> None:
    """Each by itself leaves two, which is enough; both together would leave one."""
    results = at_once(ending(cast.amina, cast.bo), ending(cast.amina, cast.cleo))

    assert [type(r) for r in results if isinstance(r, GovernanceError)] == [TooFewStewards]
    assert stewards_of(cast.river).count() == 2


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
