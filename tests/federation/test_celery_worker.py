"""A real Celery worker on the real broker and database does what pages only ask for."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest
from celery import current_app

from consent.actions import notices
from consent.models import Grant, RequestRevision
from federation.actions import runs
from federation.gateway.memory import MemoryGateway
from federation.models import Run
from tests.consent.factories import sign_notice
from tests.federation.dying import events
from tests.federation.factories import RESULT, later
from tests.federation.processes import ROOT, environment
from tests.federation.story import Three

pytestmark = [pytest.mark.stack, pytest.mark.django_db(transaction=True)]

Starter = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def worker(line: str) -> Iterator[Starter]:
    """Start workers; all of them are gone at the end."""
    current_app.control.purge()
    started: list[subprocess.Popen[bytes]] = []

    def start(killed: str = "never") -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "celery", "-A", "tests.federation.celery_worker", "worker"]
        command += ["--concurrency=1", "--without-gossip", "--without-mingle", "--loglevel=WARNING"]
        env = environment(KINHOLD_TEST_LINE=line, KINHOLD_TEST_KILLED=killed)
        process = subprocess.Popen(command, env=env, cwd=ROOT, start_new_session=True)
        started.append(process)
        return process

    yield start
    for process in started:
        kill(process)


def kill(process: "subprocess.Popen[bytes]") -> None:
    """End a worker and its children at once, as a power cut would."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def wait_for(state: str, run: Run | None = None, *, seconds: int = 60) -> Run:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = Run.objects.filter(pk=run.pk).first() if run else Run.objects.first()
        if found is not None and found.state == state:
            return found
        time.sleep(0.1)
    raise AssertionError(f"no run became {state}; there is {list(Run.objects.values())}")


def test_a_decided_request_runs_to_its_end_by_itself(
    decided: RequestRevision, three: Three, gateway: MemoryGateway, worker: Starter
) -> None:
    worker()

    current_app.send_task("federation.sweep")
    run = wait_for("running")
    for place in three.all:
        place.tells(run)
    from federation.actions import results

    gateway.finish(int(run.flower_run or 0), sub_status="completed")
    results.take(run=run.public_id, flower_run=int(run.flower_run or 0), result=RESULT)

    # Nobody asks for it: the result itself wakes the task that looks.
    wait_for("finished", run)
    assert len(gateway.started) == 1


def test_the_last_signature_under_a_revocation_stops_the_run_at_once(
    running: Run, three: Three, gateway: MemoryGateway, worker: Starter
) -> None:
    worker()
    grant = Grant.objects.get(community=three.hill.community)
    steward = three.hill.stewards[0]
    notice = notices.propose_revocation(grant.pk, actor=steward.user, reason="We were not told.")

    sign_notice(notice, three.hill.stewards[:2])

    run = wait_for("stopped", running)
    assert run.why == "Hill took its grant back."
    assert gateway.status(int(run.flower_run or 0)).sub_status == "stopped"


def test_the_same_task_delivered_many_times_starts_a_run_once(
    planned: Run, gateway: MemoryGateway, worker: Starter
) -> None:
    for _ in range(10):
        current_app.send_task("federation.dispatch_run", args=[planned.pk])
    worker()
    worker()

    wait_for("running", planned)
    current_app.send_task("federation.follow_run", args=[planned.pk])
    time.sleep(2)

    assert len(gateway.started) == 1
    assert len(events("run.dispatch")) == 3


def test_a_worker_killed_after_the_start_is_replaced_and_the_run_is_adopted(
    planned: Run, gateway: MemoryGateway, worker: Starter
) -> None:
    doomed = worker("after the start")
    current_app.send_task("federation.dispatch_run", args=[planned.pk])
    deadline = time.monotonic() + 60
    while not gateway.started and time.monotonic() < deadline:
        time.sleep(0.1)
    kill(doomed)
    planned.refresh_from_db()
    assert (planned.state, len(gateway.started)) == ("sending", 1)

    worker()
    Run.objects.filter(pk=planned.pk).update(sending_at=later(seconds=-11))
    current_app.send_task("federation.sweep")

    run = wait_for("running", planned)
    assert len(gateway.started) == 1
    assert run.flower_run == gateway.find_run(str(run.public_id))


def test_a_stop_asked_for_on_a_page_is_done_by_the_worker(
    running: Run, three: Three, gateway: MemoryGateway, worker: Starter
) -> None:
    worker()

    runs.ask_stop(running.pk, actor=three.chi.user)

    wait_for("stopped", running)
    assert gateway.status(int(running.flower_run or 0)).sub_status == "stopped"
