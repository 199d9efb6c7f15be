"""R-40: two communities hold one dataset. One yes is not enough, one no stops it, both run it."""

from dataclasses import replace

import pytest

from consent.actions import notices
from consent.grants.grant import parse_grant
from consent.grants.statements import Answer
from consent.models import Grant, Review, TrainingRequest
from consent.queries import grants_beside, not_asked
from federation.actions import runs
from federation.actions.runs.plan import _written
from federation.errors import NotDispatchable
from federation.gateway.memory import MemoryGateway
from federation.models import Run
from federation.queries import readiness as ready_to_run
from federation.queries import rounds_used, runs_visible_to
from federation.queries.readiness import readiness_of
from governance.actions import dataset_holders, dataset_protocols
from governance.models import Dataset
from tests import factories
from tests.consent.factories import answer, sign_notice
from tests.federation.dying import events
from tests.federation.factories import Place, ask, later, revision_of
from tests.federation.story import Three, send


@pytest.fixture
def shared(three: Three) -> Dataset:
    """River's dataset, which Coast holds too."""
    dataset = Dataset.objects.get(slug="river-diabetes")
    hold(three.river, three.coast, dataset)
    return dataset


@pytest.fixture
def asked_of_two(three: Three, shared: Dataset) -> TrainingRequest:
    """Chi asks for River's dataset alone: River and Coast must say yes."""
    return ask(three.chi, [three.river], min_nodes=1)


def hold(keeper: Place, holder: Place, dataset: Dataset) -> None:
    dataset_holders.add_holder(
        dataset.pk, actor=keeper.stewards[0].user, community_id=holder.community.pk
    )
    dataset_protocols.set_lines(
        dataset.pk,
        actor=holder.stewards[0].user,
        community_id=holder.community.pk,
        lines=["main"],
    )


def say(request: TrainingRequest, place: Place, said: Answer = Answer.YES) -> None:
    review = Review.objects.select_related("statement", "community").get(
        revision__request=request, community=place.community
    )
    for steward in place.stewards[:2]:
        answer(review, steward, said)


def test_one_yes_is_not_enough(three: Three, asked_of_two: TrainingRequest) -> None:
    say(asked_of_two, three.river)

    readiness = readiness_of(revision_of(asked_of_two))
    assert readiness.why_not == "Not every community has decided yet."
    assert readiness.places == ()
    assert runs.plan_decided() == []


def test_one_no_stops_it(three: Three, asked_of_two: TrainingRequest) -> None:
    say(asked_of_two, three.river)
    say(asked_of_two, three.coast, Answer.NO)

    revision = revision_of(asked_of_two)
    assert revision.request.state == "decided"
    assert readiness_of(revision).why_not == (
        "0 of the 1 communities needed can take part now. Coast said no."
    )
    assert runs.plan_decided() == []
    with pytest.raises(NotDispatchable, match="Coast said no"):
        runs.plan(revision.pk, actor=three.chi.user)


def test_a_no_of_the_keeper_stops_it_too(three: Three, asked_of_two: TrainingRequest) -> None:
    say(asked_of_two, three.coast)
    say(asked_of_two, three.river, Answer.NO)

    assert "River said no" in readiness_of(revision_of(asked_of_two)).why_not
    assert runs.plan_decided() == []


def test_both_yeses_run_it_at_the_keepers_node(
    three: Three, asked_of_two: TrainingRequest, gateway: MemoryGateway
) -> None:
    say(asked_of_two, three.river)
    say(asked_of_two, three.coast)

    [place] = readiness_of(revision_of(asked_of_two)).places
    assert place.node == three.river.node
    assert [grant.community.slug for grant in place.co_grants] == ["coast"]
    [run] = runs.plan_decided()
    assert run.config["kinhold.holders"] == (f"river-diabetes/coast={place.co_grants[0].public_id}")
    assert run.config["kinhold.communities"] == "river"
    run = send(run, gateway)
    assert [site.node for site in run.sites.all()] == [three.river.node]
    assert {event.community for event in events("run.plan")} == {
        three.river.community,
        three.coast.community,
    }
    assert run in runs_visible_to(three.coast.stewards[0].user)
    assert run not in runs_visible_to(three.hill.stewards[0].user)


def test_a_no_on_one_dataset_leaves_the_others(three: Three, shared: Dataset) -> None:
    request = ask(three.chi, [three.river, three.hill], min_nodes=1)
    say(request, three.river)
    say(request, three.hill)
    say(request, three.coast, Answer.NO)

    [place] = readiness_of(revision_of(request)).places
    assert place.node == three.hill.node
    [run] = runs.plan_decided()
    assert run.config["kinhold.communities"] == "hill"
    assert "kinhold.holders" not in run.config


