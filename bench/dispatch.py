"""How long from dispatch to model: the governed path beside plain Flower, in one run.

    python -m bench.dispatch [--repeats 3]

Both run the very same bundles on the same three parts of the same data, over TLS with
SuperNode authentication, three nodes each, on this machine, in turn. Plain is Flower as it
comes: ``flower-superlink`` and ``flower-supernode`` with subprocess isolation, no grant, no
check, no receipt. Governed is ours: every message is checked against signed grants, and every
node's receipt reaches a platform. The clock runs from the start of the run until the model is
there: at the platform (governed), or the run's end (plain, which delivers it nowhere).
"""

import argparse
import json
import logging
import statistics
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from federation.catalogue.registry import build_fab
from federation.gateway.flower import FlowerGateway
from tests.hostile.flower_parts import StockNode, SuperLink, wait_until
from tests.hostile.governed import COLUMNS, NAMES, Governed, diabetes

JOBS = ("linear-regression", "logistic-regression")
PHASES = ("pull", "sync", "check", "data", "job", "reply", "receipt")
AIM = 1 / 3
_LIMIT_S = 300.0


class Plain:
    """Flower as it comes, with three SuperNodes that run whatever they are sent."""

    def __init__(self, folder: Path) -> None:
        self.link = SuperLink(folder, governed=False).start()
        self.gateway = FlowerGateway(self.link.address, self.link.tls.ca.read_bytes())
        self.processes = [self.link.process]
        parts = np.array_split(diabetes(), len(NAMES))
        for name, part in zip(NAMES, parts, strict=True):
            data = folder / f"{name}.npz"
            np.savez(data, **dict(zip(COLUMNS, part.T, strict=True)))
            node = StockNode(folder / name, self.link, data)
            self.gateway.register_node(node.public_key, name)
            self.processes.append(node.process().start())
        wait_until(self._all_online, limit_s=60, what="the plain nodes")

    def _all_online(self) -> bool:
        return sum(node.online for node in self.gateway.nodes()) == len(NAMES)

    def seconds(self, job: str, config: Mapping[str, Any]) -> float:
        keys = {**config, "kinhold.min-nodes": len(NAMES), "kinhold.max-rounds": 15}
        begun = time.perf_counter()
        run = self.gateway.start(build_fab(job), keys)
        wait_until(lambda: self.gateway.status(run).finished, limit_s=_LIMIT_S, what="a plain run")
        taken = time.perf_counter() - begun
        ended = self.gateway.status(run)
        assert ended.sub_status == "completed", ended
        return taken

    def close(self) -> None:
        for process in reversed(self.processes):
            process.stop()


def governed_seconds(governed: Governed, job: str) -> tuple[float, list[dict[str, float]]]:
    """Run one job; return its time and, for each exchange of each node, where time went."""
    request = governed.request(job=job)
    grants = governed.grant_all(request)
    begun, begun_at = time.perf_counter(), time.time()
    run = governed.start(request, grants)
    wait_until(lambda: _ended(governed, run), limit_s=_LIMIT_S, what="a governed run")
    taken = time.perf_counter() - begun
    ended, receipts = governed.wait(run), governed.receipts(run)
    assert ended.sub_status == "completed", (ended, receipts)
    assert {r["outcome"] for r in receipts.values()} == {"trained"}, receipts
    return taken, _exchanges(governed, run, begun_at, begun_at + taken)


def _ended(governed: Governed, run: int) -> bool:
    """Say whether the result is at the platform, or the run has failed."""
    if any(posted["flower_run"] == str(run) for posted in governed.platform.results):
        return True
    status = governed.gateway.status(run)
    return status.finished and status.sub_status != "completed"


def _exchanges(governed: Governed, run: int, begun: float, ready: float) -> list[dict[str, float]]:
    rows = []
    for name in NAMES:
        lines = (governed.folder / name / "log" / "timings.jsonl").read_text().splitlines()
        mine = [t for t in map(json.loads, lines) if t["flower_run"] == run]
        before = begun
        for place, timing in enumerate(mine):
            inside = timing["ended"] - timing["started"]
            rows.append(
                {
                    "first": float(place == 0),
                    "waited": timing["started"] - before,
                    **timing["phases"],
                    "fork and rest": inside - sum(timing["phases"].values()),
                    "after": ready - timing["ended"] if place == len(mine) - 1 else 0.0,
                }
            )
            before = timing["ended"]
    return rows


def _print_rest(job: str, rows: list[dict[str, float]]) -> None:
    first = [row["waited"] for row in rows if row["first"]]
    later = [row["waited"] for row in rows if not row["first"]]
    after = [row["after"] for row in rows if row["after"]]
    print(f"\n{job}: where the governed time goes (means over nodes and repeats, ms)")
    _line("start to first message at a node", first, "aggregator, its app, Flower's delivery")
    for phase in (*PHASES, "fork and rest"):
        _line(f"  at the node: {phase}", [row.get(phase, 0.0) for row in rows], _MEANINGS[phase])
    if later:
        _line("between two rounds", later, "Flower's delivery both ways, server's step")
    _line("last reply to model at platform", after, "Flower's delivery, solve, post")


_MEANINGS = {
    "pull": "message, context and bundle from the SuperNode",
    "sync": "notices (and new grants) from the platform",
    "check": "allow_run and the node's own checks, round counted on disk",
    "data": "granted columns read, complete cases handed over",
    "job": "fork of a shut-in process, training, reply checked",
    "reply": "to the SuperNode",
    "receipt": "to the platform",
    "fork and rest": "guard's start, keys, receipt signed and on disk",
}


def _line(what: str, seconds: list[float], meaning: str) -> None:
    print(f"  {what:<36}{1000 * statistics.mean(seconds):8.0f}   {meaning}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--repeats", type=int, default=3, help="runs of each job on each side")
    repeats: int = parser.parse_args().repeats
    logging.disable(logging.INFO)
    reached = True
    with tempfile.TemporaryDirectory(prefix="kinhold-bench-") as name:
        governed = Governed(Path(name) / "governed", policy="preinstalled", timings=True)
        plain = Plain(Path(name) / "plain")
        try:
            for job in JOBS:
                reached &= _compare(governed, plain, job, repeats)
        finally:
            plain.close()
            governed.close()
    return 0 if reached else 1


def _compare(governed: Governed, plain: Plain, job: str, repeats: int) -> bool:
    """Run one job on both sides in turn and print both; say whether the aim was reached."""
    ours, theirs, rows = [], [], []
    for _ in range(repeats):
        seconds, exchanges = governed_seconds(governed, job)
        ours.append(seconds)
        rows += exchanges
        theirs.append(plain.seconds(job, governed.request(job=job).config))
    ratio = statistics.median(ours) / statistics.median(theirs)
    rounds = len(rows) // len(NAMES) // repeats
    print(f"\n{job}: 3 nodes, {rounds} rounds, median of {repeats} runs each, in turn")
    print(f"  plain Flower   {statistics.median(theirs):7.2f} s   {_all(theirs)}")
    print(f"  governed       {statistics.median(ours):7.2f} s   {_all(ours)}")
    print(f"  governed / plain = {ratio:.3f}   (aim: at most {AIM:.3f})")
    _print_rest(job, rows)
    return ratio <= AIM


def _all(seconds: list[float]) -> str:
    return " ".join(f"{value:.2f}" for value in seconds)


if __name__ == "__main__":
    raise SystemExit(main())
