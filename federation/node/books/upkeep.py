"""Keeps what others can make a node write within bounds: its logs, its refusals, its disk.

Whoever controls SuperLink or the platform can send messages without end. Each gets an answer, a
receipt that is kept for good, and lines in a log; so refusals have a pace, logs are cut, and
the last room of a disk is not used. Rounds that are worked on need no pace: grants bound them.
"""

import logging
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from federation.node.home import Home

log = logging.getLogger(__name__)

REFUSALS_AT_ONCE = 300
REFUSAL_EVERY_S = 30.0
"""After that many refused messages, the next ones are taken at this pace: 3,000 in a day."""

LEAST_ROOM = 100 * 1_048_576
"""Bytes that must be free where the home folder is before another message is taken."""

MOST_LOG = 8 * 1_048_576
"""Bytes of one log file; a longer one loses its older half. ``job.log`` has a limit of its own."""


class Upkeep:
    """Asked by the node before it takes a message, and told of each one that it refused.

    Args:
        clock: seconds, never going back.
    """

    def __init__(self, home: Home, clock: Callable[[], float] = time.monotonic) -> None:
        self._home = home
        self._clock = clock
        self._left = float(REFUSALS_AT_ONCE)
        self._counted_at = clock()
        self._holding = ""

    def may_take(self) -> bool:
        """Say whether another message may be taken now; why not is logged once."""
        why = ""
        if self._refusals_left() < 1:
            why = (
                f"{REFUSALS_AT_ONCE} messages were refused in a short time; the next ones are "
                f"taken one each {REFUSAL_EVERY_S:.0f} s"
            )
        elif shutil.disk_usage(self._home.folder).free < LEAST_ROOM:
            why = (
                f"less than {LEAST_ROOM // 1_048_576} MB are free on the disk; no message is taken"
            )
        if why and why != self._holding:
            log.warning("%s", why)
        self._holding = why
        return not why

    def refused(self) -> None:
        """Count one refused message."""
        self._left = self._refusals_left() - 1

    def tidy(self) -> None:
        """Cut logs that became too long. Who writes to one goes on at its new end."""
        for path in (*self._home.log.glob("*.log"), *self._home.log.glob("*.jsonl")):
            if path.name != "job.log":
                _cut(path)

    def _refusals_left(self) -> float:
        now = self._clock()
        gained = (now - self._counted_at) / REFUSAL_EVERY_S
        self._left, self._counted_at = min(self._left + gained, REFUSALS_AT_ONCE), now
        return self._left


def _cut(path: Path) -> None:
    if path.is_symlink() or path.stat().st_size <= MOST_LOG:
        return
    with path.open("r+b") as file:
        file.seek(-MOST_LOG // 2, 2)
        rest = file.read()
        file.seek(0)
        file.truncate()
        file.write(b"(older lines were cut off)\n" + rest)