def test_a_holder_that_keeps_data_of_its_own_decides_on_each_dataset(
    three: Three, shared: Dataset
) -> None:
    request = ask(three.chi, [three.river, three.coast], min_nodes=2)

    reviews = Review.objects.filter(revision__request=request)
    assert {(review.community.slug, review.dataset.slug) for review in reviews} == {
        ("river", "river-diabetes"),
        ("coast", "river-diabetes"),
        ("coast", "coast-diabetes"),
    }
    assert {parse_grant(r.statement.text.encode()).communities for r in reviews} == {
        ("coast", "river")
    }


def test_a_pause_of_the_further_holder_stops_the_run(
    three: Three, asked_of_two: TrainingRequest, gateway: MemoryGateway
) -> None:
    run = running(three, asked_of_two, gateway)
    pause = notices.pause(
        community_id=three.coast.community.pk,
        actor=three.coast.stewards[0].user,
        reason="Wait.",
    )
    sign_notice(pause, [three.coast.stewards[0]])

    assert runs.stop_without_consent() == [run]
    run.refresh_from_db()
    assert run.stop_reason == "Coast paused work on its data."


def test_a_grant_of_the_holder_that_does_not_fit_is_not_dispatched(
    three: Three, asked_of_two: TrainingRequest, gateway: MemoryGateway
) -> None:
    say(asked_of_two, three.river)
    say(asked_of_two, three.coast)
    [run] = runs.plan_decided()
    own = Grant.objects.get(community__slug="river")
    Grant.objects.filter(community__slug="coast").update(signed_text=own.signed_text)

    runs.dispatch(run.pk, gateway=gateway)

    run.refresh_from_db()
    assert run.state == "failed"
    assert "Coast: A document is another community's." in run.why


def test_a_run_that_was_planned_without_the_holders_yes_is_not_dispatched(
    three: Three, asked_of_two: TrainingRequest, gateway: MemoryGateway
) -> None:
    """As if planning had forgotten to ask: what goes out is looked at once more."""
    say(asked_of_two, three.river)
    say(asked_of_two, three.coast, Answer.NO)
    revision = revision_of(asked_of_two)
    forgotten = ready_to_run.Place(three.river.node, Grant.objects.get())
    ready = replace(readiness_of(revision), places=(forgotten,), rounds_left=5)
    run = _written(revision, ready)

    runs.dispatch(run.pk, gateway=gateway)

    run.refresh_from_db()
    assert run.state == "failed"
    assert "Not every community that holds River's data said yes." in run.why


def test_a_holder_that_came_later_was_not_asked_so_nothing_new_runs(
    three: Three, asked_of_two: TrainingRequest, shared: Dataset, gateway: MemoryGateway
) -> None:
    say(asked_of_two, three.river)
    say(asked_of_two, three.coast)
    [run] = runs.plan_decided()
    hold(three.river, three.hill, shared)
    grant = Grant.objects.get(community__slug="river")
    assert not_asked(grant) == [three.hill.community]

    runs.dispatch(run.pk, gateway=gateway)

    run.refresh_from_db()
    assert run.why == "It was not sent out. Hill holds River's data too and was not asked."
    assert "Hill holds River Diabetes too now and was not asked" in (
        readiness_of(run.revision).why_not
    )


def test_a_yes_given_before_leaving_still_counts(
    three: Three, asked_of_two: TrainingRequest, shared: Dataset
) -> None:
    say(asked_of_two, three.river)
    say(asked_of_two, three.coast)
    first, second = (steward.user for steward in three.coast.stewards[:2])
    factories.give_up_say(shared, three.coast.community, first, second)

    [place] = readiness_of(revision_of(asked_of_two)).places
    assert len(place.co_grants) == 1


def test_rounds_at_the_keepers_node_are_used_up_for_every_holder(
    three: Three, asked_of_two: TrainingRequest, gateway: MemoryGateway
) -> None:
    run = running(three, asked_of_two, gateway)
    three.river.tells(run)

    grants = Grant.objects.select_related("review__dataset", "community")
    assert [rounds_used(grant) for grant in grants] == [1, 1]
    keeper = grants.get(community=three.river.community)
    assert [beside.community for beside in grants_beside(keeper)] == [three.coast.community]


def test_a_run_that_is_planned_waits_out_the_holders_pause(
    three: Three, asked_of_two: TrainingRequest, gateway: MemoryGateway
) -> None:
    say(asked_of_two, three.river)
    say(asked_of_two, three.coast)
    [run] = runs.plan_decided()
    pause = notices.pause(
        community_id=three.coast.community.pk,
        actor=three.coast.stewards[0].user,
        reason="Wait.",
    )
    sign_notice(pause, [three.coast.stewards[0]])

    notices.publish(three.coast.community.pk)

    assert runs.stop_without_consent(at=later(seconds=1)) == []
    runs.dispatch(run.pk, gateway=gateway)
    run.refresh_from_db()
    assert run.state == "planned"
    assert "Coast" in run.waiting_for


def running(three: Three, request: TrainingRequest, gateway: MemoryGateway) -> Run:
    say(request, three.river)
    say(request, three.coast)
    [run] = runs.plan_decided()
    return send(run, gateway)
