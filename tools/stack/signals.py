"""Ctrl-C and its relatives as a question that the main loop asks, not as an exception anywhere."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

ASKING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def stop_flag() -> Iterator[Callable[[], bool]]:
    """Yield a function that says whether somebody has asked this process to stop.

    An exception in the middle of a start could lose a child; a second Ctrl-C during the orderly
    stop, which is short, is not needed and does nothing.
    """
    asked = threading.Event()
    before = {number: signal.getsignal(number) for number in ASKING}
    for number in ASKING:
        signal.signal(number, lambda _number, _frame: asked.set())
    try:
        yield asked.is_set
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
