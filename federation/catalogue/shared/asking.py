"""Asks the nodes of a run one question after another, and counts who answered.

Written against Flower's public Grid only, so a job runs the same under plain Flower.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from flwr.app import ConfigRecord, Message, MetricRecord, RecordDict
from flwr.serverapp import Grid
from numpy.typing import NDArray

from . import mixing

Floats = NDArray[np.float64]
Answer = dict[str, Floats]
FromSums = Callable[[Mapping[str, list[Fraction]]], Mapping[str, list[float]]]
"""A job's way of reading added sums as if they were one site's reply."""

CONNECT_LIMIT_S = 60.0
_LOOK_EVERY_S = 0.2


class TooFewNodes(RuntimeError):
    """Too few nodes took part; the text carries each node's own reason."""


@dataclass
class Panel:
    """The nodes that still take part. One that fails to answer is not asked again.

    Where answers are mixed, every node is asked in every round: their keys are agreed among all.
    ``nodes`` are then those in the last sum, and ``read`` says how that sum is read.
    """

    grid: Grid
    nodes: list[int]
    minimum: int
    limit_s: float
    rounds: int = 0
    read: FromSums | None = None

    def __post_init__(self) -> None:
        self._all = list(self.nodes)

    def ask(self, question: Mapping[str, Floats]) -> list[Answer]:
        """Send one ``train`` message to each node and collect the ``sums`` they reply.

        With secure aggregation four messages go to each node, and there is one answer: the sum.

        Args:
            question: vectors the nodes need this round; may be empty. Numbers travel as
                plain lists: Flower moves each array object by a request of its own.
        Raises:
            TooFewNodes: fewer than ``minimum`` nodes answered with sums.
            MixingFailed: what they answered does not add up.
        """
        self.rounds += 1
        if self.read is not None:
            return [self._ask_mixed(question, self.read)]
        answers = _sums_of(self._send(dict.fromkeys(self.nodes), question, self.minimum))
        self.nodes = sorted(answers)
        return [answers[node] for node in self.nodes]

    def _ask_mixed(self, question: Mapping[str, Floats], read: FromSums) -> Answer:
        def exchange(
            messages: Mapping[int, mixing.Record], least: int
        ) -> Mapping[int, mixing.Record]:
            replies = self._send(messages, question, least)
            return {node: dict(content["mixing"]) for node, content in replies.items()}

        try:
            total = mixing.add_up(exchange, self._all, self.minimum)
            answer = {name: np.array(values) for name, values in read(total.sums).items()}
        except (KeyError, ValueError) as error:
            raise mixing.MixingFailed(f"the sum cannot be read: {error}") from error
        self.nodes = total.nodes
        return answer

    def _send(
        self,
        parts: Mapping[int, mixing.Record | None],
        question: Mapping[str, Floats],
        least: int,
    ) -> dict[int, RecordDict]:
        """Send each node its message; give the contents of at least ``least`` sound replies."""
        messages = [self._message(node, question, part) for node, part in parts.items()]
        replies = self.grid.send_and_receive(messages, timeout=self.limit_s)
        answers, reasons = _sort_out(replies)
        if len(answers) < least:
            raise TooFewNodes(_explain(len(answers), least, reasons, len(messages)))
        return answers

    def _message(
        self, node: int, question: Mapping[str, Floats], part: mixing.Record | None
    ) -> Message:
        content = RecordDict()
        if part is not None:
            content["mixing"] = ConfigRecord(dict(part))
        if question:
            lists = {name: values.tolist() for name, values in question.items()}
            content["question"] = MetricRecord(lists)
        return Message(content, node, "train", group_id=str(self.rounds))


def gather(
    grid: Grid, config: Mapping[str, str | int | float | bool], from_sums: FromSums
) -> Panel:
    """Wait until the run's nodes are connected.

    ``kinhold.nodes`` lists the nodes that may take part; empty means any. When some stay
    away, go on with the others once the wait is over, as long as they are enough. Where
    ``kinhold.mixing`` is "1" the nodes' answers are added in secret, which needs all of them.

    Args:
        from_sums: how the job reads such a sum.
    Raises:
        TooFewNodes: fewer than ``kinhold.min-nodes`` were there in time.
    """
    allowed = {int(node) for node in str(config["kinhold.nodes"]).split(",") if node}
    minimum = int(config["kinhold.min-nodes"])
    wanted = max(len(allowed), minimum)
    give_up = time.monotonic() + CONNECT_LIMIT_S
    while True:
        there = sorted(n for n in grid.get_node_ids() if not allowed or n in allowed)
        if len(there) >= wanted or (len(there) >= minimum and time.monotonic() > give_up):
            read = from_sums if str(config.get("kinhold.mixing", "")) == "1" else None
            limit_s = float(config["kinhold.round-limit-s"])
            return Panel(grid, there, minimum, limit_s, read=read)
        if time.monotonic() > give_up:
            raise TooFewNodes(f"only {len(there)} of the {minimum} nodes needed are connected")
        time.sleep(_LOOK_EVERY_S)


def _sort_out(replies: Iterable[Message]) -> tuple[dict[int, RecordDict], list[str]]:
    answers: dict[int, RecordDict] = {}
    reasons: list[str] = []
    for reply in replies:
        if reply.has_error():
            reasons.append(reply.error.reason)
            continue
        answers[reply.metadata.src_node_id] = reply.content
    return answers, reasons


def _sums_of(replies: Mapping[int, RecordDict]) -> dict[int, Answer]:
    return {
        node: {name: np.array(values) for name, values in content["sums"].items()}
        for node, content in replies.items()
    }


def _explain(good: int, minimum: int, reasons: list[str], asked: int) -> str:
    silent = asked - good - len(reasons)
    parts = [f"{good} of {asked} nodes answered, {minimum} are needed"]
    parts += sorted(reasons)
    if silent:
        parts.append(f"{silent} did not answer in time")
    return "; ".join(parts)
