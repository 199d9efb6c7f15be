"""An hour of rounds while links are cut and processes are killed at random; then the books.

    python -m bench.soak [--minutes 60] [--seed 5] [--pause 2]

A real SuperLink, our aggregator, a stand-in for the platform and three real nodes. Of two nodes
the executor, the guard, the launcher or the SuperNode is killed (SIGKILL) now and then; the
platform goes away or falls silent, and so does SuperLink. Every minute, and at the end, all is
let come to rest, and for each node: rounds used never above the granted and each with its
receipt; the chain of receipts whole (``kinhold-node verify``); every receipt at the platform
exactly once; no budget for noise overspent; no process and no file of a job left; the home folder
bounded. The third node is never killed: its executor's and launcher's memory must stay flat.
Exits 1 when anything is off.
"""

import argparse
import logging
import signal
import sys
import tempfile
from pathlib import Path

from tests.hostile.governed import Governed
from tests.hostile.processes import below
from tests.hostile.soak import FLAT, Soak


def print_memory(soak: Soak) -> None:
    print("\nMemory of the node that is never killed (MB; slope by least squares)")
    for what, memory in soak.memory.items():
        note = "" if what in FLAT else "   (Flower's own; not judged)"
        print(
            f"  {what:<10} first {memory.first / 1024:7.1f}   last {memory.last / 1024:7.1f}   "
            f"slope {memory.slope() / 1024:+7.2f} an hour{note}"
        )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--pause", type=float, default=2.0, help="seconds between two runs")
    options = parser.parse_args()
    logging.disable(logging.INFO)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended early"))  # and let all be stopped
    with tempfile.TemporaryDirectory(prefix="kinhold-soak-") as name:
        governed = Governed(Path(name), policy="preinstalled", budget="30")
        try:
            soak = Soak(
                governed,
                seed=options.seed,
                noised=True,
                every_s=(4, 20),
                lasting_s=(1, 12),
                pause_s=options.pause,
                tell=lambda line: print(line, flush=True),
            )
            found = soak.run(options.minutes * 60, look_every_s=60)
        finally:
            governed.close()
        found += [f"process {pid} is left" for pid in below(Path(name))]
    print(
        "\nFaults:  " + ", ".join(f"{what} {n}" for what, n in sorted(soak.faults.struck.items()))
    )
    print("Runs:    " + ", ".join(f"{how} {n}" for how, n in sorted(soak.ended.items())))
    print_memory(soak)
    print("\nOff: " + ("nothing" if not found else "\n  ".join(["", *found])))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
