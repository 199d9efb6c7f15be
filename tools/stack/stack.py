"""One platform on one machine: its folder, its secrets, its parts."""

import time
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from tools.stack import files, leftovers, ports, table
from tools.stack.cluster import remove_outside
from tools.stack.errors import StackError
from tools.stack.ground import Ground, lay
from tools.stack.supervisor import Say, Supervisor, say_nothing


class Stack:
    """Starts the chosen parts on entry, stops all of them on exit. Main thread only.

    Args:
        var: where data, secrets and logs go; made if it is not there.
        parts: names out of ``table.NAMES``; all of them when None.
        web_port: must be free; any free port when None.
        nodes: communities whose node, set up under ``var/nodes/<community>``, is started too.
        database_url, redis_url: servers that are there already; the embedded ones stay off then.
        durable: False for data that is thrown away: faster, and nothing is left outside ``var``.
    """

    def __init__(
        self,
        var: Path,
        *,
        parts: Collection[str] | None = None,
        web_port: int | None = None,
        nodes: Sequence[str] = (),
        database_url: str = "",
        redis_url: str = "",
        durable: bool = True,
        say: Say = say_nothing,
        stop_requested: Callable[[], bool] = lambda: False,
    ) -> None:
        self.var = var.absolute()
        self._chosen = table.choose(parts, database_url=database_url, redis_url=redis_url)
        self._web_port = web_port
        self._nodes = tuple(nodes)
        self._urls = (database_url, redis_url)
        self._durable = durable
        self._say = say
        self._stop_requested = stop_requested
        self._lock: IO[str] | None = None
        self._ground: Ground | None = None
        self._supervisor: Supervisor | None = None
        self.cleared: list[str] = []

    @property
    def ground(self) -> Ground:
        if self._ground is None:
            raise StackError("The stack is not started.")
        return self._ground

    @property
    def env(self) -> dict[str, str]:
        """Return what a Django process of this platform needs in its environment."""
        return dict(self.ground.env)

    @property
    def urls(self) -> dict[str, str]:
        """Return where the parts that people look at are, of those that were started."""
        return {name: url for name, url in self.ground.urls.items() if name in self._chosen}

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start all parts and return when they are ready. On failure everything is stopped again.

        Raises:
            StackError: with the reason as a sentence.
        """
        if self._web_port is not None and "web" in self._chosen:
            ports.require_free(self._web_port, "--web-port (or PORT= with make)")
        files.make_folder(self.var, 0o711)
        files.require_writable(self.var)
        self._lock = leftovers.lock(self.var)
        try:
            self.cleared = leftovers.clear(self.var)
            files.make_folder(self.var / "log")
            self._ground = lay(self.var, self._chosen, self._web_port, self._urls, self._durable)
            self._write_notes()
            self._supervisor = Supervisor(
                self.var, say=self._say, stop_requested=self._stop_requested
            )
            self._supervisor.bring_up(table.rows(self.ground, self._chosen, self._nodes))
        except BaseException:
            self.stop()
            raise

    def start_node(self, *communities: str) -> None:
        """Start nodes that were set up since, side by side; wait until each is connected."""
        self.watched.bring_up([table.node(self.ground, name) for name in communities])

    @property
    def watched(self) -> Supervisor:
        if self._supervisor is None:
            raise StackError("The stack is not started.")
        return self._supervisor

    def serve(self) -> None:
        """Watch the parts until somebody asks to stop.

        Raises:
            PartFailed: a part ended by itself.
            StopRequested: as asked.
        """
        while True:
            self.watched.watch()
            time.sleep(0.2)

    def stop(self) -> None:
        """Stop what runs. Safe to call twice."""
        if self._supervisor is not None:
            self._supervisor.stop()
            self._supervisor = None
        if self._ground is not None:
            for name in ("env", "stack.json"):
                (self.var / name).unlink(missing_ok=True)
            if self._ground.cluster and not self._durable:
                remove_outside(self.var)
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _write_notes(self) -> None:
        """Leave ``stack.json`` and ``env`` for commands that are run by hand beside the stack."""
        files.write_private_json(self.var / "stack.json", self.ground.notes())
        lines = [f"{name}={value}\n" for name, value in sorted(self.ground.env.items())]
        files.write_private(self.var / "env", "".join(lines).encode())
