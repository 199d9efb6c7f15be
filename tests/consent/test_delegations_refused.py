"""Delegations that are none: without scope, limit or end; not the steward's; never adopted."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from consent.actions import notices
from consent.errors import NoticeRefused
from consent.grants.statements import Answer
from consent.models import Grant
from governance.actions import delegations
from governance.errors import GovernanceError, NotAllowed, NotReady, StatementClosed
from governance.models import Delegation
from tests.cast import Cast
from tests.consent.delegated import make_delegation, sign_delegation
from tests.consent.test_at_once import at_once, yes
from tests.consent.test_delegations import another, delegation, state, stop

pytestmark = pytest.mark.django_db

__all__ = ["delegation"]


@pytest.mark.django_db(transaction=True)
def test_two_yeses_at_once_use_no_grant_too_many(cast: Cast, dataset: Any) -> None:
    make_delegation(cast, max_grants=1)
    one, two = another(cast), another(cast)

    at_once(yes(one, cast.amina), yes(two, cast.amina))

    assert Grant.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"max_grants": 0}, "max_grants"),
        ({"max_grants": 51}, "max_grants"),
        ({"max_rounds": 0}, "max_rounds"),
        ({"resolution": " "}, "resolution"),
        ({"code": "c"}, "scope.code"),
        ({"dataset": "coast-heart"}, "not a dataset of the community"),
        ({"delegate": "st-0000000000000000"}, "whom the charter in force names"),
        ({"not_after": timezone.now().replace(microsecond=0) + timedelta(days=367)}, "366 days"),
        ({"not_after": timezone.now().replace(microsecond=0)}, "366 days"),
    ],
)
def test_a_delegation_without_scope_limit_end_or_resolution_is_none(
    cast: Cast, dataset: Any, changed: dict[str, Any], why: str
) -> None:
    with pytest.raises(NotReady, match=why):
        make_delegation(cast, **changed)
    assert Delegation.objects.count() == 0


@pytest.mark.parametrize("who", ["dov", "ola", "eli", "chi", "zed", "aud", "max"])
def test_nobody_else_delegates_or_stops(cast: Cast, delegation: Delegation, who: str) -> None:
    person = getattr(cast, who).user

    with pytest.raises(GovernanceError):
        delegations.take_back(delegation.pk, actor=person, reason="x")
    with pytest.raises(NotAllowed):
        notices.pause(community_id=cast.river.pk, actor=person, reason="", delegation=delegation)


def test_what_is_not_in_force_or_another_communitys_is_not_stopped(
    cast: Cast, dataset: Any
) -> None:
    open_one = make_delegation(cast, sign=False)

    with pytest.raises(NoticeRefused, match="not in force"):
        stop(cast, open_one)
    with pytest.raises(NoticeRefused, match="another community's"):
        notices.pause(
            community_id=cast.coast.pk, actor=cast.zed.user, reason="", delegation=open_one
        )


def test_declined_or_taken_back_it_never_counts(cast: Cast, dataset: Any) -> None:
    one = make_delegation(cast, sign=False, resolution="one")
    two = make_delegation(cast, sign=False, resolution="two")

    for person in (cast.bo, cast.cleo):
        sign_delegation(one, person, Answer.NO)
    delegations.take_back(two.pk, actor=cast.bo.user, reason="No.")

    assert (state(one), state(two)) == ("declined", "fallen")
    with pytest.raises(StatementClosed):
        sign_delegation(two, cast.bo)
