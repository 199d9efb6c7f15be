"""Things that go wrong with a node and its links, struck at random and put right again."""

import os
import signal
import threading
from collections import Counter
from random import Random

from tests.hostile import processes
from tests.hostile.flower_parts import wait_until
from tests.hostile.governed import Governed, Node

CALM = "hill"
"""The node of which no process is ever killed: its memory is the one that is measured."""

KILLS = (processes.EXECUTOR, processes.GUARD, processes.LAUNCHER, processes.SUPERNODE)
CUTS = ("platform away", "platform silent", "SuperLink silent")
SLOW = processes.SUPERNODE
"""SuperLink lets a SuperNode that was killed in again only once it has missed its heartbeat."""


class Faults:
    """Strikes in a thread of its own until it is ended; ``quiet`` keeps it still for a while.

    Args:
        every_s: shortest and longest time between two faults.
        lasting_s: shortest and longest time that a link is cut.
        spared: what is never killed.
    """

    def __init__(
        self,
        governed: Governed,
        chance: Random,
        *,
        every_s: tuple[float, float],
        lasting_s: tuple[float, float],
        spared: str = "",
    ) -> None:
        often = [what for what in (*KILLS, *CUTS) if what not in (spared, SLOW)]
        self._kinds = often * 3 + [SLOW] * (spared != SLOW)
        self._governed, self._chance = governed, chance
        self._every_s, self._lasting_s = every_s, lasting_s
        self._over = threading.Event()
        self.quiet = threading.Lock()
        self.struck: Counter[str] = Counter()
        self.trouble = ""
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def end(self) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._over.wait(self._chance.uniform(*self._every_s)):
            with self.quiet:
                try:
                    self._strike()
                except TimeoutError as error:
                    self.trouble = str(error)
                    return

    def _strike(self) -> None:
        what = self._chance.choice(self._kinds)
        if what in KILLS:
            others = [node for name, node in self._governed.nodes.items() if name != CALM]
            self._kill(self._chance.choice(others), what)
            return
        self.struck[what] += 1
        lasting = self._chance.uniform(*self._lasting_s)
        link, platform = self._governed.link.process.child, self._governed.platform
        assert link is not None
        try:
            if what == "SuperLink silent":
                os.kill(link.pid, signal.SIGSTOP)
            platform.down = what == "platform away"
            platform.silent = what == "platform silent"
            self._over.wait(lasting)
        finally:
            platform.down = platform.silent = False
            os.kill(link.pid, signal.SIGCONT)

    def _kill(self, node: Node, what: str) -> None:
        found = processes.find(node, what)
        if not found:
            return
        self.struck[f"{what} killed"] += 1
        # Of the executor's forks the guard is the one that matters; it may be either.
        os.kill(self._chance.choice(found), signal.SIGKILL)
        if what == processes.EXECUTOR:
            assert node.process.child is not None
            node.process.child.wait()
            node.process.start()
            wait_until(node.connected, limit_s=90, what=f"the node of {node.community.name}")
