"""Why a run ended as it did, in one or two plain sentences. Pure.

Everybody who may follow the run reads this. So reasons are fixed sentences for the codes of signed
receipts, never a node's own words; nor Flower's, which repeat them.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from federation.rules import RunVerb


@dataclass(frozen=True)
class Story:
    """What is to be told of one run.

    reasons: node label -> why it refused, stopped or failed; one sentence each.
    lost: Flower no longer knows the run.
    """

    nodes: Collection[str]
    trained: Collection[str]
    rounds: int
    min_nodes: int
    reasons: Mapping[str, str] = field(default_factory=dict)
    stopped_because: str = ""
    lost: bool = False


def explain(verb: RunVerb, story: Story) -> str:
    """Say in words why ``verb`` (FINISH, REFUSE, STOP or FAIL) is what became of the run."""
    return _WORDS[verb](story)


def _finished(story: Story) -> str:
    sentence = (
        f"The model is ready: {_count(len(set(story.trained)), 'node')} trained, "
        f"in {_count(story.rounds, 'round')}."
    )
    return _with_reasons(sentence, story)


def _refused(story: Story) -> str:
    sentence = (
        f"No model was made: {len(story.reasons)} of {_count(len(story.nodes), 'node')} "
        f"did not take part, and {story.min_nodes} must."
    )
    return _with_reasons(sentence, story)


def _stopped(story: Story) -> str:
    return _with_reasons(story.stopped_because or "Stopped before it was ready.", story)


def _failed(story: Story) -> str:
    silent = sorted(set(story.nodes) - set(story.trained) - set(story.reasons))
    parts = ["The run ended without a model."]
    if story.lost:
        parts.append("Flower no longer knows this run.")
    if silent:
        parts.append(f"Nothing was heard from {', '.join(silent)}.")
    return _with_reasons(" ".join(parts), story)


def _with_reasons(sentence: str, story: Story) -> str:
    told = [f"{label}: {reason}" for label, reason in sorted(story.reasons.items())]
    return " ".join([sentence, *told])


def _count(number: int, one: str) -> str:
    return f"{number} {one}" if number == 1 else f"{number} {one}s"


_WORDS = {
    RunVerb.FINISH: _finished,
    RunVerb.REFUSE: _refused,
    RunVerb.STOP: _stopped,
    RunVerb.FAIL: _failed,
}
