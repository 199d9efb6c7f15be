"""Delegations (R-23): within scope, limit and time one steward's yes is enough; never outside."""

from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.utils import timezone

from consent.actions import notices
from consent.errors import ConflictOfInterest
from consent.grants.codec import unb64u
from consent.grants.delegation import require_granted
from consent.grants.errors import OutsideDelegation
from consent.grants.grant import parse_grant
from consent.grants.notices import verify_notices
from consent.grants.statements import Answer, Signed
from consent.models import Grant, Review
from consent.queries import grants_active, notices_list_of
from consent.rules import ReviewState
from governance.actions.people import end_role
from governance.errors import NotAllowed
from governance.models import AccessEvent, Delegation
from governance.queries import charter_chain
from governance.queries.delegations import delegations_of, state_of
from tests import factories as base
from tests.cast import Cast
from tests.consent import factories
from tests.consent.delegated import make_delegation
from tests.consent.factories import answer, sign_notice

pytestmark = pytest.mark.django_db


@pytest.fixture
def delegation(cast: Cast, dataset: Any) -> Delegation:
    return make_delegation(cast)


@pytest.fixture
def review(cast: Cast, delegation: Delegation) -> Review:
    return factories.review_of(factories.make_request(cast.chi.user))


def another(cast: Cast, **changed: Any) -> Review:
    return factories.review_of(factories.make_request(cast.chi.user, **changed))


def state(delegation: Delegation, *, days: int = 0) -> str:
    row = delegations_of(delegation.community).get(pk=delegation.pk)
    return state_of(row, at=timezone.now() + timedelta(days=days))


def stop(cast: Cast, delegation: Delegation) -> Any:
    notice = notices.pause(
        community_id=cast.river.pk, actor=cast.cleo.user, reason="", delegation=delegation
    )
    sign_notice(notice, [cast.cleo])
    delegation.refresh_from_db()
    return notice


def test_the_delegates_yes_alone_makes_a_grant_that_nodes_accept(
    cast: Cast, delegation: Delegation, review: Review
) -> None:
    result = answer(review, cast.amina)

    grant = Grant.objects.get()
    review.refresh_from_db()
    assert (result.adopted, review.state, grant.delegation) == (
        True,
        ReviewState.APPROVED,
        delegation,
    )
    envelope = Signed.from_json(grant.signed_text)
    assert envelope.under is not None
    assert envelope.under.digest == delegation.statement.digest
    under = require_granted(
        envelope,
        parse_grant(envelope.statement),
        charter=charter_chain(cast.river)[-1],
        at=timezone.now(),
        counted={},
    )
    assert under is not None
    assert under.id == str(delegation.public_id)


def test_the_log_names_the_delegation(cast: Cast, delegation: Delegation, review: Review) -> None:
    answer(review, cast.amina)

    event = AccessEvent.objects.get(verb="grant.adopt")
    assert event.reason == f"under delegation {delegation.public_id}"


def test_any_other_steward_still_needs_the_rule(cast: Cast, review: Review) -> None:
    assert not answer(review, cast.bo).adopted

    assert Grant.objects.count() == 0


@pytest.mark.parametrize("said", [Answer.NO, Answer.NOT_YET, Answer.RECUSE])
def test_only_a_yes_of_hers_decides(cast: Cast, review: Review, said: Answer) -> None:
    assert not answer(review, cast.amina, said).adopted


def test_a_grant_that_all_decide_uses_nothing_up(
    cast: Cast, delegation: Delegation, review: Review
) -> None:
    answer(review, cast.bo)
    answer(review, cast.cleo)

    assert Grant.objects.get().delegation is None
    assert state(delegation) == "in-force"


@pytest.mark.parametrize(
    "changed",
    [{"code": "b" * 64}, {"max_rounds": 2}],
    ids=["another job", "more rounds than allowed"],
)
def test_outside_its_scope_it_decides_nothing(
    cast: Cast, dataset: Any, changed: dict[str, Any]
) -> None:
    make_delegation(cast, **changed)

    result = answer(another(cast), cast.amina)

    assert (result.adopted, Grant.objects.count()) == (False, 0)
    assert result.outcome.yes == {cast.amina.membership.steward_id}  # type: ignore[union-attr]


def test_after_its_end_it_decides_nothing(
    cast: Cast, delegation: Delegation, review: Review
) -> None:
    with patch("django.utils.timezone.now", return_value=delegation.not_after):
        assert not answer(review, cast.amina).adopted


