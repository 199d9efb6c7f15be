"""A run whose grant at one community rests on a delegation goes out, and stops with it."""

import pytest

from consent.actions import notices
from consent.models import Grant, Review
from federation.actions import runs
from federation.catalogue.registry import code_digest
from federation.gateway.memory import MemoryGateway
from federation.models import Run
from tests.consent.delegated import make_delegation
from tests.consent.factories import say_yes, sign_notice
from tests.federation.factories import agree, ask, revision_of
from tests.federation.story import Three


@pytest.fixture
def planned(three: Three) -> Run:
    """Coast and Hill said yes by two; in River Amina did alone, by the delegation's one grant."""
    make_delegation(three.cast, code=code_digest("linear-regression"), max_grants=1)
    request = ask(three.chi, three.all)
    agree(request, three.coast, three.hill)
    review = Review.objects.get(revision__request=request, community=three.river.community)
    say_yes(review, [three.cast.amina])
    return runs.plan(revision_of(request).pk, actor=None)


def test_it_is_sent_out_as_any_other(planned: Run, gateway: MemoryGateway) -> None:
    runs.dispatch(planned.pk, gateway=gateway)

    planned.refresh_from_db()
    assert planned.state == "running", planned.waiting_for or planned.why


def test_it_waits_while_one_steward_has_stopped_the_delegation(
    planned: Run, gateway: MemoryGateway, three: Three
) -> None:
    delegation = Grant.objects.get(community=three.river.community).delegation
    pause = notices.pause(
        community_id=three.river.community.pk,
        actor=three.cast.cleo.user,
        reason="Wait.",
        delegation=delegation,
    )
    sign_notice(pause, [three.cast.cleo])
    notices.publish(three.river.community.pk)

    runs.dispatch(planned.pk, gateway=gateway)

    planned.refresh_from_db()
    assert planned.state == "planned"
    assert "does not take part just now. It is tried again." in planned.waiting_for
