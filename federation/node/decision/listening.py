"""Asks the platform for stops while a job runs, in a process of its own.

The platform decides how long an answer takes and how much work reading it is. None of that may
come between the operator's switch and the job, so the guard only looks whether this process
has found something.
"""

import contextlib
import json
import logging
import os
import select
import signal
import time
from typing import NoReturn, Protocol, Self

from consent.grants.errors import StaleNotices
from federation.node.errors import JobStopped
from federation.node.walls import confine

log = logging.getLogger(__name__)

_EVERY_S = 0.5


class Source(Protocol):
    """What asks the platform, and knows how to do so on connections of its own."""

    def anew(self) -> Self: ...
    def fetch(self) -> None: ...


class Listener:
    """The process, seen from the guard. Killed by ``close``, and when the guard dies."""

    def __init__(self, source: Source) -> None:
        self._reader, writer = os.pipe()
        self._child = os.fork()
        if self._child == 0:
            os.close(self._reader)
            _listen(source, writer)
        os.close(writer)

    def require_nothing(self) -> None:
        """Look whether it found a reason to end the job.

        Raises:
            JobStopped: it did; or it ended, and nobody listens for stops any more.
        """
        if not select.select([self._reader], [], [], 0)[0]:
            return
        told = os.read(self._reader, select.PIPE_BUF)
        if not told:
            raise JobStopped(StaleNotices.code, "The newest stops could not be looked at.")
        raise JobStopped(**json.loads(told))

    def close(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._child, signal.SIGKILL)
        os.waitpid(self._child, 0)
        os.close(self._reader)


def _listen(source: Source, writer: int) -> NoReturn:
    """Fetch until there is a stop. Never returns."""
    try:
        confine.die_with_parent()
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        own = source.anew()
        while True:
            own.fetch()
            time.sleep(_EVERY_S)
    except JobStopped as stop:
        os.write(writer, json.dumps({"code": stop.code, "reason": str(stop)[:2000]}).encode())
    except Exception:
        log.exception("the newest stops could not be looked at")
    finally:
        os._exit(0)
