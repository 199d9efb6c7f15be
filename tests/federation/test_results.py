import math
import uuid

import pytest

from federation.actions import results, runs
from federation.errors import NotAllowed, ResultRefused, UnknownRun
from federation.gateway.memory import MemoryGateway
from federation.models import Run, RunResult
from tests.federation.dying import Dies, Killed, events
from tests.federation.factories import RESULT, finish
from tests.federation.story import Three


def take(run: Run, flower_run: int | None = None, **changes: object) -> results.Taken:
    return results.take(
        run=run.public_id,
        flower_run=int(run.flower_run or 0) if flower_run is None else flower_run,
        result=RESULT | changes,
    )


def test_a_result_is_kept_once(running: Run) -> None:
    first = take(running)
    again = take(running)

    assert (first.created, again.created) == (True, False)
    assert RunResult.objects.count() == 1
    assert len(events("run.result")) == 3


def test_a_second_result_of_one_run_is_refused(running: Run) -> None:
    take(running)

    with pytest.raises(ResultRefused, match="Another result of this run is here already"):
        take(running, r_squared=0.75)


def test_a_result_of_no_run_is_refused(running: Run) -> None:
    with pytest.raises(UnknownRun):
        results.take(run=uuid.uuid4(), flower_run=1, result=RESULT)


def test_a_result_of_another_flower_run_is_refused(running: Run) -> None:
    with pytest.raises(ResultRefused, match="another Flower run"):
        take(running, flower_run=999)


def test_a_result_before_anything_was_sent_is_refused(planned: Run) -> None:
    with pytest.raises(ResultRefused, match="The run is planned"):
        take(planned)


def test_a_result_after_the_stop_is_refused(
    running: Run, three: Three, gateway: MemoryGateway
) -> None:
    runs.ask_stop(running.pk, actor=three.chi.user)
    runs.stop(running.pk, gateway=gateway)

    with pytest.raises(ResultRefused, match="The run is stopped"):
        take(running)


def test_a_result_that_is_quicker_than_the_replaced_worker_is_kept(
    planned: Run, gateway: MemoryGateway
) -> None:
    with pytest.raises(Killed):
        runs.dispatch(planned.pk, gateway=Dies(gateway, when="after start"))

    assert take(planned, flower_run=int(gateway.find_run(str(planned.public_id)) or 0)).created


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"per_site": {"river": 1}}, "A result does not hold per_site"),
        ({"job": "logistic-regression"}, "of another job"),
        ({"job_version": "2.0.0"}, "of another job"),
        ({"rounds": 0}, "rounds is not a number above zero"),
        ({"rounds": True}, "rounds is not a number above zero"),
        ({"nodes": "3"}, "nodes is not a number above zero"),
        ({"n_band": "442 people"}, "how many people, as a band"),
        ({"converged": 1}, "whether the fit settled"),
        ({"coefficients": {}}, "has no coefficients"),
        ({"coefficients": None}, "has no coefficients"),
        ({"coefficients": {"age": "1"}}, "One of the coefficients is not a number"),
        ({"standard_errors": {"age": math.inf}}, "One of the standard_errors is not a number"),
        ({"standard_errors": {"age": True}}, "One of the standard_errors is not a number"),
        ({"r_squared": "high"}, "r_squared is not a number"),
    ],
)
def test_what_is_no_result_of_that_job_is_refused(
    running: Run, changes: dict[str, object], sentence: str
) -> None:
    with pytest.raises(ResultRefused, match=sentence):
        take(running, **changes)

    assert not RunResult.objects.exists()


def test_handing_a_model_out_is_told_to_each_community(
    running: Run, three: Three, gateway: MemoryGateway
) -> None:
    finish(running, three.all, gateway)

    document = results.hand_out(running.pk, actor=three.chi.user)

    assert document["result"] == RESULT
    told = [(e.actor, e.community.slug) for e in events("result.download") if e.community]
    assert told == [(three.chi.user, slug) for slug in ("coast", "hill", "river")]


def test_a_model_goes_to_nobody_else_and_not_before_it_is_finished(
    running: Run, three: Three, gateway: MemoryGateway
) -> None:
    take(running)
    with pytest.raises(UnknownRun, match="has made no model"):
        results.hand_out(running.pk, actor=three.chi.user)
    finish(running, three.all, gateway)

    with pytest.raises(NotAllowed, match="Only the person who asked"):
        results.hand_out(running.pk, actor=three.cast.amina.user)

    assert not events("result.download")
