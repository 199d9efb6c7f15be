"""Waits for runs at SuperLink and gives each a process forked from a warm one.

Forking after the imports is what makes a run start in milliseconds instead of seconds.
"""

import ctypes
import json
import logging
import os
import signal
import time
from types import FrameType

import httpx
from flwr.proto.runtime_pb2 import AcquireTaskRequest
from flwr.supercore.constant import TaskType
from flwr.supercore.interceptors import RuntimeVersionHttpInterceptor, SuperExecAuthHttpInterceptor
from flwr.supercore.runtime import RuntimeHttpClient

from federation.aggregator.one_run import run_task
from federation.aggregator.outbox import Outbox
from federation.aggregator.settings import Settings

log = logging.getLogger(__name__)

_MOST_RUNS = 4
_RESEND_EVERY_S = 10.0
_HEARTBEAT_EVERY_S = 1.0
_RETRY_AFTER_S = 1.0
_PR_SET_PDEATHSIG = 1


class Aggregator:
    """The warm parent. Single-threaded, so that forking it is safe."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._runs: set[int] = set()
        self._postman: int | None = None
        self._next_resend = 0.0
        self._next_heartbeat = 0.0
        self._stopping = False
        for folder in ("work", "outbox"):
            (settings.home / folder).mkdir(parents=True, exist_ok=True, mode=0o700)

    def run(self) -> None:
        """Work until SIGTERM or SIGINT; then stop the runs that are still going."""
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        client = self._client()
        while not self._stopping:
            self._reap()
            self._resend()
            wait = self._settings.poll_s
            if len(self._runs) < _MOST_RUNS:
                wait = self._look(client)
            if not self._stopping:
                time.sleep(wait)
        for child in self._runs:
            os.kill(child, signal.SIGTERM)

    def _look(self, client: RuntimeHttpClient) -> float:
        """Ask for one task and start it; return how long to wait before the next look."""
        request = AcquireTaskRequest(supported_task_types=[TaskType.SERVER_APP])
        try:
            answer = client.AcquireTask(request)
        except httpx.HTTPError as error:
            log.warning("SuperLink does not answer: %s", error)
            return _RETRY_AFTER_S
        self._heartbeat()
        if answer.HasField("task") and answer.token:
            self._runs.add(self._fork_run(answer.token))
            return 0.0
        return self._settings.poll_s

    def _fork_run(self, token: str) -> int:
        child = os.fork()
        if child:
            return child
        status = 1
        try:
            _leave_with_parent()
            # As Flower's runner does: a stopped run ends by an exception in its main thread.
            signal.signal(signal.SIGTERM, signal.default_int_handler)
            signal.signal(signal.SIGINT, signal.default_int_handler)
            run_task(self._settings, token)
            status = 0
        except (httpx.HTTPError, OSError, KeyboardInterrupt) as error:
            log.error("a run ended early: %s", error or type(error).__name__)
        finally:
            os._exit(status)

    def _resend(self) -> None:
        """Let a child try again to deliver results; the parent must not wait for the web."""
        outbox = Outbox(self._settings.home / "outbox", self._settings.platform, "")
        if self._postman is not None or time.monotonic() < self._next_resend:
            return
        self._next_resend = time.monotonic() + _RESEND_EVERY_S
        if self._runs or not outbox.waiting():
            return  # a run that just ended posts its own result
        child = os.fork()
        if child:
            self._postman = child
            return
        try:
            _leave_with_parent()
            settings = self._settings
            outbox = Outbox(settings.home / "outbox", settings.platform, settings.token)
            for path in outbox.waiting():
                outbox.post(path)
        finally:
            os._exit(0)

    def _reap(self) -> None:
        while self._runs or self._postman is not None:
            try:
                child, _ = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if child == 0:
                return
            self._runs.discard(child)
            if child == self._postman:
                self._postman = None

    def _heartbeat(self) -> None:
        if time.monotonic() < self._next_heartbeat:
            return
        self._next_heartbeat = time.monotonic() + _HEARTBEAT_EVERY_S
        draft = self._settings.home / "ready.tmp"
        draft.write_text(json.dumps({"pid": os.getpid(), "at": time.time()}))
        draft.replace(self._settings.home / "ready")

    def _stop(self, _signal: int, _frame: FrameType | None) -> None:
        self._stopping = True

    def _client(self) -> RuntimeHttpClient:
        return RuntimeHttpClient.from_server_address(
            server_address=self._settings.runtime_address,
            insecure=False,
            root_certificates=self._settings.superlink_ca,
            interceptors=[
                RuntimeVersionHttpInterceptor(component_name="SuperExec"),
                SuperExecAuthHttpInterceptor(
                    master_secret=self._settings.superexec_secret,
                    protected_methods=frozenset({"/flwr.proto.Runtime/AcquireTask"}),
                ),
            ],
        )


def _leave_with_parent() -> None:
    """Ask Linux to end this child when the parent dies, however it dies."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
