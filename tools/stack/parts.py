"""What a part of the stack is."""

import signal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.stack.account import Account

ROOT = Path(__file__).resolve().parents[2]


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
        death_signal: what it gets when we are killed ourselves; the stop signal when None.
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
    death_signal: signal.Signals | None = None
    patience_s: float = 30.0
    account: Account | None = None
    cwd: Path = ROOT
    detail: str = ""
