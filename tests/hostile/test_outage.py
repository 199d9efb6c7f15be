"""When the web is down, approved work goes on, and nothing about it is lost."""

import pytest

from tests.hostile.conftest import Scene
from tests.hostile.governed import NAMES

pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("hostile")]


def test_an_outage_of_the_platform_loses_no_receipt_and_no_result(scene: Scene) -> None:
    governed, request = scene.governed, scene.governed.request(scene.fab)
    grants = governed.grant_all(request)
    first = governed.start(request, grants)
    governed.receipts(first)
    governed.wait(first)

    governed.platform.down = True
    try:
        flower_run = governed.start(request, grants)
        ended = governed.wait(flower_run)
        seen = governed.platform.receipts_of(flower_run)
    finally:
        governed.platform.down = False

    assert (ended.sub_status, ended.details) == ("completed", "")
    assert seen == {}
    assert governed.result(flower_run, limit_s=30)["nodes"] == len(NAMES)
    receipts = governed.receipts(flower_run, limit_s=60)
    assert {r["outcome"] for r in receipts.values()} == {"trained"}
    for name, node in governed.nodes.items():
        sequences = [r["sequence"] for r in governed.platform.receipts[name]]
        assert sequences == list(range(1, len(sequences) + 1))
        assert "0 not yet sent" in node.command("status").stdout


def test_a_node_in_trouble_says_so_at_once_and_works_again_afterwards(scene: Scene) -> None:
    """Its key is open to others, so it will sign nothing: no receipt, hence no work."""
    governed, request = scene.governed, scene.governed.request(scene.fab)
    grants = governed.grant_all(request)
    river = governed.nodes["river"]
    key = river.home / "keys" / "receipt.pem"

    key.chmod(0o644)
    try:
        ended = governed.wait(governed.start(request, grants), limit_s=15)
    finally:
        key.chmod(0o600)

    assert ended.sub_status == "failed"
    assert "kinhold:internal: The node could not work on this message." in ended.details
    assert river.data not in scene.watcher.touched()
    assert len(scene.songs()) == len(NAMES) - 1
    again = governed.start(request, grants)
    assert governed.wait(again).sub_status == "completed"
    assert governed.receipts(again)["river"]["outcome"] == "trained"
    assert river.command("verify").returncode == 0
