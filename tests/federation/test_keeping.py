"""R-06 at work: a new version of a protocol while a run under the old one is under way."""

import pytest
from django.utils import timezone

from consent.actions import keeping
from consent.models import Grant, Review
from consent.queries.keeping import agreements_behind
from consent.rules import Keeping
from federation.actions import runs
from federation.actions.runs.coverage import require_covered
from federation.errors import NotDispatchable, NotYet
from federation.queries import sites_of
from federation.queries.readiness import readiness_of
from federation.rules import RunState
from tests import factories as made
from tests.consent import factories


@pytest.fixture
def river(three):
    return three.river


def adopt(river):
    """Version 2 of River's protocol."""
    signers = [person.signer for person in river.stewards]
    return made.make_protocol(river.community, signers, max_months=10, min_nodes=3)


def choose(river, choice):
    held = next(h for h in agreements_behind(river.community) if not h.replaced)
    return keeping.choose(
        held.grant.pk, held.newest.pk, actor=river.stewards[0].user, choice=choice
    )


def say_yes_anew(river, revision):
    review = Review.objects.get(revision=revision, community=river.community, state="open")
    return factories.say_yes(review, river.stewards[:2])


def test_a_run_under_way_goes_on_the_choices_are_there_and_the_default_is_to_keep(
    running, river, gateway
):
    adopt(river)

    stopped = runs.stop_without_consent()
    running.refresh_from_db()
    (held,) = agreements_behind(river.community)
    assert (stopped, running.state, running.stop_asked_at) == ([], RunState.RUNNING, None)
    assert (held.choice, held.chosen) == (Keeping.KEEP, None)


def test_a_run_under_way_goes_on_while_the_stewards_agree_anew_and_after(decided, running, river):
    adopt(river)
    choose(river, Keeping.RENEGOTIATE)
    assert runs.stop_without_consent() == []

    say_yes_anew(river, decided)

    assert runs.stop_without_consent() == []
    running.refresh_from_db()
    assert (running.state, running.stop_asked_at) == (RunState.RUNNING, None)


def test_new_work_waits_while_the_stewards_agree_anew(decided, river):
    assert readiness_of(decided).ready
    adopt(river)
    assert readiness_of(decided).ready

    choose(river, Keeping.RENEGOTIATE)

    readiness = readiness_of(decided)
    assert readiness.why_not == (
        "2 of the 3 communities needed can take part now. River wants to agree anew. Fewer than 3 "
        "communities cannot hide among each other, also not by mixing: privacy noise is needed."
    )
    with pytest.raises(NotDispatchable, match="River wants to agree anew"):
        runs.plan(decided.pk, actor=None)

    choose(river, Keeping.KEEP)

    assert readiness_of(decided).ready


def test_what_is_planned_already_waits_too(planned, river):
    adopt(river)
    choose(river, Keeping.RENEGOTIATE)

    with pytest.raises(NotYet, match="River wants to agree anew"):
        require_covered(planned, sites_of(planned), at=timezone.now())


def test_what_was_planned_under_the_old_agreement_is_not_sent_under_it_after_a_new_one(
    planned, river
):
    adopt(river)
    choose(river, Keeping.RENEGOTIATE)
    say_yes_anew(river, planned.revision)

    with pytest.raises(NotDispatchable, match="River agreed anew since"):
        require_covered(planned, sites_of(planned), at=timezone.now())


def test_new_work_goes_by_the_new_agreement(decided, river):
    adopt(river)
    choose(river, Keeping.RENEGOTIATE)
    newer = say_yes_anew(river, decided)

    readiness = readiness_of(decided)
    run = runs.plan(decided.pk, actor=None)

    assert readiness.ready
    grants = {site.grant for site in sites_of(run)}
    assert newer in grants and len(grants) == 3
    assert Grant.objects.filter(community=river.community).count() == 2
    assert str(newer.public_id) in run.config["kinhold.grants"]


def test_a_no_to_the_new_text_lets_nothing_begin_by_itself(decided, river):
    from consent.grants.statements import Answer

    adopt(river)
    choose(river, Keeping.RENEGOTIATE)
    review = Review.objects.get(revision=decided, community=river.community, state="open")
    for person in river.stewards[:2]:
        factories.answer(review, person, Answer.NO)

    assert "River wants to agree anew" in readiness_of(decided).why_not
