"""The aggregator's grid reaches the nodes of the run and no other."""

import pytest
from flwr.app import Message, RecordDict
from flwr.supercore.task_identity import TaskIdentity
from flwr.superlink.grid import http_grid

from federation.aggregator.grid import GovernedGrid, NodeNotInRun


def test_a_message_to_a_node_outside_the_run_is_not_sent() -> None:
    TaskIdentity.task_id, TaskIdentity.run_id, TaskIdentity.node_id = 1, 1, 0
    grid = GovernedGrid("127.0.0.1:9", True, token="token")
    grid.allowed = frozenset({5})

    # Nothing listens there: an attempt to send would fail in another way.
    with pytest.raises(NodeNotInRun, match="node 6 does not take part"):
        grid.push_messages([Message(RecordDict(), 6, "train")])
    with pytest.raises(NodeNotInRun):
        grid.send_and_receive([Message(RecordDict(), 6, "train")], timeout=1)


def test_flower_still_pulls_replies_where_the_short_wait_was_put() -> None:
    assert http_grid.pull_objects.keywords["initial_backoff"] < 0.1
