"""The Grid a governed ServerApp gets: only the run's own nodes, and no idle seconds."""

import time
from collections.abc import Iterable
from functools import partial

from flwr.app import Message
from flwr.proto.node_pb2 import NodeInfo
from flwr.supercore.inflatable.inflatable_utils import pull_objects
from flwr.superlink.grid import HttpGrid, http_grid

_SHORTEST_WAIT_S = 0.03
_LONGEST_WAIT_S = 0.5
_PATIENCE = 1.1

# Flower waits a whole second before it asks again for a reply whose parts are still on
# their way from the node; most of them are there within a few milliseconds.
http_grid.pull_objects = partial(pull_objects, initial_backoff=0.02, backoff_cap=0.5)


class NodeNotInRun(ValueError):
    """The ServerApp addressed a node that the run does not include."""


class GovernedGrid(HttpGrid):  # type: ignore[misc]  # flwr is skipped by mypy
    """Flower's HTTP grid, restricted.

    The restriction is the platform's own order (a community that said no is not even
    asked). It is not what protects a community: its node would refuse anyway.
    """

    allowed: frozenset[int] | None = None
    """Flower node ids that take part; None means every connected node."""

    def get_nodes(self) -> Iterable[NodeInfo]:
        """List the connected nodes that take part."""
        nodes = super().get_nodes()
        return [n for n in nodes if self.allowed is None or n.node_id in self.allowed]

    def push_messages(self, messages: Iterable[Message]) -> Iterable[str]:
        """Send messages.

        Raises:
            NodeNotInRun: one is addressed to a node that does not take part.
        """
        outgoing = list(messages)
        for message in outgoing:
            node = message.metadata.dst_node_id
            if self.allowed is not None and node not in self.allowed:
                raise NodeNotInRun(f"node {node} does not take part in this run")
        sent: Iterable[str] = super().push_messages(outgoing)
        return sent

    def send_and_receive(
        self, messages: Iterable[Message], *, timeout: float | None = None
    ) -> Iterable[Message]:
        """Do as Flower's own, which sleeps three seconds between two looks for replies."""
        waiting = set(self.push_messages(messages))
        give_up = None if timeout is None else time.monotonic() + timeout
        replies: list[Message] = []
        wait = _SHORTEST_WAIT_S
        while waiting and (give_up is None or time.monotonic() < give_up):
            arrived = list(self.pull_messages(waiting))
            replies += arrived
            waiting -= {reply.metadata.reply_to_message_id for reply in arrived}
            if waiting:
                time.sleep(wait)
                wait = _SHORTEST_WAIT_S if arrived else min(wait * _PATIENCE, _LONGEST_WAIT_S)
        return replies
