"""One worker in a process of its own that may be killed on the way:
``python -m tests.federation.worker_process SOCKET RUN_ID WHEN``.

Flower is the test's own MemoryGateway, reached through SOCKET, so that several processes see one.
"""

import os
import sys
from multiprocessing.managers import BaseManager

from federation.gateway.base import ConfigValue, RunStatus
from federation.gateway.memory import MemoryGateway

KEY = b"for this test only"
KILLED = 9


class Line(BaseManager):
    """The line between the processes."""


Line.register("gateway")


class Killed(MemoryGateway):
    """A gateway that kills its process, as the kernel would: nothing is cleaned up."""

    def __init__(self, real: MemoryGateway, when: str) -> None:
        super().__init__()
        self.real = real
        self.when = when

    def nodes(self) -> list:  # type: ignore[type-arg]  # as the real one
        self._die("before it is taken up")
        return self.real.nodes()

    def register_node(self, supernode_key: str, name: str) -> int:
        return self.real.register_node(supernode_key, name)

    def status(self, flower_run: int) -> RunStatus:
        return self.real.status(flower_run)

    def stop(self, flower_run: int) -> None:
        self.real.stop(flower_run)

    def find_run(self, kinhold_run: str) -> int | None:
        self._die("when it is taken up")
        return self.real.find_run(kinhold_run)

    def start(self, fab: bytes, config: dict[str, ConfigValue]) -> int:  # type: ignore[override]  # a dict is a Mapping
        self._die("before the start")
        started = self.real.start(fab, config)
        self._die("after the start")
        return started

    def _die(self, when: str) -> None:
        if self.when == when:
            os._exit(KILLED)


def main(socket: str, run_id: str, when: str) -> None:
    import django

    django.setup()
    from federation.actions import runs

    line = Line(address=socket, authkey=KEY)
    line.connect()
    gateway = Killed(line.gateway(), when)  # type: ignore[attr-defined]  # registered above
    runs.dispatch(int(run_id), gateway=gateway)
    if when == "at the end":
        os._exit(KILLED)


if __name__ == "__main__":
    main(*sys.argv[1:])
