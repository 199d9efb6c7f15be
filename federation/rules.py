"""States of a run, and what its outcome is, told from receipts and never from Flower's word. Pure.

Source: docs/adr/0007-runs-are-judged-by-receipts.md.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from federation.errors import TransitionRefused


class RunState(StrEnum):
    PLANNED = "planned"  # the intent is written; nothing has been sent
    SENDING = "sending"  # a worker is at it, or died at it: reconcile before sending again
    RUNNING = "running"
    FINISHED = "finished"
    REFUSED = "refused"
    STOPPED = "stopped"
    FAILED = "failed"


class RunVerb(StrEnum):
    SEND = "send"
    START = "start"
    FINISH = "finish"
    REFUSE = "refuse"
    STOP = "stop"
    FAIL = "fail"


NEXT: dict[tuple[RunState, RunVerb], RunState] = {
    (RunState.PLANNED, RunVerb.SEND): RunState.SENDING,
    (RunState.PLANNED, RunVerb.STOP): RunState.STOPPED,
    (RunState.PLANNED, RunVerb.FAIL): RunState.FAILED,
    (RunState.SENDING, RunVerb.START): RunState.RUNNING,
    (RunState.SENDING, RunVerb.STOP): RunState.STOPPED,
    (RunState.SENDING, RunVerb.FAIL): RunState.FAILED,
    (RunState.RUNNING, RunVerb.FINISH): RunState.FINISHED,
    (RunState.RUNNING, RunVerb.REFUSE): RunState.REFUSED,
    (RunState.RUNNING, RunVerb.STOP): RunState.STOPPED,
    (RunState.RUNNING, RunVerb.FAIL): RunState.FAILED,
}

OVER = frozenset({RunState.FINISHED, RunState.REFUSED, RunState.STOPPED, RunState.FAILED})


def next_state(state: RunState, verb: RunVerb) -> RunState:
    """Return where ``verb`` leads a run; raise TransitionRefused for an unlisted pair."""
    try:
        return NEXT[state, verb]
    except KeyError:
        raise TransitionRefused(f"You cannot {verb} a run that is {state}.") from None


@dataclass(frozen=True)
class Seen:
    """What is known of one run at one time.

    flower: Flower's own word: "pending", "running", "completed", "failed" or "stopped".
    refused_nodes, trained_nodes: node labels with at least one such receipt.
    """

    flower: str
    has_result: bool
    trained_nodes: Collection[str]
    refused_nodes: Collection[str]
    stopped_nodes: Collection[str]
    min_nodes: int


def judge(seen: Seen) -> RunVerb | None:
    """Say what became of a run, or None while that is open.

    A run that Flower calls completed counts as finished only with a result and enough nodes whose
    signed receipts say that they trained; where nodes refused and too few trained, it is refused.
    """
    if seen.flower in {"pending", "running"}:
        return None
    if seen.has_result and len(set(seen.trained_nodes)) >= seen.min_nodes:
        return RunVerb.FINISH
    if seen.stopped_nodes or seen.flower == "stopped":
        return RunVerb.STOP
    if seen.refused_nodes:
        return RunVerb.REFUSE
    return RunVerb.FAIL
