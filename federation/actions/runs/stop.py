"""Stopping: asked for by people, or because a community no longer allows the run."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from consent.models import Grant
from consent.queries import grants_active, grants_beside
from consent.rules import GrantState
from federation.actions.runs.common import close, taken, tell, wait
from federation.actions.runs.dispatch import SILENT
from federation.errors import NotAllowed, TransitionRefused
from federation.gateway.base import Gateway, GatewayRefused, GatewayUnreachable
from federation.models import Run
from federation.queries import runs_in, sites_of
from federation.rules import OVER, RunState, RunVerb
from governance.models import User
from governance.queries import communities_where
from governance.rules import Verb
from governance.wake import wake


@transaction.atomic
def ask_stop(run_id: int, *, actor: User) -> Run:
    """Ask for a run to be stopped, for its applicant or a steward of a community in it.

    Raises:
        NotAllowed: neither of them.
        TransitionRefused: the run is over.
    """
    run = (
        Run.objects.select_for_update(of=("self",))
        .select_related("revision__request")
        .get(pk=run_id)
    )
    who = _who(run, actor)
    _require_open(run)
    _note_asked(run, f"{who} stopped the run.", actor)
    return run


def stop_without_consent(*, at: datetime | None = None) -> list[Run]:
    """Ask for every run to be stopped that a community no longer allows. Safe to repeat.

    Nodes do not wait for this: each fetches its community's stops by itself.
    """
    at = at or timezone.now()
    stopped = []
    for run in runs_in(RunState.PLANNED, RunState.SENDING, RunState.RUNNING):
        if run.stop_asked_at is None and (reason := _consent_gone(run, at)):
            stopped.append(run)
            _ask_without_person(run.pk, reason)
    return stopped


@transaction.atomic
def stop(run_id: int, *, gateway: Gateway, at: datetime | None = None) -> None:
    """Stop a run that was asked to stop. Safe to repeat.

    Args:
        at: aware time of the stop; now if left out.
    """
    at = at or timezone.now()
    run = taken(run_id)
    if run is None or run.stop_asked_at is None or run.state not in _STOPPABLE:
        return
    if run.state == RunState.RUNNING:
        try:
            gateway.stop(int(run.flower_run or 0))
        except GatewayUnreachable:
            wait(run, SILENT)
            return
        except GatewayRefused as refusal:
            if _still_there(run, gateway):
                wait(run, f"Flower refuses to stop it: {refusal}.")
                return
    close(run, RunVerb.STOP, why=run.stop_reason, at=at)


# A run that is being sent is stopped by the sender: only it can tell what Flower has of it.
_STOPPABLE = frozenset({RunState.PLANNED, RunState.RUNNING})


def _still_there(run: Run, gateway: Gateway) -> bool:
    try:
        return gateway.find_run(str(run.public_id)) is not None
    except (GatewayUnreachable, GatewayRefused):
        return True


def _who(run: Run, actor: User) -> str:
    """Name the person by her part in the run: a steward's own name is not the others' to know."""
    if run.revision.request.applicant_id == actor.pk:
        return "The researcher"
    may = set(communities_where(actor, Verb.PAUSE).values_list("pk", flat=True))
    for site in sites_of(run):
        if site.node.community_id in may:
            return f"A steward of {site.node.community.name}"
    raise NotAllowed("Only the applicant or a steward of a community in it may stop a run.")


def _require_open(run: Run) -> None:
    if RunState(run.state) in OVER:
        raise TransitionRefused(f"You cannot stop a run that is {run.state}.")


@transaction.atomic
def _ask_without_person(run_id: int, reason: str) -> None:
    run = Run.objects.select_for_update(of=("self",)).get(pk=run_id)
    if RunState(run.state) not in OVER:
        _note_asked(run, reason, None)


def _note_asked(run: Run, reason: str, actor: User | None) -> None:
    if run.stop_asked_at is not None:
        return
    run.stop_asked_at = timezone.now()
    run.stop_reason = reason
    run.save(update_fields=["stop_asked_at", "stop_reason"])
    tell("run.ask-stop", run, actor=actor, reason=reason)
    wake("federation.stop_run", run.pk)


def _consent_gone(run: Run, at: datetime) -> str:
    """Say which community no longer allows the run and why; "" when all of them do."""
    active = {grant.pk for grant in grants_active(run.revision, at=at)}
    grants = [g for site in sites_of(run) for g in (site.grant, *grants_beside(site.grant))]
    for grant in grants:
        if grant.pk not in active:
            paused = grant.state == GrantState.ACTIVE and at < grant.not_after
            if paused and run.state == RunState.PLANNED:
                continue  # nothing has been sent: it waits for the pause to be lifted
            return _reason(grant, at)
    return ""


def _reason(grant: Grant, at: datetime) -> str:
    name = grant.community.name
    if grant.state == GrantState.REVOKED:
        return f"{name} took its grant back."
    if at >= grant.not_after:
        return f"{name}'s grant is over."
    return f"{name} paused work on its data."
