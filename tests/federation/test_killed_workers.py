"""Real processes on the real database: killed anywhere, or several at once, a run starts once."""

import subprocess
import sys
import time

import pytest

from federation.actions import runs
from federation.gateway.memory import MemoryGateway
from federation.models import Run
from tests.federation.dying import events
from tests.federation.factories import later
from tests.federation.processes import ROOT, environment
from tests.federation.worker_process import KILLED

pytestmark = pytest.mark.django_db(transaction=True)


class Slow(MemoryGateway):
    """Takes its time to look, so that workers meet."""

    def find_run(self, kinhold_run: str) -> int | None:
        found = super().find_run(kinhold_run)
        time.sleep(0.3)
        return found


@pytest.fixture
def gateway() -> MemoryGateway:
    return Slow()


def start_worker(line: str, run: Run, when: str = "never") -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.federation.worker_process", line, str(run.pk), when]
    return subprocess.Popen(command, env=environment(), cwd=ROOT)


@pytest.mark.parametrize(
    ("when", "left", "started"),
    [
        ("before it is taken up", "planned", 0),
        ("when it is taken up", "sending", 0),
        ("before the start", "sending", 0),
        ("after the start", "sending", 1),
        ("at the end", "running", 1),
    ],
)
def test_a_killed_worker_leaves_a_run_that_the_next_one_ends_up_starting_once(
    planned: Run, gateway: MemoryGateway, line: str, when: str, left: str, started: int
) -> None:
    assert start_worker(line, planned, when).wait(60) == KILLED
    planned.refresh_from_db()
    assert (planned.state, len(gateway.started)) == (left, started)

    # What the sweep does from then on, with a worker that stays alive.
    runs.dispatch(planned.pk, gateway=gateway)
    runs.dispatch(planned.pk, gateway=gateway, at=later(seconds=11))

    planned.refresh_from_db()
    assert planned.state == "running"
    assert len(gateway.started) == 1
    assert planned.flower_run == gateway.find_run(str(planned.public_id))
    assert len(events("run.dispatch")) == 3


def test_workers_at_once_start_a_run_once(planned: Run, gateway: MemoryGateway, line: str) -> None:
    workers = [start_worker(line, planned) for _ in range(3)]

    assert [worker.wait(60) for worker in workers] == [0, 0, 0]

    planned.refresh_from_db()
    assert planned.state == "running"
    assert len(gateway.started) == 1


def test_workers_at_once_after_a_killed_one_start_a_run_once(
    planned: Run, gateway: MemoryGateway, line: str
) -> None:
    start_worker(line, planned, "when it is taken up").wait(60)
    Run.objects.filter(pk=planned.pk).update(sending_at=later(seconds=-60))

    workers = [start_worker(line, planned) for _ in range(3)]

    assert [worker.wait(60) for worker in workers] == [0, 0, 0]
    planned.refresh_from_db()
    assert planned.state == "running"
    assert len(gateway.started) == 1
