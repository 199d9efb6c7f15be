"""What workers do. Every task may be delivered twice, at once, or after its worker died."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import structlog
from celery import shared_task
from django.conf import settings

from federation.actions import nodes, runs
from federation.gateway.base import Gateway, GatewayUnreachable
from federation.queries import runs_in, runs_to_stop
from federation.rules import RunState

log = structlog.get_logger(__name__)


def _task(name: str) -> Callable[[Callable[..., None]], Any]:
    """A task under a pinned name that leaves the queue only when it is done."""
    return shared_task(name=name, acks_late=True)  # type: ignore[no-any-return]  # celery has no types


@cache
def gateway_from_settings() -> Gateway:
    """Return this process's gateway to SuperLink; its connection is kept."""
    # Here, not above: pages import this module to send messages and have no need of Flower.
    from federation.gateway.flower import FlowerGateway

    return FlowerGateway.from_file(
        settings.KINHOLD_SUPERLINK_ADDRESS, Path(settings.KINHOLD_SUPERLINK_CA_FILE)
    )


@_task("federation.register_nodes")
def register_nodes() -> None:
    """Tell Flower of nodes that it does not know yet."""
    try:
        nodes.register(gateway=gateway_from_settings())
    except GatewayUnreachable as error:
        log.warning("nodes are registered later", reason=str(error))


@_task("federation.sweep")
def sweep() -> None:
    """Do what messages asked for and may have been lost on the way: plan, send, stop, register."""
    runs.stop_without_consent()
    runs.plan_decided()
    for run in runs_in(RunState.PLANNED, RunState.SENDING):
        dispatch_run.delay(run.pk)
    for run in runs_to_stop():
        stop_run.delay(run.pk)
    register_nodes.delay()


@_task("federation.dispatch_run")
def dispatch_run(run_id: int) -> None:
    """Start one planned run. A run that was started is left alone."""
    runs.dispatch(run_id, gateway=gateway_from_settings())


@_task("federation.follow_runs")
def follow_runs() -> None:
    """Look after every run that is under way."""
    for run in runs_in(RunState.RUNNING):
        follow_run.delay(run.pk)


@_task("federation.follow_run")
def follow_run(run_id: int) -> None:
    """Look how one run stands, and end it when that is certain."""
    runs.follow(run_id, gateway=gateway_from_settings())


@_task("federation.stop_run")
def stop_run(run_id: int) -> None:
    """Stop one run that was asked to stop."""
    runs.stop(run_id, gateway=gateway_from_settings())
