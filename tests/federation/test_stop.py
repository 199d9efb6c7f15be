import pytest
from django.utils import timezone

from consent.actions import notices
from consent.models import Grant
from federation.actions import runs
from federation.errors import NotAllowed, TransitionRefused
from federation.gateway.memory import MemoryGateway
from federation.models import Run
from tests.consent.factories import sign_notice
from tests.federation.dying import Dies, Killed, events
from tests.federation.factories import later
from tests.federation.story import Three


def stopped_at_flower(gateway: MemoryGateway, run: Run) -> bool:
    return gateway.status(int(run.flower_run or 0)).sub_status == "stopped"


def test_the_researcher_stops_her_run(running: Run, three: Three, gateway: MemoryGateway) -> None:
    runs.ask_stop(running.pk, actor=three.chi.user)
    runs.stop(running.pk, gateway=gateway)

    running.refresh_from_db()
    assert (running.state, running.why) == ("stopped", "The researcher stopped the run.")
    assert stopped_at_flower(gateway, running)
    assert {e.actor for e in events("run.ask-stop")} == {three.chi.user}


def test_a_steward_of_a_community_in_it_stops_it_unnamed(
    running: Run, three: Three, gateway: MemoryGateway
) -> None:
    runs.ask_stop(running.pk, actor=three.hill.stewards[2].user)
    runs.stop(running.pk, gateway=gateway)

    running.refresh_from_db()
    assert running.why == "A steward of Hill stopped the run."


@pytest.mark.parametrize("who", ["convenor", "custodian", "observer", "auditor", "admin"])
def test_nobody_else_stops_it(running: Run, three: Three, who: str) -> None:
    with pytest.raises(NotAllowed, match="Only the applicant or a steward"):
        runs.ask_stop(running.pk, actor=three.cast.everybody[who].user)

    running.refresh_from_db()
    assert running.stop_asked_at is None


def test_a_run_that_is_over_cannot_be_stopped(
    running: Run, three: Three, gateway: MemoryGateway
) -> None:
    runs.ask_stop(running.pk, actor=three.chi.user)
    runs.stop(running.pk, gateway=gateway)

    with pytest.raises(TransitionRefused, match="cannot stop a run that is stopped"):
        runs.ask_stop(running.pk, actor=three.chi.user)


def test_stopping_twice_is_told_once(running: Run, three: Three, gateway: MemoryGateway) -> None:
    runs.ask_stop(running.pk, actor=three.chi.user)
    runs.ask_stop(running.pk, actor=three.chi.user)
    runs.stop(running.pk, gateway=gateway)
    runs.stop(running.pk, gateway=gateway)

    assert len(events("run.ask-stop")) == 3
    assert len(events("run.stop")) == 3


def test_a_planned_run_is_stopped_without_asking_flower(
    planned: Run, three: Three, gateway: MemoryGateway
) -> None:
    gateway.reachable = False
    runs.ask_stop(planned.pk, actor=three.chi.user)

    runs.stop(planned.pk, gateway=gateway)

    planned.refresh_from_db()
    assert planned.state == "stopped"
    runs.dispatch(planned.pk, gateway=gateway)
    assert not gateway.started


@pytest.mark.parametrize(("when", "starts"), [("before start", 0), ("after start", 1)])
def test_a_run_whose_sender_died_is_stopped_whether_or_not_it_was_started(
    planned: Run, three: Three, gateway: MemoryGateway, when: str, starts: int
) -> None:
    with pytest.raises(Killed):
        runs.dispatch(planned.pk, gateway=Dies(gateway, when=when))
    runs.ask_stop(planned.pk, actor=three.chi.user)

    runs.stop(planned.pk, gateway=gateway)
    planned.refresh_from_db()
    assert planned.state == "sending", "only the sender can tell what Flower has of it"
    runs.dispatch(planned.pk, gateway=gateway, at=later(seconds=11))
    runs.stop(planned.pk, gateway=gateway)

    planned.refresh_from_db()
    assert planned.state == "stopped"
    assert len(gateway.started) == starts
    if starts:
        assert stopped_at_flower(gateway, planned)


def test_an_unreachable_flower_is_asked_again(
    running: Run, three: Three, gateway: MemoryGateway
) -> None:
    runs.ask_stop(running.pk, actor=three.chi.user)
    gateway.reachable = False
    runs.stop(running.pk, gateway=gateway)
    running.refresh_from_db()
    assert running.state == "running"
    assert running.waiting_for.startswith("Flower does not answer.")

    gateway.reachable = True
    runs.stop(running.pk, gateway=gateway)

    running.refresh_from_db()
    assert running.state == "stopped"


def test_a_run_that_flower_lost_is_stopped_all_the_same(running: Run, three: Three) -> None:
    runs.ask_stop(running.pk, actor=three.chi.user)

    runs.stop(running.pk, gateway=MemoryGateway())

    running.refresh_from_db()
    assert running.state == "stopped"


def test_a_revoked_grant_stops_its_run(running: Run, three: Three, gateway: MemoryGateway) -> None:
    grant = Grant.objects.get(community=three.hill.community)
    steward = three.hill.stewards[0]
    notice = notices.propose_revocation(grant.pk, actor=steward.user, reason="We were not told.")
    sign_notice(notice, three.hill.stewards[:2])

    [stopped] = runs.stop_without_consent()
    runs.stop(running.pk, gateway=gateway)

    running.refresh_from_db()
    assert stopped == running
    assert (running.state, running.why) == ("stopped", "Hill took its grant back.")
    assert stopped_at_flower(gateway, running)
    assert runs.stop_without_consent() == []


def test_a_pause_stops_a_run_that_is_under_way(
    running: Run, three: Three, gateway: MemoryGateway
) -> None:
    amina = three.cast.amina
    pause = notices.pause(community_id=three.cast.river.pk, actor=amina.user, reason="We talk.")
    sign_notice(pause, [amina])

    runs.stop_without_consent()
    runs.stop(running.pk, gateway=gateway)

    running.refresh_from_db()
    assert running.why == "River paused work on its data."


def test_a_grant_that_is_over_stops_its_run(running: Run) -> None:
    Grant.objects.filter(community__slug="coast").update(not_after=timezone.now())

    runs.stop_without_consent()

    running.refresh_from_db()
    assert running.stop_reason == "Coast's grant is over."


def test_a_run_with_all_its_grants_is_left_alone(running: Run) -> None:
    assert runs.stop_without_consent() == []
