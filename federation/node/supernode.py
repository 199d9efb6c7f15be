"""Runs Flower's SuperNode without its idle seconds.

Flower's SuperNode sleeps three seconds between two looks for a message and half a second
between two looks for the reply; there are no flags for it. This starts the very same
``flower-supernode`` with shorter sleeps, and has it tap the executor on the shoulder when a
message is there. If Flower's inside is no longer as expected, it says so and runs as it is.

Started by ``kinhold-node run`` only; the arguments are those of ``flower-supernode``.
"""

import io
import logging
import os
import resource
import signal
import sys
import threading
import time as real_time
import zipfile
from collections.abc import Callable, Mapping
from functools import partial
from types import ModuleType
from typing import Any

from federation.node.walls import confine

WAKE = "KINHOLD_WAKE_FD"
"""Environment variable with the number of an open pipe to the executor."""

MESSAGE_WAITS, SUPERLINK_ANSWERED = b"m", b"s"

_MOST_SETTINGS = 65_536  # bytes of a bundle's pyproject.toml
_MOST_BUNDLE = 64 * 1_048_576
_MOST_MESSAGE = 64 * 1_048_576
_MOST_OBJECTS = 10_000  # parts that a message is sent in
_MOST_MEMORY = 3 << 30
_REPLACED = ("time", "pull_objects", "get_fused_config_from_fab")
_IGNORED = "RunNotRunningException"
"""Names in Flower's module: what stands in for them, and what passes over a message."""
_IDLE_S = 3
_BUSY_SLEEP_S = 0.02
_QUIET_SLEEP_S = 0.5
_LIVELY_SLEEP_S = 0.05
_LIVELY_FOR_S = 30.0

log = logging.getLogger(__name__)


class QuickTime:
    """Stands in for the module ``time`` inside one module of Flower's."""

    def __init__(self, wake: int | None) -> None:
        self._wake = wake
        self._last_message = -_LIVELY_FOR_S

    def __getattr__(self, name: str) -> Any:
        return getattr(real_time, name)

    def sleep(self, seconds: float) -> None:
        """Sleep, but not for long; tell the executor what this sleep means."""
        now = real_time.monotonic()
        if seconds >= _IDLE_S:  # SuperLink was asked and had no message
            self._tell(SUPERLINK_ANSWERED)
            lively = now - self._last_message < _LIVELY_FOR_S
            real_time.sleep(_LIVELY_SLEEP_S if lively else _QUIET_SLEEP_S)
        else:  # a message is here and its reply is not
            self._last_message = now
            self._tell(MESSAGE_WAITS)
            real_time.sleep(min(seconds, _BUSY_SLEEP_S))

    def _tell(self, what: bytes) -> None:
        if self._wake is None:
            return
        try:
            os.write(self._wake, what)
        except OSError:  # a full pipe has been told already; a closed one will not listen
            return


def bounded(pull: Callable[..., Any]) -> Callable[..., Any]:
    """Break off a message that is too large; Flower says so in its log and goes on without it."""

    def pulled(object_ids: list[str], pull_object_fn: Callable[[str], bytes], **how: Any) -> Any:
        if len(object_ids) > _MOST_OBJECTS:
            raise ValueError(f"the message comes in more than {_MOST_OBJECTS} parts")
        lock, taken = threading.Lock(), 0

        def one(object_id: str) -> bytes:
            nonlocal taken
            content = pull_object_fn(object_id)
            with lock:
                taken += len(content)
                if taken > _MOST_MESSAGE:
                    raise ValueError(f"the message is larger than {_MOST_MESSAGE} bytes")
            return content

        return pull(object_ids, pull_object_fn=one, **how)

    return pulled


def tolerant(fuse: Callable[..., Any], ignored: type[Exception] = ValueError) -> Callable[..., Any]:
    """Let a bundle that cannot be read reach the checks, which refuse it with a receipt.

    Left alone, Flower's SuperNode dies of a damaged bundle or an unknown key in the run
    configuration, and whoever controls SuperLink could keep a node down that way.

    Args:
        ignored: what makes Flower pass over the message; raised for a bundle that is too large.
    """

    def fused(fab: bytes, run: Any) -> Mapping[str, Any]:
        if len(fab) > _MOST_BUNDLE:
            log.warning("the bundle is larger than %s bytes; the message is ignored", _MOST_BUNDLE)
            raise ignored
        if not _settings_are_small(fab):
            log.warning("the bundle's own configuration is too large to be read")
            return dict(run.override_config)
        try:
            result: Mapping[str, Any] = fuse(fab, run)
        except Exception as error:
            log.warning("the bundle's own configuration cannot be read: %s", error, exc_info=True)
            return dict(run.override_config)
        return result

    return fused


def _settings_are_small(fab: bytes) -> bool:
    """Say whether Flower may read the bundle's settings, which it does without any limit.

    A few megabytes can unpack to gigabytes. An entry may lie about its size, but no more is
    unpacked than its packed size, at most a thousandfold. Other faults are for Flower to find.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(fab)) as archive:
            entry = archive.getinfo("pyproject.toml")
            return max(entry.file_size, entry.compress_size) <= _MOST_SETTINGS
    except (zipfile.BadZipFile, KeyError):
        return True


def quicken(module: ModuleType, wake: int | None) -> list[str]:
    """Put the shorter sleeps in; return the names that were not found where expected."""
    missing = [name for name in (*_REPLACED, _IGNORED) if not hasattr(module, name)]
    if not missing:
        module.time = QuickTime(wake)  # type: ignore[attr-defined]  # checked just above
        module.pull_objects = partial(  # type: ignore[attr-defined]  # the same
            bounded(module.pull_objects), initial_backoff=0.02, backoff_cap=0.5
        )
        module.get_fused_config_from_fab = tolerant(  # type: ignore[attr-defined]  # the same
            module.get_fused_config_from_fab, getattr(module, _IGNORED)
        )
    return missing


def main() -> None:
    from flwr.supernode import start_client_internal
    from flwr.supernode.cli.flower_supernode import flower_supernode

    confine.die_with_parent(signal.SIGTERM)
    # The last bound on what SuperLink can make Flower take in; the node starts it afresh.
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
    number = os.environ.pop(WAKE, "")
    missing = quicken(start_client_internal, int(number) if number else None)
    if missing:
        log.warning("Flower has changed (%s); it runs at its own speed", ", ".join(missing))
    sys.argv[0] = "flower-supernode"
    flower_supernode()


if __name__ == "__main__":
    main()
