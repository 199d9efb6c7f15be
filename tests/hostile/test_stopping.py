"""A job that runs is ended at once, by the operator or by the community's revocation."""

import json
import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from consent.grants.statements import Signed
from federation.node.walls.census import descendants
from tests.hostile.bundles import with_canary
from tests.hostile.conftest import Scene
from tests.hostile.flower_parts import wait_until
from tests.hostile.governed import NAMES, Node, Request

pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("hostile")]

# Works for longer than any test, with a helper.
_LONG = """
import subprocess, time
subprocess.Popen(["/usr/bin/env", "sleep", "600"])
time.sleep(600)
"""
_PROCESSES = 3  # at each node: the job's warden, the job, its helper


def _alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_pause_and_revocation_kill_a_running_job_and_all_it_started(scene: Scene) -> None:
    governed = scene.governed
    request = governed.request(with_canary(scene.canary, train=_LONG))
    grants = governed.grant_all(request)
    flower_run = governed.start(request, grants)
    wait_until(lambda: len(_working(scene)) == _PROCESSES * len(NAMES), limit_s=30, what="the jobs")
    jobs = _working(scene)
    assert all(_alive(pid) for pid in jobs)

    asked = time.monotonic()
    assert governed.nodes["river"].command("pause").returncode == 0
    wait_until(
        lambda: "river" in governed.platform.receipts_of(flower_run), limit_s=10, what="a receipt"
    )
    paused_s = time.monotonic() - asked
    for name in ("coast", "hill"):
        community = governed.nodes[name].community
        revocation = community.revocation(grants[name].document["id"])
        governed.platform.served[name].notices = community.notices([revocation])
    receipts = governed.receipts(flower_run, limit_s=20)

    stops = {name: (r["outcome"], r["code"]) for name, r in receipts.items()}
    assert stops["river"] == ("stopped", "paused")
    assert stops["coast"] == stops["hill"] == ("stopped", "revoked")
    assert all(r["data_opened"] for r in receipts.values())
    assert paused_s < 5  # most of it is the command's own start
    assert not any(_alive(pid) for pid in jobs)
    assert governed.wait(flower_run).sub_status == "failed"


def test_a_guard_that_is_killed_leaves_a_receipt_and_no_job(scene: Scene) -> None:
    governed = scene.governed
    flower_run, jobs = _start_long_jobs(scene)

    for node in governed.nodes.values():
        os.kill(_guard_of(node), signal.SIGKILL)
    receipts = governed.receipts(flower_run, limit_s=60)

    assert {(r["outcome"], r["code"]) for r in receipts.values()} == {("failed", "internal")}
    assert not any(_alive(pid) for pid in jobs)
    governed.gateway.stop(flower_run)
    for name, node in governed.nodes.items():
        wait_until(node.connected, limit_s=60, what=f"the node of {name}")
        assert node.command("verify").returncode == 0


def test_a_node_that_is_killed_leaves_a_receipt_and_nothing_running(scene: Scene) -> None:
    governed = scene.governed
    request = governed.request(with_canary(scene.canary, train=_LONG))
    request.max_rounds = 1
    flower_run, jobs = _start_long_jobs(scene, request)
    beats = [_beat(node) for node in governed.nodes.values()]
    family = [pid for beat in beats for pid in (beat["supernode"], *_children(beat["pid"]))]

    for node, beat in zip(governed.nodes.values(), beats, strict=True):
        os.kill(beat["pid"], signal.SIGKILL)
        assert node.process.child is not None
        node.process.child.wait()
    wait_until(
        lambda: not any(_alive(pid) for pid in [*jobs, *family]), limit_s=20, what="the end of all"
    )
    governed.gateway.stop(flower_run)
    for node in governed.nodes.values():
        node.process.start()
    for name, node in governed.nodes.items():
        wait_until(node.connected, limit_s=60, what=f"the node of {name}")
    receipts = governed.receipts(flower_run, limit_s=60)

    ends = {(r["outcome"], r["code"]) for r in receipts.values()}
    assert ends == {("stopped", "node-stopped")}
    for node in governed.nodes.values():
        assert node.command("verify").returncode == 0
    # The same grant, played again after the restart: its one round is used, for good.
    shown = {name: Signed.from_json(governed.platform.served[name].grants[0]) for name in NAMES}
    again = governed.receipts(governed.start(request, shown))
    assert {(r["outcome"], r["code"]) for r in again.values()} == {("refused", "too-many-rounds")}


def _start_long_jobs(scene: Scene, request: Request | None = None) -> tuple[int, list[int]]:
    """Start a run whose jobs do not end; give its id and the ids of their processes."""
    governed = scene.governed
    request = request or governed.request(with_canary(scene.canary, train=_LONG))
    flower_run = governed.start(request, governed.grant_all(request))
    wait_until(lambda: len(_working(scene)) == _PROCESSES * len(NAMES), limit_s=30, what="the jobs")
    return flower_run, _working(scene)


def _beat(node: Node) -> dict[str, Any]:
    beat: dict[str, Any] = json.loads((node.home / "run" / "heartbeat.json").read_text())
    return beat


def _children(pid: int) -> list[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(word) for word in text.split()]


def _guard_of(node: Node) -> int:
    """Find the guard: the node's child that runs the node's own command line."""
    beat = _beat(node)
    own = Path(f"/proc/{beat['pid']}/cmdline").read_bytes()
    (guard,) = [
        pid for pid in _children(beat["pid"]) if Path(f"/proc/{pid}/cmdline").read_bytes() == own
    ]
    return guard


def _working(scene: Scene) -> list[int]:
    """Give the processes of all jobs: whatever comes from what starts them."""
    return [
        pid
        for node in scene.governed.nodes.values()
        for child in _children(_beat(node)["pid"])
        if b"federation.node.walls.launcher" in Path(f"/proc/{child}/cmdline").read_bytes()
        for pid in descendants(child)
    ]
