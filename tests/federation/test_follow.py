import pytest

from federation.actions import results, runs
from federation.gateway.base import GatewayRefused
from federation.gateway.memory import MemoryGateway
from federation.models import Run
from tests.federation.dying import events
from tests.federation.factories import REFUSAL, RESULT, later
from tests.federation.story import Three

STOPPED = REFUSAL | {"outcome": "stopped", "code": "paused", "reason": "A steward paused."}
FAILED = REFUSAL | {"outcome": "failed", "code": "job-failed", "reason": "The job broke off."}


def end(gateway: MemoryGateway, run: Run, how: str, details: str = "") -> None:
    gateway.finish(int(run.flower_run or 0), sub_status=how, details=details)


def deliver(run: Run, **changes: object) -> None:
    results.take(run=run.public_id, flower_run=int(run.flower_run or 0), result=RESULT | changes)


def look(run: Run, gateway: MemoryGateway, after_s: int = 0) -> Run:
    runs.follow(run.pk, gateway=gateway, at=later(seconds=after_s))
    run.refresh_from_db()
    return run


def test_a_run_that_goes_on_is_left_alone(running: Run, gateway: MemoryGateway) -> None:
    assert look(running, gateway).state == "running"
    assert running.flower_ended_at is None


def test_a_model_and_the_receipts_of_all_nodes_finish_a_run(
    running: Run, three: Three, gateway: MemoryGateway
) -> None:
    for place in three.all:
        place.tells(running)
    deliver(running)
    end(gateway, running, "completed")

    look(running, gateway)

    assert running.state == "finished"
    assert running.why == "The model is ready: 3 nodes trained, in 1 round."
    assert running.ended_at is not None
    told = [(e.community.slug, e.outcome) for e in events("run.finish") if e.community]
    assert told == [("coast", "done"), ("hill", "done"), ("river", "done")]


def test_looking_twice_ends_it_once(running: Run, three: Three, gateway: MemoryGateway) -> None:
    for place in three.all:
        place.tells(running)
    deliver(running)
    end(gateway, running, "completed")

    look(running, gateway)
    look(running, gateway)

    assert len(events("run.finish")) == 3


def test_a_run_that_every_node_refused_shows_as_refused_with_each_reason(
    running: Run, three: Three, gateway: MemoryGateway
) -> None:
    three.coast.tells(running, **REFUSAL | {"code": "revoked"})
    three.hill.tells(running, **REFUSAL | {"code": "wrong-code"})
    three.river.tells(running, **REFUSAL)
    end(gateway, running, "completed")

    look(running, gateway)

    assert running.state == "refused"
    assert running.why == (
        "No model was made: 3 of 3 nodes did not take part, and 3 must. "
        "coast/coast-node: The community took its grant back. "
        "hill/hill-node: The code is not the code that was approved. "
        "river/river-node: The signed answers do not suffice."
    )
    assert {e.outcome for e in events("run.refuse")} == {"refused"}


def test_late_receipts_are_waited_for_but_not_for_ever(
    running: Run, three: Three, gateway: MemoryGateway
) -> None:
    three.coast.tells(running, **REFUSAL)
    end(gateway, running, "failed", "0 of 3 nodes answered")

    assert look(running, gateway).state == "running"
    assert look(running, gateway, after_s=19).state == "running"
    assert look(running, gateway, after_s=21).state == "refused"


def test_the_last_receipt_ends_the_waiting(
    running: Run, three: Three, gateway: MemoryGateway
) -> None:
    three.coast.tells(running, **REFUSAL)
    three.hill.tells(running, **REFUSAL)
    end(gateway, running, "completed")
    assert look(running, gateway).state == "running"

    three.river.tells(running, **REFUSAL)

    assert look(running, gateway).state == "refused"


def test_a_model_on_its_way_is_waited_for_longer(
    running: Run, three: Three, gateway: MemoryGateway
) -> None:
    for place in three.all:
        place.tells(running)
    end(gateway, running, "completed")
    look(running, gateway)

    assert look(running, gateway, after_s=60).state == "running"
    deliver(running)
    assert look(running, gateway, after_s=61).state == "finished"


def test_a_model_that_never_comes_fails_the_run(
    running: Run, three: Three, gateway: MemoryGateway
) -> None:
    for place in three.all:
        place.tells(running)
    end(gateway, running, "completed")
    look(running, gateway)

    assert look(running, gateway, after_s=301).state == "failed"
    assert running.why == "The run ended without a model."


def test_a_server_side_that_fails_is_told_without_flowers_words(
    running: Run, three: Three, gateway: MemoryGateway
) -> None:
    three.coast.tells(running)
    three.hill.tells(running, **FAILED)
    end(gateway, running, "failed", "1 of 3 nodes answered, 3 are needed")
    look(running, gateway)

    look(running, gateway, after_s=21)

    assert running.state == "failed"
    assert running.why == (
        "The run ended without a model. Nothing was heard from river/river-node. "
        "hill/hill-node: The job broke off at the node."
    )


def test_a_node_that_stopped_stops_the_run(
    running: Run, three: Three, gateway: MemoryGateway
) -> None:
    three.coast.tells(running)
    three.hill.tells(running, **STOPPED)
    three.river.tells(running)
    end(gateway, running, "failed", "too few")
    look(running, gateway)

    look(running, gateway, after_s=21)

    assert running.state == "stopped"
    assert running.why == "Stopped before it was ready. hill/hill-node: Work was paused there."


@pytest.mark.parametrize("with_model", [False, True])
def test_a_run_that_flower_lost_ends_by_what_the_platform_holds(
    running: Run, three: Three, gateway: MemoryGateway, with_model: bool
) -> None:
    if with_model:
        for place in three.all:
            place.tells(running)
        deliver(running)
    emptied = MemoryGateway()

    look(running, emptied)
    look(running, emptied, after_s=21)

    if with_model:
        assert running.state == "finished"
    else:
        assert running.state == "failed"
        assert "Flower no longer knows this run." in running.why


def test_a_flower_that_answers_nothing_is_not_a_lost_run(
    running: Run, gateway: MemoryGateway
) -> None:
    class Refuses(MemoryGateway):
        def status(self, flower_run: int) -> object:  # type: ignore[override]  # always raises
            raise GatewayRefused("HTTP 401")

        def find_run(self, kinhold_run: str) -> int | None:
            raise GatewayRefused("HTTP 401")

    look(running, Refuses(), after_s=1000)

    assert running.state == "running"
    assert running.waiting_for == "Flower refuses to answer: HTTP 401."


def test_an_outage_of_flower_shows_on_the_run_and_passes(
    running: Run, gateway: MemoryGateway
) -> None:
    gateway.reachable = False
    assert look(running, gateway).waiting_for.startswith("Flower does not answer.")

    gateway.reachable = True
    assert look(running, gateway).waiting_for == ""


def test_receipts_of_another_flower_run_under_the_same_name_prove_nothing(
    running: Run, three: Three, gateway: MemoryGateway
) -> None:
    for place in three.all:
        place.tells(running, flower_run="999")
    deliver(running)
    end(gateway, running, "completed")
    look(running, gateway)

    assert look(running, gateway, after_s=301).state == "failed"


def test_a_node_that_is_not_in_the_run_proves_nothing(
    running: Run, three: Three, gateway: MemoryGateway
) -> None:
    running.sites.filter(node=three.hill.node).delete()
    for place in three.all:
        place.tells(running)
    deliver(running)
    end(gateway, running, "completed")
    look(running, gateway)

    assert look(running, gateway, after_s=301).state == "failed"
