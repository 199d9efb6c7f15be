"""Prints what happens, as it happens, with the time each step took."""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import TypeVar

Item = TypeVar("Item")
Outcome = TypeVar("Outcome")


def _nobody() -> None:
    """Watch nothing, as long as nobody said what to watch."""


# Called while the demo waits: raises when somebody asked to stop, or a part of the stack ended.
_watch: Callable[[], None] = _nobody


def watch_with(watch: Callable[[], None]) -> None:
    """Let ``watch`` be called every now and then, always from the main thread."""
    global _watch
    _watch = watch


@contextmanager
def step(text: str) -> Iterator[None]:
    """Print ``text`` when the step is done, with its seconds; on failure say where it broke."""
    began = time.monotonic()
    try:
        yield
    except BaseException:
        sys.stdout.write(f"  {'':>7}  broke off: {text}\n")
        raise
    sys.stdout.write(f"  {time.monotonic() - began:6.1f}s  {text}\n")
    sys.stdout.flush()


def title(text: str) -> None:
    sys.stdout.write(f"\n{text}\n")
    sys.stdout.flush()


def at_once(do: Callable[[Item], Outcome], items: Sequence[Item]) -> list[Outcome]:
    """Do the same for several communities side by side; the first error is raised."""
    with ThreadPoolExecutor(max_workers=max(1, len(items))) as pool:
        doing = [pool.submit(do, item) for item in items]
        while wait(doing, timeout=0.2).not_done:
            _watch()
        return [done.result() for done in doing]


def wait_for(what: str, seen: Callable[[], Outcome | None], *, seconds: float) -> Outcome:
    """Ask ``seen`` until it gives something; TimeoutError names what was waited for."""
    until = time.monotonic() + seconds
    while True:
        if (outcome := seen()) is not None:
            return outcome
        if time.monotonic() > until:
            raise TimeoutError(f"{what}: nothing after {seconds:.0f} s")
        _watch()
        time.sleep(0.1)
