"""The same thing done from several connections at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from consent.models import RequestRevision
from federation.actions import receipts, results, runs
from federation.errors import NotDispatchable
from federation.models import Receipt, Run, RunResult
from tests.federation.dying import events
from tests.federation.factories import RESULT
from tests.federation.story import Three

pytestmark = pytest.mark.django_db(transaction=True)

HANDS = 4


def at_once(act: Callable[[], object]) -> list[object]:
    """Do ``act`` on several connections; return what each gave or raised."""
    barrier = Barrier(HANDS)

    def hand(_number: int) -> object:
        try:
            barrier.wait(10)
            return act()
        except NotDispatchable as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(HANDS) as pool:
        return list(pool.map(hand, range(HANDS)))


def test_a_request_is_planned_once(decided: RequestRevision) -> None:
    found = at_once(lambda: runs.plan(decided.pk, actor=None))

    assert Run.objects.count() == 1
    assert [type(one) for one in found].count(NotDispatchable) == HANDS - 1


def test_sweeps_plan_once(decided: RequestRevision) -> None:
    at_once(runs.plan_decided)

    assert Run.objects.count() == 1


def test_a_receipt_is_kept_once(running: Run, three: Three) -> None:
    text, signature = three.river.machine.receipt(run=str(running.public_id))

    found = at_once(lambda: receipts.take(three.river.node, text=text, signature=signature))

    assert [taken.created for taken in found].count(True) == 1  # type: ignore[attr-defined]  # Taken
    assert Receipt.objects.count() == 1
    assert len(events("receipt.trained")) == 1


def test_a_result_is_kept_once(running: Run) -> None:
    number = int(running.flower_run or 0)

    at_once(lambda: results.take(run=running.public_id, flower_run=number, result=RESULT))

    assert RunResult.objects.count() == 1
    assert len(events("run.result")) == 3
