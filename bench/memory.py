"""Resident memory of a node's processes, at rest and while a job runs.

    python -m bench.memory

One of three real nodes on loopback is looked at. Pages that several processes share count in
the RSS of each, so the sum of the last column (proportional) is what the machine needs. The
executor, which lives as long as the node, must stay under 120 MB (docs/node.md).
"""

import tempfile
from pathlib import Path

from federation.node.walls.census import descendants
from tests.hostile.bundles import perch_of, with_canary
from tests.hostile.flower_parts import wait_until
from tests.hostile.governed import Governed, Node
from tests.hostile.processes import EXECUTOR, GUARD, LAUNCHER, SUPERNODE, find, rss_kb

LIMIT_MB = 120
_JOB = "import time\ntime.sleep(600)"
_LIMIT_S = 60.0


def measured(node: Node, moment: str) -> dict[str, int]:
    """Print one line for each process; give the resident memory in kB of each kind."""
    found = {what: find(node, what) for what in (EXECUTOR, SUPERNODE, LAUNCHER, GUARD)}
    for launcher in found[LAUNCHER]:
        job = sorted(descendants(launcher))
        found |= {"job's warden": job[:1], "job": job[1:2]}
    for guard in found[GUARD]:
        found["listener"] = sorted(descendants(guard))
    resident = {}
    for what, pids in found.items():
        for pid in pids:
            resident[what] = rss_kb(pid)
            told = f"{resident[what] / 1024:>8.0f} MB{_proportional_kb(pid) / 1024:>12.0f} MB"
            print(f"{moment:<10}{what:<14}{told}", flush=True)
    return resident


def _proportional_kb(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        canary, extra = perch_of(Path(name))
        governed = Governed(Path(name) / "federation", policy="pinned", extra=extra)
        try:
            node = governed.nodes["river"]
            print(f"{'when':<10}{'process':<14}{'resident':>11}{'proportional':>15}")
            resident = measured(node, "at rest")
            request = governed.request(with_canary(canary, train=_JOB))
            governed.start(request, governed.grant_all(request))
            (launcher,) = find(node, LAUNCHER)
            wait_until(
                lambda: len(descendants(launcher)) >= 2, limit_s=_LIMIT_S, what="a running job"
            )
            later = measured(node, "at work")
        finally:
            governed.close()
    most = max(resident[EXECUTOR], later[EXECUTOR]) / 1024
    verdict = "under" if most < LIMIT_MB else "OVER"
    print(f"The executor has {most:.0f} MB: {verdict} its {LIMIT_MB} MB.")


if __name__ == "__main__":
    main()
