"""What a steward does alone and unsigned needs her name in the charter in force."""

import pytest

from consent.actions import notices, reviews
from consent.models import Grant, Review
from governance.actions import charters, protocols
from governance.actions.permissions import require_seated
from governance.errors import NotAllowed
from governance.models import Charter, Community, Statement, User
from governance.rules import Verb
from tests import factories
from tests.cast import Cast
from tests.governance.pages import draft_protocol

pytestmark = pytest.mark.django_db

UNNAMED = "the charter in force does not name you"


@pytest.fixture
def unnamed(cast: Cast, charter: Charter) -> User:
    """A steward by her role only: River's charter was signed before she came."""
    user = factories.make_user("Uma")
    factories.make_passkey(user)
    factories.make_membership(user, cast.river)
    return user


def state_of(statement: Statement) -> str:
    statement.refresh_from_db()
    return statement.state


def test_before_a_first_charter_the_role_is_enough(cast: Cast) -> None:
    assert require_seated(cast.amina.user, Verb.DECIDE, cast.river) == cast.amina.membership


def test_a_first_charter_can_be_taken_back(cast: Cast) -> None:
    draft = _draft(cast.river, cast.amina.user)

    charters.take_back(draft.pk, actor=cast.bo.user, reason="a slip")

    assert state_of(draft.statement) == "fallen"


def test_a_steward_whom_no_charter_names_takes_no_draft_back(cast: Cast, unnamed: User) -> None:
    charter, protocol = _draft(cast.river, cast.amina.user), draft_protocol(cast)

    with pytest.raises(NotAllowed, match=UNNAMED):
        charters.take_back(charter.pk, actor=unnamed, reason="no")
    with pytest.raises(NotAllowed, match=UNNAMED):
        protocols.take_back(protocol.pk, actor=unnamed, reason="no")

    assert state_of(charter.statement) == state_of(protocol.statement) == "open"
    charters.take_back(charter.pk, actor=cast.bo.user, reason="a slip")
    protocols.take_back(protocol.pk, actor=cast.bo.user, reason="a slip")


def test_a_steward_whom_no_charter_names_rewrites_no_agreement(
    cast: Cast, review: Review, unnamed: User
) -> None:
    before = review.statement_id

    with pytest.raises(NotAllowed, match=UNNAMED):
        reviews.put_conditions(review.pk, actor=unnamed, conditions=["Tell us first."])
    with pytest.raises(NotAllowed, match=UNNAMED):
        reviews.renew(review.pk, actor=unnamed)

    review.refresh_from_db()
    assert review.statement_id == before


def test_a_steward_whom_no_charter_names_lets_no_notice_fall(
    cast: Cast, grant: Grant, unnamed: User
) -> None:
    own = notices.pause(community_id=cast.river.pk, actor=unnamed, reason="")

    with pytest.raises(NotAllowed, match=UNNAMED):
        notices.let_fall(own.pk, actor=unnamed)

    assert state_of(own.statement) == "open"


def _draft(community: Community, actor: User) -> Charter:
    return charters.draft(
        community_id=community.pk,
        actor=actor,
        nodes=[],
        rules=factories.threshold(2),
        floor=2,
    )
