"""Granted code that multiplies, fills what it can and will not end: it ends, the nodes do not."""

import json
import time

import pytest

from federation.node.walls.census import descendants
from federation.node.walls.names import WALLS
from tests.hostile.bundles import with_canary
from tests.hostile.conftest import Scene
from tests.hostile.flower_parts import wait_until
from tests.hostile.governed import Node
from tests.hostile.processes import LAUNCHER, find

pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("hostile")]

_BOMB = """
import os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
for number in range(100):
    with open(f"full{number}", "wb", buffering=0) as file:
        try:
            file.write(bytes(10 << 20))
        except OSError:
            break
os.write(2, bytes(1 << 20))
while True:
    try:
        if os.fork() == 0:
            os.setsid()
        time.sleep(0.05)
    except OSError:
        time.sleep(0.05)
"""
SOON_S = 10.0  # generous on a busy machine; bench/stopping.py measures what it takes


def _processes(node: Node) -> set[int]:
    return {pid for launcher in find(node, LAUNCHER) for pid in descendants(launcher)}


def test_bombs_end_at_the_switch_while_the_platform_is_silent(scene: Scene) -> None:
    governed = scene.governed
    request = governed.request(with_canary(scene.canary, train=_BOMB))
    flower_run = governed.start(request, governed.grant_all(request))
    nodes = list(governed.nodes.values())
    wait_until(lambda: all(len(_processes(n)) > 20 for n in nodes), limit_s=40, what="the bombs")

    governed.platform.silent = True
    asked = time.monotonic()
    for node in nodes:
        (node.home / "paused").touch()
    wait_until(lambda: not any(map(_processes, nodes)), limit_s=SOON_S, what="their end")
    taken_s = time.monotonic() - asked
    governed.platform.silent = False
    receipts = governed.receipts(flower_run, limit_s=60)

    assert taken_s < SOON_S
    assert {(r["outcome"], r["code"]) for r in receipts.values()} == {("stopped", "paused")}
    for node in nodes:
        assert list((node.home / "work").iterdir()) == []
        assert (node.home / "log" / "job.log").stat().st_size <= 64 << 20
        told = json.loads(node.command("status", "--json").stdout)
        assert list(told["confined"]) == list(WALLS)
        assert told["connected"]
    assert governed.wait(flower_run).sub_status == "failed"
