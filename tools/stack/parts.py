"""What a part of the stack is."""

import signal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tools.stack.account import Account


def nothing() -> None:
    """Stand for "no preparation"."""


@dataclass(frozen=True)
class Part:
    """One row of the table of processes.

    Attributes:
        after: the parts that must be ready before this one is started.
        prepare: work before the start, done in a helper thread.
        ready: asked again and again, in a helper thread, until it says yes; not for ``once`` parts.
        once: the process does its work and ends with exit code 0; that is its readiness.
        stop_signal: asks for a quick, clean end.
        patience_s: how long it may take until it is ready.
    """

    name: str
    command: Sequence[str]
    env: Mapping[str, str]
    ready: Callable[[], bool] = lambda: True
    after: tuple[str, ...] = ()
    prepare: Callable[[], None] = nothing
    once: bool = False
    stop_signal: signal.Signals = signal.SIGTERM
    patience_s: float = 30.0
    account: Account | None = None
    cwd: Path = field(default_factory=Path.cwd)
    detail: str = ""
