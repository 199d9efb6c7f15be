"""Why a run ended as it did, in one or two plain sentences. Pure.

Reasons are the nodes' own words from their signed receipts, or Flower's; nothing is made up.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from federation.rules import RunVerb

_MOST_OF_FLOWERS_WORDS = 300


@dataclass(frozen=True)
class Story:
    """What is to be told of one run.

    reasons: node label -> why it refused, stopped or failed; one sentence each.
    flower: Flower's own details, "" where it gave none.
    """

    nodes: Collection[str]
    trained: Collection[str]
    rounds: int
    min_nodes: int
    reasons: Mapping[str, str] = field(default_factory=dict)
    stopped_because: str = ""
    flower: str = ""


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
    if story.flower:
        parts.append(f"Flower says: {_cut(story.flower)}")
    if silent:
        parts.append(f"Nothing was heard from {', '.join(silent)}.")
    return _with_reasons(" ".join(parts), story)


def _with_reasons(sentence: str, story: Story) -> str:
    told = [f"{label}: {reason}" for label, reason in sorted(story.reasons.items())]
    return " ".join([sentence, *told])


def _cut(text: str) -> str:
    line = " ".join(text.split())
    if len(line) > _MOST_OF_FLOWERS_WORDS:
        line = line[:_MOST_OF_FLOWERS_WORDS] + "…"
    return line if line.endswith((".", "!", "?", "…")) else f"{line}."


def _count(number: int, one: str) -> str:
    return f"{number} {one}" if number == 1 else f"{number} {one}s"


_WORDS = {
    RunVerb.FINISH: _finished,
    RunVerb.REFUSE: _refused,
    RunVerb.STOP: _stopped,
    RunVerb.FAIL: _failed,
}
