"""What became of a run, told from signed receipts and the result; Flower's word is not enough."""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from federation.actions.runs.common import close, taken, wait
from federation.actions.runs.dispatch import SILENT
from federation.gateway.base import (
    FlowerState,
    Gateway,
    GatewayRefused,
    GatewayUnreachable,
    RunStatus,
)
from federation.labels import refusal as told
from federation.models import Receipt, Run, RunResult
from federation.queries import receipts_of, sites_of
from federation.rules import RunState, RunVerb, Seen, judge
from federation.verdicts import Story, explain
from governance.wake import wake

RECEIPTS_WITHIN_S = 20
"""Receipts come over another channel than Flower's, so they may be later than its end."""

MODEL_WITHIN_S = 300
"""How long to wait where all that is here still fits a good end: the aggregator and the nodes keep
what they could not deliver and try again, so an outage of the web process must not lose a model."""

LOOK_AGAIN_S = 0.25
MODEL_HURRY_S = 10

VANISHED = "it no longer knows this run"


@dataclass
class Known:
    """What the platform holds of one run. Labels are ``community/node``."""

    nodes: list[str]
    min_nodes: int
    rounds: int | None
    trained: dict[str, set[int]] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    outcomes: dict[str, set[str]] = field(default_factory=dict)

    @property
    def has_result(self) -> bool:
        return self.rounds is not None

    def with_outcome(self, outcome: str) -> list[str]:
        return [label for label, found in self.outcomes.items() if outcome in found]

    @property
    def all_told(self) -> bool:
        """Whether every node has said all that is to be expected of it."""
        return all(label in self.reasons or self._trained_enough(label) for label in self.nodes)

    def _trained_enough(self, label: str) -> bool:
        return self.rounds is not None and len(self.trained.get(label, ())) >= self.rounds

    @property
    def may_still_be_well(self) -> bool:
        """Whether a late result or late receipts could still make this a finished run."""
        some = self.has_result or len(self.trained) >= self.min_nodes
        return some and len(self.nodes) - len(self.reasons) >= self.min_nodes


@transaction.atomic
def follow(run_id: int, *, gateway: Gateway, at: datetime | None = None) -> None:
    """Look how a run stands; end it when that is certain. Safe to repeat.

    Args:
        at: aware time of the decision; now if left out.
    """
    at = at or timezone.now()
    run = taken(run_id)
    # A run that was asked to stop is the stop task's.
    if run is None or run.state != RunState.RUNNING or run.stop_asked_at is not None:
        return
    status = _status(run, gateway)
    if status is None:
        return
    wait(run, "")
    if not status.finished:
        _look_again_soon(run, at)
        return
    if run.flower_ended_at is None:
        run.flower_ended_at = at
        run.save(update_fields=["flower_ended_at"])
    _conclude(run, status, waited=at - run.flower_ended_at, at=at)


def _look_again_soon(run: Run, at: datetime) -> None:
    """Do not let a model that is here wait for the next tick: Flower ends a moment after it."""
    just_now = at - timedelta(seconds=MODEL_HURRY_S)
    if RunResult.objects.filter(run=run, received_at__gt=just_now).exists():
        wake("federation.follow_run", run.pk, countdown_s=LOOK_AGAIN_S)


def _status(run: Run, gateway: Gateway) -> RunStatus | None:
    """Ask Flower; None when it cannot tell now. A run it lost counts as failed."""
    flower_run = int(run.flower_run or 0)
    try:
        return gateway.status(flower_run)
    except GatewayUnreachable:
        wait(run, SILENT)
        return None
    except GatewayRefused as refusal:
        return _gone(run, gateway, flower_run, str(refusal))


def _gone(run: Run, gateway: Gateway, flower_run: int, refusal: str) -> RunStatus | None:
    """Tell a run that Flower lost from a Flower that refuses every question."""
    try:
        found = gateway.find_run(str(run.public_id))
    except (GatewayUnreachable, GatewayRefused):
        found = flower_run
    if found is not None:
        wait(run, f"Flower refuses to answer: {refusal}.")
        return None
    return RunStatus(flower_run, FlowerState.FINISHED, "failed", VANISHED)


def _conclude(run: Run, status: RunStatus, *, waited: timedelta, at: datetime) -> None:
    known = known_of(run)
    verb = judge(
        Seen(
            flower=status.sub_status,
            has_result=known.has_result,
            trained_nodes=known.trained.keys(),
            refused_nodes=known.with_outcome("refused"),
            stopped_nodes=known.with_outcome("stopped"),
            min_nodes=run.min_nodes,
        )
    )
    if verb is None or waited < _patience(verb, known, status):
        return
    story = Story(
        nodes=known.nodes,
        trained=known.trained.keys(),
        rounds=known.rounds or 0,
        min_nodes=run.min_nodes,
        reasons=known.reasons,
        stopped_because="" if status.sub_status != "stopped" else "Flower stopped the run.",
        lost=status.details == VANISHED,
    )
    outcome = "refused" if verb is RunVerb.REFUSE else "done"
    close(run, verb, why=explain(verb, story), at=at, outcome=outcome)


def _patience(verb: RunVerb, known: Known, status: RunStatus) -> timedelta:
    """How long after Flower's end ``verb`` may be believed."""
    if known.all_told:
        return timedelta()
    if (
        verb in {RunVerb.REFUSE, RunVerb.FAIL}
        and status.sub_status == "completed"
        and known.may_still_be_well
    ):
        return timedelta(seconds=MODEL_WITHIN_S)
    return timedelta(seconds=RECEIPTS_WITHIN_S)


def known_of(run: Run) -> Known:
    """Put together what the platform holds of a run."""
    result = RunResult.objects.filter(run=run).first()
    known = Known(
        nodes=[str(site.node) for site in sites_of(run)],
        min_nodes=run.min_nodes,
        rounds=json.loads(result.text)["rounds"] if result else None,
    )
    for receipt in receipts_of(run):
        # A receipt for another Flower run under the same name says nothing about this one.
        if receipt.flower_run == str(run.flower_run):
            _add(known, receipt)
    return known


def _add(known: Known, receipt: Receipt) -> None:
    label = str(receipt.node)
    known.outcomes.setdefault(label, set()).add(receipt.outcome)
    if receipt.outcome == "trained":
        known.trained.setdefault(label, set()).add(receipt.round)
    elif receipt.outcome != "prepared":  # a step of mixing on the way: neither a round nor an end
        # In fixed words: whoever may follow the run reads them, whatever her community.
        known.reasons[label] = str(told(receipt.code))
