"""Lets one ``kinhold-node run`` at a time work with a node's folder."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from federation.node.errors import NodeError
from federation.node.home import Home

_WAIT_S = 5.0
"""A guard whose node was killed ends within two seconds; until then the folder is still its.
Where the node itself lives nothing is waited for."""


@contextmanager
def only_one(home: Home) -> Iterator[None]:
    """Hold the folder for this process and those it forks; the kernel lets go when they end.

    Raises:
        NodeError: another node works with it, or it cannot be locked.
    """
    try:
        home.run.mkdir(mode=0o700, exist_ok=True)
        descriptor = os.open(_path(home), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise NodeError(f"Cannot write to {home.run}: {error.strerror}.") from None
    try:
        _take(descriptor, home)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, b"%d\n" % os.getpid(), 0)
        yield
    finally:
        os.close(descriptor)


def holder_of(home: Home) -> int | None:
    """Give the process that works with the folder, 0 if it cannot be told; None if none does."""
    try:
        descriptor = os.open(_path(home), os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        text = os.pread(descriptor, 32, 0).strip()
        return int(text) if text.isdigit() else 0
    finally:
        os.close(descriptor)
    return None


def _take(descriptor: int, home: Home) -> None:
    give_up = time.monotonic() + _WAIT_S
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            who = holder_of(home)
            if _lives(who) or time.monotonic() >= give_up:
                process = f" as process {who}" if who else ""
                raise NodeError(
                    f"A node works with {home.folder} already{process}. "
                    "Only one may, or rounds would be counted twice."
                ) from None
        except OSError as error:
            raise NodeError(f"{_path(home)} cannot be locked: {error.strerror}.") from None
        time.sleep(0.1)


def _lives(pid: int | None) -> bool:
    try:
        os.kill(pid or 0, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # another user's
        return True
    return bool(pid)


def _path(home: Home) -> "os.PathLike[str]":
    return home.run / "lock"