def test_another_dataset_is_not_covered(cast: Cast, dataset: Any) -> None:
    base.make_dataset(cast.river, cast.amina.user, "river-heart")
    make_delegation(cast, dataset="river-heart")

    assert not answer(another(cast), cast.amina).adopted


def test_put_to_the_stewards_it_decides_nothing_yet(cast: Cast, dataset: Any) -> None:
    make_delegation(cast, sign=False)

    assert not answer(another(cast), cast.amina).adopted


def test_over_its_limit_it_decides_nothing(cast: Cast, dataset: Any) -> None:
    delegation = make_delegation(cast, max_grants=2)
    adopted = [answer(another(cast), cast.amina).adopted for _ in range(3)]

    assert adopted == [True, True, False]
    assert state(delegation) == "used-up"


def test_stopped_by_one_steward_it_decides_nothing_from_that_moment(
    cast: Cast, delegation: Delegation, review: Review
) -> None:
    stop(cast, delegation)

    assert state(delegation) == "stopped"
    assert not answer(review, cast.amina).adopted


def test_the_stop_reaches_the_nodes_by_its_id(cast: Cast, delegation: Delegation) -> None:
    stop(cast, delegation)
    notices.publish(cast.river.pk)

    listed = notices_list_of(cast.river)
    told = verify_notices(
        listed.text.encode(), unb64u(listed.signature), chain=charter_chain(cast.river)
    )
    assert told.paused == {str(delegation.public_id)}


def test_a_stop_holds_back_what_was_granted_under_it_and_nothing_else(
    cast: Cast, delegation: Delegation, review: Review
) -> None:
    other = another(cast)
    answer(review, cast.amina)
    answer(other, cast.bo)
    answer(other, cast.cleo)

    stop(cast, delegation)

    assert grants_active(review.revision) == []
    assert [grant.review for grant in grants_active(other.revision)] == [other]


def test_the_stewards_together_let_it_go_on(
    cast: Cast, delegation: Delegation, review: Review
) -> None:
    pause = stop(cast, delegation)
    resume = notices.propose_resume(community_id=cast.river.pk, actor=cast.bo.user, pauses=[pause])
    sign_notice(resume, [cast.bo])
    assert state(delegation) == "stopped"

    sign_notice(resume, [cast.cleo])

    assert state(delegation) == "in-force"
    assert answer(review, cast.amina).adopted


def test_one_of_two_stops_lifted_leaves_it_stopped(cast: Cast, delegation: Delegation) -> None:
    first, _second = stop(cast, delegation), stop(cast, delegation)
    resume = notices.propose_resume(community_id=cast.river.pk, actor=cast.bo.user, pauses=[first])
    sign_notice(resume, [cast.bo, cast.cleo])

    assert state(delegation) == "stopped"


def test_a_new_charter_ends_it(cast: Cast, delegation: Delegation) -> None:
    base.make_charter(cast.river, cast.signers[:2])

    assert state(delegation) == "ended"
    assert not answer(another(cast), cast.amina).adopted


def test_its_end_ends_it(delegation: Delegation) -> None:
    assert (state(delegation, days=29), state(delegation, days=30)) == ("in-force", "ended")


def test_a_delegate_whose_role_ended_decides_nothing(
    cast: Cast, delegation: Delegation, review: Review
) -> None:
    end_role(cast.amina.membership.pk, actor=cast.amina.user, reason="x")  # type: ignore[union-attr]

    with pytest.raises(NotAllowed):
        answer(review, cast.amina)


def test_a_delegate_named_in_the_request_decides_nothing(
    cast: Cast, delegation: Delegation
) -> None:
    people = [{"name": "Amina", "email": cast.amina.user.email, "orcid": ""}]

    with pytest.raises(ConflictOfInterest):
        answer(another(cast, people=people), cast.amina)


def test_a_grant_with_a_changed_delegation_is_refused_at_the_node(
    cast: Cast, delegation: Delegation, review: Review
) -> None:
    answer(review, cast.amina)
    envelope = Signed.from_json(Grant.objects.get().signed_text)
    used = {str(delegation.public_id): ["x", "y"]}

    with pytest.raises(OutsideDelegation):
        require_granted(
            envelope,
            parse_grant(envelope.statement),
            charter=charter_chain(cast.river)[-1],
            at=timezone.now(),
            counted=used,
        )
