"""What a lying platform and SuperLink can do to nodes besides asking: nothing that lasts.

The same processes go on, the disk does not fill, and an honest run works afterwards.
"""

from collections.abc import Iterator
from functools import partial

import pytest

from tests.hostile import processes
from tests.hostile.bundles import with_canary
from tests.hostile.conftest import Scene
from tests.hostile.flower_parts import wait_until
from tests.hostile.governed import NAMES, Node

pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("hostile")]

MB = 1_048_576


@pytest.fixture(autouse=True)
def _nothing_lasts(scene: Scene) -> Iterator[None]:
    """Compare each node's process and its folder's size with those before."""
    nodes = scene.governed.nodes.values()
    before = [(processes.find(node, processes.EXECUTOR), node) for node in nodes]
    sizes = {node.home: processes.size_of(node.home) for node in nodes}
    yield
    for found, node in before:
        assert processes.find(node, processes.EXECUTOR) == found
        assert processes.size_of(node.home) - sizes[node.home] < 5 * MB
        assert list((node.home / "work").iterdir()) == []


def _asking(scene: Scene, old: str, new: str) -> bytes:
    return with_canary(scene.canary, asking=(old, new))


def test_a_message_of_very_many_bytes_is_not_taken_in(scene: Scene) -> None:
    """One node is sent 80 MB; Flower gives up on it, says why in its log, and goes on."""
    governed = scene.governed
    large = "RecordDict({'x': __import__('flwr').app.ArrayRecord([np.arange(10_000_000.0)])})"
    request = governed.request(_asking(scene, "content = RecordDict()", f"content = {large}"))
    node = governed.nodes["river"]
    log = node.home / "log" / "supernode.log"

    flower_run = governed.start(
        request,
        governed.grant_all(request),
        **{"kinhold.nodes": str(node.flower_node)},
        **{"kinhold.min-nodes": 1},
    )
    wait_until(
        lambda: "the message is larger than 67108864 bytes" in log.read_text(errors="replace"),
        limit_s=60,
        what="the log's word on it",
    )
    governed.gateway.stop(flower_run)

    assert governed.platform.receipts_of(flower_run) == {}
    assert scene.songs() == []
    assert scene.watcher.touched() == set()
    wait_until(node.connected, limit_s=60, what="the node")


def test_rounds_that_are_no_numbers_are_counted_by_the_node_alone(scene: Scene) -> None:
    """What the sender calls the round never moves the node's own count."""
    governed = scene.governed
    odd = "group_id=['-1', '9' * 4000, '\\u0662.5e3'][self.nodes.index(node)]"
    request = governed.request(_asking(scene, "group_id=str(self.rounds)", odd))
    request.max_rounds = 1
    grants = governed.grant_all(request)

    # A node whose SuperNode was started anew just before is waited for.
    first = governed.receipts(governed.start(request, grants), limit_s=60)
    second = governed.receipts(governed.start(request, grants))

    assert {(r["outcome"], r["round"]) for r in first.values()} == {("trained", 0)}
    assert {(r["outcome"], r["code"]) for r in second.values()} == {("refused", "too-many-rounds")}


def test_a_question_without_numbers_or_without_end_breaks_nothing(scene: Scene) -> None:
    """The job does not look at it; the node's own reading of it must bear it."""
    governed = scene.governed
    lists = "{'a': [float('nan')] * 9, 'b': [float('inf'), -1e308], 'c': [0.5] * 1_000_000}"
    new = f"content['question'] = MetricRecord({lists})\n        if question:"
    request = governed.request(_asking(scene, "if question:", new))

    flower_run = governed.start(request, governed.grant_all(request))
    receipts = governed.receipts(flower_run, limit_s=60)
    governed.wait(flower_run)

    assert set(receipts) == set(NAMES)
    for posted in governed.platform.results:
        assert "NaN" not in str(posted)


def test_receipts_that_are_all_denied_are_kept_and_told_of(scene: Scene) -> None:
    governed = scene.governed
    governed.platform.denies = True
    request = governed.request(scene.fab)

    receipts = governed.receipts(governed.start(request, governed.grant_all(request)))

    assert {r["outcome"] for r in receipts.values()} == {"trained"}
    for name, node in governed.nodes.items():
        said = f"another receipt in the place of {receipts[name]['sequence']}."
        wait_until(partial(_told, node, said), limit_s=20, what="the note")


def _told(node: Node, text: str) -> bool:
    return text in node.command("log").stdout


def test_after_all_that_an_honest_run_works_and_every_receipt_is_whole(scene: Scene) -> None:
    request = scene.governed.request(scene.fab)
    flower_run = scene.governed.start(request, scene.governed.grant_all(request))

    receipts = scene.governed.receipts(flower_run, limit_s=60)

    assert {r["outcome"] for r in receipts.values()} == {"trained"}
    assert all(n.command("verify").returncode == 0 for n in scene.governed.nodes.values())
