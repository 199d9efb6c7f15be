"""Start parts in the order of their needs, watch them, stop them in the reverse order."""

import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from tools.stack import files, leftovers, processes
from tools.stack.errors import PartFailed, StopRequested
from tools.stack.parts import Part

TICK_S = 0.03
STOP_ALL_S = 8.0
STOP_ONE_S = 5.0


class State(StrEnum):
    WAITING = "waiting"
    PREPARING = "preparing"
    STARTING = "starting"
    READY = "ready"
    DONE = "done"
    STOPPED = "stopped"


UP = frozenset({State.READY, State.DONE})


@dataclass
class Run:
    """One part and how far it has come."""

    part: Part
    log: Path
    state: State = State.WAITING
    process: subprocess.Popen[bytes] | None = None
    work: Future[bool] | Future[None] | None = None
    since: float = 0.0
    signalled_at: float | None = None

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None


# What is told of a part: its name, its state, seconds since its start, and where it is.
Say = Callable[[Part, State, float], None]


def say_nothing(_part: Part, _state: State, _seconds: float) -> None:
    """Stand for an audience that does not want to know."""


class Supervisor:
    """Owns the child processes of one stack. Use it from the main thread only."""

    def __init__(
        self,
        var: Path,
        *,
        say: Say = say_nothing,
        stop_requested: Callable[[], bool] = lambda: False,
    ) -> None:
        self.var = var
        self.runs: dict[str, Run] = {}
        self._say = say
        self._stop_requested = stop_requested
        self._pool = ThreadPoolExecutor(max_workers=16, thread_name_prefix="stack")

    def bring_up(self, parts: Sequence[Part]) -> None:
        """Start ``parts`` and return when each of them is ready.

        Raises:
            PartFailed: one of them, or one started before, is not ready in time or has ended.
            StopRequested: somebody asked to stop meanwhile.
        """
        for part in parts:
            log = self.var / "log" / f"{part.name}.log"
            self.runs[part.name] = Run(part, log, since=time.monotonic())
        wanted = [self.runs[part.name] for part in parts]
        while not all(run.state in UP for run in wanted):
            self.watch()
            time.sleep(TICK_S)

    def watch(self) -> None:
        """Take every part one step further, if it can go; raises as ``bring_up`` does."""
        if self._stop_requested():
            raise StopRequested
        for run in self.runs.values():
            STEPS[run.state](self, run)

    def _tell(self, run: Run, state: State) -> None:
        run.state = state
        self._say(run.part, state, time.monotonic() - run.since)

    def _wait_for_others(self, run: Run) -> None:
        needed = [self.runs[name] for name in run.part.after if name in self.runs]
        if all(other.state in UP for other in needed):
            run.since = time.monotonic()
            run.work = self._pool.submit(run.part.prepare)
            run.state = State.PREPARING

    def _await_preparation(self, run: Run) -> None:
        if run.work is None or not run.work.done():
            return
        run.work.result()
        run.work = None
        self._launch(run)
        self._tell(run, State.STARTING)

    def _launch(self, run: Run) -> None:
        part = run.part
        with run.log.open("ab") as log:
            run.process = processes.start(
                part.command,
                env=part.env,
                log=log,
                cwd=part.cwd,
                account=part.account,
                death_signal=part.death_signal or part.stop_signal,
            )
        self._note_marks()

    def _note_marks(self) -> None:
        children = [
            (name, run.process.pid, run.part.stop_signal)
            for name, run in self.runs.items()
            if run.process is not None and run.alive
        ]
        leftovers.note(self.var, children)

    def _await_readiness(self, run: Run) -> None:
        if run.process is None:
            return
        code = run.process.poll()
        if code is not None:
            if run.part.once and code == 0:
                self._tell(run, State.DONE)
                return
            raise PartFailed(failure(run, f"did not start: it {ending(code)}"))
        if time.monotonic() - run.since > run.part.patience_s:
            raise PartFailed(failure(run, f"was not ready after {run.part.patience_s:.0f} s"))
        if not run.part.once:
            self._ask(run)

    def _ask(self, run: Run) -> None:
        if run.work is None:
            run.work = self._pool.submit(run.part.ready)
        elif run.work.done():
            ready = run.work.result()
            run.work = None
            if ready:
                self._tell(run, State.READY)

    def _check_alive(self, run: Run) -> None:
        if run.process is not None and (code := run.process.poll()) is not None:
            raise PartFailed(failure(run, f"{ending(code)} while it was needed"))

    def _leave(self, _run: Run) -> None:
        """Nothing is to be done for a part that has finished its work."""

    def stop(self) -> None:
        """Stop everything, dependants first, within ``STOP_ALL_S`` and a moment for the kernel."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        until = time.monotonic() + STOP_ALL_S
        while living := [run for run in self.runs.values() if run.alive]:
            out_of_time = time.monotonic() > until
            for run in living:
                if out_of_time or not _needed(run, living):
                    _press(run, out_of_time=out_of_time)
            time.sleep(TICK_S)
            for run in living:
                self._note_end(run)
        leftovers.forget(self.var)

    def _note_end(self, run: Run) -> None:
        if not run.alive and run.process is not None:
            # Helpers of its own that it did not take along.
            processes.stop_group(run.process.pid)
            self._tell(run, State.STOPPED)


STEPS: Mapping[State, Callable[[Supervisor, Run], None]] = {
    State.WAITING: Supervisor._wait_for_others,
    State.PREPARING: Supervisor._await_preparation,
    State.STARTING: Supervisor._await_readiness,
    State.READY: Supervisor._check_alive,
    State.DONE: Supervisor._leave,
    State.STOPPED: Supervisor._leave,
}


def _needed(run: Run, living: Sequence[Run]) -> bool:
    return any(run.part.name in other.part.after for other in living)


def _press(run: Run, *, out_of_time: bool) -> None:
    """Ask a process to end; when it had its time, end it."""
    if run.process is None:
        return
    if run.signalled_at is None:
        run.signalled_at = time.monotonic()
        with suppress(ProcessLookupError):
            run.process.send_signal(run.part.stop_signal)
    elif out_of_time or time.monotonic() - run.signalled_at > STOP_ONE_S:
        processes.stop_group(run.process.pid)


def ending(code: int) -> str:
    if code >= 0:
        return f"ended with exit code {code}"
    return f"was ended by {signal.Signals(-code).name}"


def failure(run: Run, what: str) -> str:
    """Return the sentence for a part that failed, with the end of its log and the log's place."""
    lines = files.last_lines(run.log)
    tail = "".join(f"\n    {line}" for line in lines) or "\n    (the log is empty)"
    return f"{run.part.name} {what}. The end of its log, {run.log}:{tail}"
