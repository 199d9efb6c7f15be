import pytest
from django.utils import timezone

from consent.models import Grant, RequestRevision, TrainingRequest
from federation.actions import runs
from federation.errors import NotAllowed, NotDispatchable
from federation.gateway.memory import MemoryGateway
from federation.models import Run
from federation.queries import rounds_used
from federation.queries.readiness import readiness_of
from governance.rules import PlatformRole
from tests.factories import make_user
from tests.federation.dying import events
from tests.federation.factories import REFUSAL, agree, ask, later, revision_of
from tests.federation.story import Three


def test_too_few_communities_said_yes_so_nothing_is_planned(
    asked: TrainingRequest, three: Three
) -> None:
    agree(asked, three.river, three.coast)
    revision = revision_of(asked)

    with pytest.raises(NotDispatchable, match="Not every community has decided yet"):
        runs.plan(revision.pk, actor=three.chi.user)

    assert readiness_of(revision).why_not == "Not every community has decided yet."
    assert runs.plan_decided() == []
    [refused] = events("run.plan")
    assert (refused.outcome, refused.actor) == ("refused", three.chi.user)
    assert not Run.objects.exists()


def test_the_sweep_plans_a_decided_request_once(decided: RequestRevision) -> None:
    assert len(runs.plan_decided()) == 1
    assert runs.plan_decided() == []


def test_only_one_run_of_a_request_is_under_way(planned: Run, three: Three) -> None:
    with pytest.raises(NotDispatchable, match="A run of this request is under way already"):
        runs.plan(planned.revision_id, actor=three.chi.user)


def test_another_researcher_cannot_run_it(decided: RequestRevision, three: Three) -> None:
    other = make_user("Eve", PlatformRole.RESEARCHER)

    with pytest.raises(NotAllowed, match="another person's request"):
        runs.plan(decided.pk, actor=other)


def test_a_run_is_planned_without_a_community_that_took_its_yes_back(three: Three) -> None:
    request = ask(three.chi, three.all, min_nodes=2)
    agree(request, *three.all)
    Grant.objects.filter(community__slug="hill").update(state="revoked", revoked_at=timezone.now())

    run = runs.plan(revision_of(request).pk, actor=three.chi.user)

    assert run.config["kinhold.communities"] == "coast,river"
    assert [s.node.community.slug for s in run.sites.all()] == ["coast", "river"]


def test_a_second_run_may_use_only_the_rounds_that_are_left(
    running: Run, three: Three, gateway: MemoryGateway
) -> None:
    for place in three.all:
        place.tells(running)
    gateway.finish(int(running.flower_run or 0), sub_status="failed")
    runs.follow(running.pk, gateway=gateway)
    runs.follow(running.pk, gateway=gateway, at=later(seconds=301))
    running.refresh_from_db()
    assert running.state == "failed"

    second = runs.plan(running.revision_id, actor=three.chi.user)

    assert second.config["kinhold.max-rounds"] == 2


def test_refusal_receipts_use_no_rounds(running: Run, three: Three, gateway: MemoryGateway) -> None:
    three.river.tells(running, **REFUSAL)

    assert rounds_used(running.sites.get(node=three.river.node).grant) == 0
