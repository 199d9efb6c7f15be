"""Sending a run out, once, whatever happens to the workers that do it.

Two transactions. The first writes down *a worker is at it* (SENDING). The second holds the row
while it asks Flower for a run with our id, adopts it or starts one, and saves Flower's number. A
worker that dies anywhere leaves a row from which the next one can tell what is left to do.
Source: docs/adr/0007-runs-are-judged-by-receipts.md.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from federation.actions.runs.common import close, taken, tell, wait
from federation.actions.runs.coverage import require_covered
from federation.errors import NotDispatchable, NotYet
from federation.gateway.base import ConfigValue, Gateway, GatewayRefused, GatewayUnreachable
from federation.models import Run, RunSite
from federation.queries import sites_of
from federation.rules import RunState, RunVerb, next_state

RECONCILE_AFTER_S = 10
"""How long a run that another worker took up is left alone. A request to start it may still be on
its way inside Flower when that worker is dead already, and would not be found yet."""

SILENT = "Flower does not answer. This is tried again every few seconds."


def dispatch(run_id: int, *, gateway: Gateway, at: datetime | None = None) -> None:
    """Start a planned run, or finish what a dead worker began. Safe to repeat, and to do twice
    at once: the run is started at most once.

    Args:
        at: aware time of the decision; now if left out.
    """
    at = at or timezone.now()
    if _take_up(run_id, gateway, at):
        _send(run_id, gateway, at)


@transaction.atomic
def _take_up(run_id: int, gateway: Gateway, at: datetime) -> bool:
    """Write down that a worker is at it, and say whether this one is to go on."""
    run = taken(run_id)
    if run is None:
        return False
    if run.state == RunState.SENDING:
        return run.sending_at is None or at >= run.sending_at + timedelta(seconds=RECONCILE_AFTER_S)
    if run.state != RunState.PLANNED or not _may_go(run, gateway, at):
        return False
    run.state = next_state(RunState.PLANNED, RunVerb.SEND).value
    run.sending_at = at
    run.waiting_for = ""
    run.save(update_fields=["state", "sending_at", "waiting_for"])
    return True


def _may_go(run: Run, gateway: Gateway, at: datetime) -> bool:
    """Check the grants and the nodes; otherwise wait, or end the run."""
    sites = sites_of(run)
    if not _covered(run, sites, at):
        return False
    try:
        online = {node.node_id for node in gateway.nodes() if node.online}
    except GatewayUnreachable:
        wait(run, SILENT)
        return False
    except GatewayRefused as refusal:
        wait(run, f"Flower refuses to answer: {refusal}.")
        return False
    away = [str(site.node) for site in sites if site.node.flower_node not in online]
    if len(sites) - len(away) < run.min_nodes:
        wait(run, f"Not connected: {', '.join(away)}. The run starts when enough nodes are there.")
        return False
    return True


def _covered(run: Run, sites: list[RunSite], at: datetime) -> bool:
    """Say whether the run may go out now; otherwise keep why it waits, or end it."""
    if run.stop_asked_at is not None:
        close(run, RunVerb.STOP, why=run.stop_reason, at=at)
        return False
    try:
        require_covered(run, sites, at=at)
    except NotYet as reason:
        wait(run, str(reason))
        return False
    except NotDispatchable as refusal:
        tell("run.dispatch", run, outcome="refused", reason=str(refusal), sites=sites)
        close(run, RunVerb.FAIL, why=f"It was not sent out. {refusal}", at=at)
        return False
    return True


@transaction.atomic
def _send(run_id: int, gateway: Gateway, at: datetime) -> None:
    """Adopt the run that Flower has under our id, or start one. The row is locked meanwhile.

    A worker that dies in here rolls this back; what it started is found by the next one.
    """
    run = taken(run_id)
    if run is None or run.state != RunState.SENDING:
        return
    run.sending_at = at
    run.save(update_fields=["sending_at"])
    try:
        flower_run = gateway.find_run(str(run.public_id))
        if flower_run is None:
            flower_run = _start(run, gateway, at)
    except GatewayUnreachable:
        wait(run, SILENT)
    except GatewayRefused as refusal:
        # Refused to search: nothing is known, so nothing may be started.
        wait(run, f"Flower refuses to answer: {refusal}.")
    else:
        if flower_run is not None:
            _note_started(run, flower_run, at)


def _start(run: Run, gateway: Gateway, at: datetime) -> int | None:
    """Start the run unless something came up since it was taken up.

    Raises:
        GatewayUnreachable: it may have been started all the same; the next try will find it.
    """
    sites = sites_of(run)
    if not _covered(run, sites, at):
        return None
    try:
        return gateway.start(bytes(run.job.bundle), _config(run, sites))
    except GatewayRefused as refusal:
        close(run, RunVerb.FAIL, why=f"Flower did not take the run: {refusal}.", at=at)
        return None


def _config(run: Run, sites: list[RunSite]) -> dict[str, ConfigValue]:
    nodes = sorted(int(site.node.flower_node) for site in sites if site.node.flower_node)
    return {**run.config, "kinhold.nodes": ",".join(str(node) for node in nodes)}


def _note_started(run: Run, flower_run: int, at: datetime) -> None:
    run.state = next_state(RunState.SENDING, RunVerb.START).value
    run.flower_run = flower_run
    run.started_at = at
    run.waiting_for = ""
    run.save(update_fields=["state", "flower_run", "started_at", "waiting_for"])
    tell("run.dispatch", run)
