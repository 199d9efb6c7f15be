"""Rounds without end while links are cut and processes are killed; then the books are compared."""

import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from random import Random

import numpy as np

from consent.grants.statements import Signed
from federation.catalogue.registry import build_fab
from federation.gateway.base import GatewayError
from tests.hostile import processes
from tests.hostile.books import faults_of, receipts_of
from tests.hostile.faults import CALM, Faults
from tests.hostile.flower_parts import wait_until
from tests.hostile.governed import OUTCOMES, Governed, Node, Request

_RUN_LIMIT_S = 40.0
_NOTICED_S = 3.0
_BACK_S = 180.0
_USES = 4
"""Runs that are tried with one grant: the last ones find its rounds used up."""

MEASURED = (processes.EXECUTOR, processes.LAUNCHER, processes.SUPERNODE)
FLAT = (processes.EXECUTOR, processes.LAUNCHER)
NOISE = {
    "privacy": {
        "dp": {"epsilon": "2", "delta": "0.000001", "unit": "person"},
        "secure_aggregation": False,
    }
}
GROWTH_LIMIT_KB = 10_000
EXECUTOR_KB = 120_000


@dataclass
class Memory:
    """Resident memory of one process over time: seconds, kB."""

    samples: list[tuple[float, int]] = field(default_factory=list)

    @property
    def first(self) -> int:
        return self.samples[0][1]

    @property
    def last(self) -> int:
        return self.samples[-1][1]

    def slope(self) -> float:
        """Give the least-squares growth in kB per hour, the first sixth (warming up) left out."""
        late = self.samples[len(self.samples) // 6 :]
        if len(late) < 3:
            return 0.0
        seconds, sizes = np.array(late, dtype=float).T
        return float(np.polyfit(seconds, sizes, 1)[0] * 3600)


class Soak:
    """One soak on a running federation.

    Args:
        noised: some grants ask for noise; the datasets must have a budget.
        spared: what is never killed.
        pause_s: between two runs.
        tell: takes a line for each look at the books.
    """

    def __init__(
        self,
        governed: Governed,
        *,
        seed: int,
        noised: bool = False,
        every_s: tuple[float, float],
        lasting_s: tuple[float, float],
        spared: str = "",
        pause_s: float = 0.0,
        tell: Callable[[str], None] = lambda line: None,
    ) -> None:
        self._governed, self._pause_s, self._tell = governed, pause_s, tell
        self._noised = noised
        self._chance = Random(seed)  # noqa: S311  # to be made again, not to be secret
        later = Random(seed + 1)  # noqa: S311  # the same
        self.faults = Faults(governed, later, every_s=every_s, lasting_s=lasting_s, spared=spared)
        self.granted: dict[str, int] = {}
        self.ended: Counter[str] = Counter()
        self.memory: dict[str, Memory] = defaultdict(Memory)
        self.found: list[str] = []
        self._begun = time.monotonic()
        self._held: tuple[Request, dict[str, Signed]] | None = None
        self._used = 0

    def run(self, seconds: float, *, look_every_s: float) -> list[str]:
        """Go on for so long; return everything that was off, empty if nothing was."""
        self._governed.platform.conflicts = 0
        for job in OUTCOMES:
            build_fab(job)  # kept from now on, whatever becomes of the files
        self.faults.start()
        over = self._begun + seconds
        next_look = self._begun + look_every_s
        while time.monotonic() < over and not (self.found or self.faults.trouble):
            self._one_run()
            self._measure()
            time.sleep(self._pause_s)
            if time.monotonic() >= next_look:
                next_look += look_every_s
                with self.faults.quiet:
                    self._look()
        self.faults.end()
        if self.faults.trouble:
            self.found.append(self.faults.trouble)
        self._look()
        self._honest_run()
        self._judge_memory(seconds)
        return self.found

    def _one_run(self) -> None:
        """Start a run, wait for its end or for too long, and have it ended."""
        request, grants = self._next_grants()
        try:
            run = self._governed.start(request, grants)
            give_up = time.monotonic() + _RUN_LIMIT_S
            while time.monotonic() < give_up:
                status = self._governed.gateway.status(run)
                if status.finished:
                    self.ended[status.sub_status] += 1
                    return
                time.sleep(0.2)
            self._governed.gateway.stop(run)
            self.ended["given up"] += 1
        except GatewayError:
            self.ended["not reached"] += 1
            time.sleep(1.0)

    def _next_grants(self) -> tuple[Request, dict[str, Signed]]:
        """Use the same grants a few times, then have new ones signed."""
        if self._held is None or self._used >= _USES:
            request = self._governed.request(job=self._chance.choice(sorted(OUTCOMES)))
            request.max_rounds = self._chance.choice((1, 3, 8, 15))
            noise = NOISE if self._noised and self._chance.random() < 0.4 else {}
            self._held, self._used = (request, self._governed.grant_all(request, **noise)), 0
            for grant in self._held[1].values():
                self.granted[grant.document["id"]] = request.max_rounds
        self._used += 1
        return self._held

    def _measure(self) -> None:
        gone = time.monotonic() - self._begun
        for what in MEASURED:
            for pid in processes.find(self._governed.nodes[CALM], what)[:1]:
                if size := processes.rss_kb(pid):
                    self.memory[what].samples.append((gone, size))

    def _look(self) -> None:
        """Let everything come to rest, then compare the books of each node."""
        time.sleep(_NOTICED_S)
        try:
            for name, node in self._governed.nodes.items():
                wait_until(node.connected, limit_s=_BACK_S, what=f"the node of {name}")
                wait_until(
                    partial(_at_rest, node), limit_s=_BACK_S, what=f"the last receipt of {name}"
                )
        except TimeoutError as error:
            self.found.append(str(error))
        for name in self._governed.nodes:
            self.found += faults_of(self._governed, name, self.granted)
        self._tell(self.row())

    def _honest_run(self) -> None:
        """After all that, one more run is done by every node."""
        request = self._governed.request()
        grants = self._governed.grant_all(request)
        run = self._governed.start(request, grants)
        try:
            receipts = self._governed.receipts(run, limit_s=60)
        except TimeoutError as error:
            self.found.append(f"an honest run afterwards: {error}")
            return
        ends = {name: (r["outcome"], r["code"]) for name, r in receipts.items()}
        if set(ends.values()) != {("trained", "ok")}:
            self.found.append(f"an honest run afterwards ended so: {ends}")

    def _judge_memory(self, seconds: float) -> None:
        for what in FLAT:
            memory = self.memory[what]
            grown = memory.slope() * seconds / 3600
            if max(grown, memory.last - memory.first) > GROWTH_LIMIT_KB:
                self.found.append(f"the {what} grew from {memory.first} to {memory.last} kB")
        if (most := max(kb for _, kb in self.memory[processes.EXECUTOR].samples)) > EXECUTOR_KB:
            self.found.append(f"the executor took {most} kB")

    def row(self) -> str:
        """Say in one line how it stands."""
        nodes = self._governed.nodes
        messages = sum(len(receipts_of(node)) for node in nodes.values())
        homes = "/".join(f"{processes.size_of(n.home) / 1e6:.1f}" for n in nodes.values())
        memory = "  ".join(f"{what} {m.last / 1024:.1f}" for what, m in self.memory.items())
        return (
            f"{time.monotonic() - self._begun:6.0f} s  runs {sum(self.ended.values()):5}  receipts "
            f"{messages:6}  faults {sum(self.faults.struck.values()):5}  homes {homes} MB  "
            f"RSS {memory} MB  off: {len(self.found)}"
        )


def _at_rest(node: Node) -> bool:
    """Say whether no message is being worked on and every receipt is delivered."""
    return "0 not yet sent" in node.command("status").stdout and processes.at_rest(node)
