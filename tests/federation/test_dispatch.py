import contextlib

import pytest

from consent.models import Grant
from federation.actions import nodes, runs
from federation.gateway.base import GatewayRefused
from federation.gateway.memory import MemoryGateway
from federation.models import JobVersion, Run
from tests.federation.dying import Dies, Killed, events
from tests.federation.factories import later
from tests.federation.story import Three


def test_a_decided_request_is_sent_to_the_nodes_of_those_who_said_yes(
    running: Run, three: Three, gateway: MemoryGateway
) -> None:
    grants = {g.community.slug: str(g.public_id) for g in Grant.objects.all()}

    [(fab, config)] = gateway.started
    assert fab == bytes(JobVersion.objects.get(name="linear-regression").bundle)
    assert config == {
        "job.outcome": "progression",
        "job.predictors": "age,bmi",
        "kinhold.run": str(running.public_id),
        "kinhold.request": running.revision.digest,
        "kinhold.communities": "coast,hill,river",
        "kinhold.grants": ",".join(f"{name}={grants[name]}" for name in sorted(grants)),
        "kinhold.datasets": "coast=coast-diabetes,hill=hill-diabetes,river=river-diabetes",
        "kinhold.min-nodes": 3,
        "kinhold.max-rounds": 3,
        "kinhold.nodes": ",".join(sorted(str(p.node.flower_node) for p in three.all)),
    }
    assert running.flower_run == gateway.find_run(str(running.public_id))
    assert running.started_at is not None
    told = [(e.verb, e.community.slug) for e in events("run.dispatch") if e.community]
    assert told == [("run.dispatch", slug) for slug in ("coast", "hill", "river")]


def test_sending_twice_starts_once(running: Run, gateway: MemoryGateway) -> None:
    runs.dispatch(running.pk, gateway=gateway)
    runs.dispatch(running.pk, gateway=gateway, at=later(minutes=5))

    assert len(gateway.started) == 1
    assert len(events("run.dispatch")) == 3


@pytest.mark.parametrize("when", ["taken up", "before start", "after start", "answer lost"])
def test_a_worker_that_dies_on_the_way_loses_nothing_and_starts_nothing_twice(
    planned: Run, gateway: MemoryGateway, when: str
) -> None:
    with contextlib.suppress(Killed):
        runs.dispatch(planned.pk, gateway=Dies(gateway, when=when))
    planned.refresh_from_db()
    assert planned.state == "sending"
    assert planned.flower_run is None

    runs.dispatch(planned.pk, gateway=gateway)
    planned.refresh_from_db()
    assert planned.state == "sending", "a start may still be on its way: too early to try again"

    runs.dispatch(planned.pk, gateway=gateway, at=later(seconds=11))
    planned.refresh_from_db()
    assert planned.state == "running"
    assert len(gateway.started) == 1
    assert gateway.find_run(str(planned.public_id)) == planned.flower_run


def test_an_unreachable_flower_is_tried_again_and_shown(
    planned: Run, gateway: MemoryGateway
) -> None:
    gateway.reachable = False

    runs.dispatch(planned.pk, gateway=gateway)

    planned.refresh_from_db()
    assert planned.state == "planned"
    assert planned.waiting_for == "Flower does not answer. This is tried again every few seconds."

    gateway.reachable = True
    runs.dispatch(planned.pk, gateway=gateway)
    planned.refresh_from_db()
    assert (planned.state, planned.waiting_for) == ("running", "")


def test_a_run_that_flower_will_not_take_fails_with_its_words(
    planned: Run, gateway: MemoryGateway
) -> None:
    class Refuses(MemoryGateway):
        def start(self, fab: bytes, config: object) -> int:  # type: ignore[override]  # refuses all
            raise GatewayRefused("the bundle is not a FAB")

    refusing = Refuses()
    refusing.__dict__ = gateway.__dict__

    runs.dispatch(planned.pk, gateway=refusing)

    planned.refresh_from_db()
    assert planned.state == "failed"
    assert planned.why == "Flower did not take the run: the bundle is not a FAB."


def test_nodes_that_are_away_are_waited_for_by_name(
    planned: Run, three: Three, gateway: MemoryGateway
) -> None:
    fresh = MemoryGateway()
    connect_only(fresh, three, online=["coast", "river"])

    runs.dispatch(planned.pk, gateway=fresh)

    planned.refresh_from_db()
    assert planned.state == "planned"
    assert "Not connected: hill/hill-node." in planned.waiting_for
    assert not fresh.started


def connect_only(gateway: MemoryGateway, three: Three, *, online: list[str]) -> None:
    for place in sorted(three.all, key=lambda p: int(p.node.flower_node or 0)):
        number = gateway.register_node(place.node.supernode_key, str(place.node))
        assert number == place.node.flower_node
        if place.community.slug in online:
            gateway.come_online(number)


def test_a_node_that_flower_does_not_know_is_waited_for(
    planned: Run, three: Three, gateway: MemoryGateway
) -> None:
    three.hill.node.flower_node = None
    three.hill.node.save()

    runs.dispatch(planned.pk, gateway=gateway)

    planned.refresh_from_db()
    assert planned.waiting_for == "Hill: its node is not registered with Flower yet."
    nodes.register(gateway=gateway)
    runs.dispatch(planned.pk, gateway=gateway)
    planned.refresh_from_db()
    assert planned.state == "running"
