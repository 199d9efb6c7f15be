"""Asks the nodes of a run one question after another, and counts who answered.

Written against Flower's public Grid only, so a job runs the same under plain Flower.
"""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from flwr.app import Message, MetricRecord, RecordDict
from flwr.serverapp import Grid
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Answer = dict[str, Floats]

CONNECT_LIMIT_S = 60.0
_LOOK_EVERY_S = 0.2


class TooFewNodes(RuntimeError):
    """Too few nodes took part; the text carries each node's own reason."""


@dataclass
class Panel:
    """The nodes that still take part. One that fails to answer is not asked again."""

    grid: Grid
    nodes: list[int]
    minimum: int
    limit_s: float
    rounds: int = 0

    def ask(self, question: Mapping[str, Floats]) -> list[Answer]:
        """Send one ``train`` message to each node and collect the ``sums`` they reply.

        Args:
            question: vectors the nodes need this round; may be empty. Numbers travel as
                plain lists: Flower moves each array object by a request of its own.
        Raises:
            TooFewNodes: fewer than ``minimum`` nodes answered with sums.
        """
        self.rounds += 1
        replies = self.grid.send_and_receive(
            [self._message(node, question) for node in self.nodes], timeout=self.limit_s
        )
        answers, reasons = _sort_out(replies)
        if len(answers) < self.minimum:
            raise TooFewNodes(_explain(len(answers), self.minimum, reasons, len(self.nodes)))
        self.nodes = sorted(answers)
        return [answers[node] for node in self.nodes]

    def _message(self, node: int, question: Mapping[str, Floats]) -> Message:
        content = RecordDict()
        if question:
            lists = {name: values.tolist() for name, values in question.items()}
            content["question"] = MetricRecord(lists)
        return Message(content, node, "train", group_id=str(self.rounds))


def gather(grid: Grid, config: Mapping[str, str | int | float | bool]) -> Panel:
    """Wait until the run's nodes are connected.

    ``kinhold.nodes`` lists the nodes that may take part; empty means any. When some stay
    away, go on with the others once the wait is over, as long as they are enough.

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
            return Panel(grid, there, minimum, float(config["kinhold.round-limit-s"]))
        if time.monotonic() > give_up:
            raise TooFewNodes(f"only {len(there)} of the {minimum} nodes needed are connected")
        time.sleep(_LOOK_EVERY_S)


def _sort_out(replies: Iterable[Message]) -> tuple[dict[int, Answer], list[str]]:
    answers: dict[int, Answer] = {}
    reasons: list[str] = []
    for reply in replies:
        if reply.has_error():
            reasons.append(reply.error.reason)
            continue
        sums = reply.content["sums"]
        answers[reply.metadata.src_node_id] = {name: np.array(sums[name]) for name in sums}
    return answers, reasons


def _explain(good: int, minimum: int, reasons: list[str], asked: int) -> str:
    silent = asked - good - len(reasons)
    parts = [f"{good} of {asked} nodes answered, {minimum} are needed"]
    parts += sorted(reasons)
    if silent:
        parts.append(f"{silent} did not answer in time")
    return "; ".join(parts)
