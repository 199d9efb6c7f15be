"""Measures where a message's time goes, for ``bench/dispatch.py``; off unless it is asked for."""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from federation.node.home import Home

SWITCH = "KINHOLD_NODE_TIMINGS"


class Stopwatch:
    """Seconds spent in each named phase of one message."""

    def __init__(self) -> None:
        self._started = time.time()
        self._seconds: dict[str, float] = {}

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        begun = time.perf_counter()
        try:
            yield
        finally:
            self._seconds[name] = self._seconds.get(name, 0.0) + time.perf_counter() - begun

    def write(self, home: Home, sequence: int, flower_run: int) -> None:
        """Append one line to ``log/timings.jsonl`` when the environment asks for it."""
        if os.environ.get(SWITCH) != "1":
            return
        line = {
            "sequence": sequence,
            "flower_run": flower_run,
            "started": self._started,
            "ended": time.time(),
            "phases": self._seconds,
        }
        with (home.log / "timings.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
