"""Starts a job through the launcher, watches it, and takes its reply or kills it."""

import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from federation.catalogue.registry import JOBS
from federation.node.data.columns import seal
from federation.node.errors import JobFailed, NodeError
from federation.node.walls.launcher import FAILED, OK, Request, Setting

_TICK_MS = 100
_START_S = 30.0
_ANSWER_S = 10.0
_MESSAGE_LIMIT = 65_536
_KEPT = ("PATH", "LANG", "LC_ALL", "TZ", "PYTHONPATH", "VIRTUAL_ENV")


class Launcher:
    """The warm process that jobs are forked from, seen from the node.

    Its memory and environment hold nothing that a job may not have.

    Attributes:
        user: whom jobs run as; None is the node's own user.
    """

    def __init__(self, errors: Path, setting: Setting | None = None) -> None:
        setting = setting or Setting()
        self.user = setting.user
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
        environment |= {"FLWR_TELEMETRY_ENABLED": "0", "FLWR_DISABLE_UPDATE_CHECK": "1"}
        packages = [job.package for job in JOBS.values()]
        words = [str(theirs.fileno()), setting.text(), *packages]
        with errors.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "federation.node.walls.launcher", *words],
                env=environment,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        theirs.close()
        self.channel = ours

    def wait_ready(self) -> None:
        """Wait until its imports are done.

        Raises:
            NodeError: it did not start.
        """
        if self._receive(_START_S) != {"ready": True}:
            raise NodeError("The process that starts jobs did not come up; see log/node.log.")

    def alive(self) -> bool:
        return self.process.poll() is None

    def start(self, request: Request, files: list[int]) -> int:
        """Start one job; return its warden's process id, which is also a process group.

        Args:
            files: the job's input, its data, and the pipe for its reply.
        Raises:
            JobFailed: the launcher did not start it.
        """
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
        try:
            output = os.open(request.errors, flags, 0o600)
            try:
                socket.send_fds(self.channel, [request.text()], [*files, output])
            finally:
                os.close(output)
        except OSError as error:
            raise JobFailed("job-failed", "The job could not be started.") from error
        answer = self._receive(_ANSWER_S)
        if "pid" not in answer:
            self.quiet()
            raise JobFailed("job-failed", "The job could not be started.")
        return answer["pid"]

    def status(self) -> int | None:
        """Wait for the end of the job that was started: its exit status, if it is told."""
        return self._receive(_ANSWER_S).get("status")

    def quiet(self) -> None:
        """Kill whatever job still runs, after the guard that watched it died."""
        try:
            self.channel.send(b"kill")
        except OSError:
            return
        while self._receive(_ANSWER_S) not in ({"idle": True}, {}):
            continue

    def close(self) -> None:
        self.channel.close()
        try:
            self.process.wait(timeout=3)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _receive(self, limit_s: float) -> dict[str, int]:
        """Take one message; empty when the launcher died or stayed silent."""
        self.channel.settimeout(limit_s)
        try:
            text = self.channel.recv(_MESSAGE_LIMIT)
        except OSError:
            return {}
        return dict(json.loads(text)) if text else {}


def run_job(
    launcher: Launcher,
    request: Request,
    *,
    job_input: bytes,
    data: int,
    most: int,
    look: Callable[[float], None],
) -> bytes:
    """Run one job to its end and return the records it replied with, unchecked.

    Args:
        data: descriptor of the columns; closed here.
        most: bytes of reply that are read; one more fails.
        look: called every tenth of a second with the seconds gone; raises JobStopped.
    Raises:
        JobStopped: ``look`` said so; every process of the job is dead by then.
        JobFailed: it ended without a reply, or with too long a one.
    """
    given = os.memfd_create("kinhold-input", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    reader, writer = os.pipe()
    try:
        with open(given, "wb", closefd=False) as sink:
            sink.write(job_input)
        seal(given)
        try:
            child = launcher.start(request, [given, data, writer])
        finally:
            for descriptor in (given, data, writer):
                os.close(descriptor)
        try:
            answer = _collect(reader, most, look)
        except BaseException:
            _kill(child)
            raise
        finally:
            status = launcher.status()
    finally:
        os.close(reader)
    return _records(answer, status, vetted=not request.folder)


def _collect(reader: int, most: int, look: Callable[[float], None]) -> bytes:
    begun = time.monotonic()
    answer = bytearray()
    poll = select.poll()
    poll.register(reader, select.POLLIN)
    while True:
        ready = poll.poll(_TICK_MS)
        look(time.monotonic() - begun)
        if not ready:
            continue
        chunk = os.read(reader, 1 << 20)
        if not chunk:
            return bytes(answer)
        answer += chunk
        if len(answer) > most:
            raise JobFailed("bad-reply", f"The job's reply is longer than {most} bytes.")


def _records(answer: bytes, status: int | None, *, vetted: bool) -> bytes:
    """Take the records out of an answer.

    Raises:
        JobFailed: there are none. Of code that nobody vetted it tells nothing that the code can
            choose: the name of an error that it makes up would leave the node as text.
    """
    if answer[:1] == OK:
        return answer[1:]
    if answer[:1] == FAILED:
        kind = "".join(c for c in answer[1:].decode("ascii", "replace") if c.isalnum() or c == "_")
        raise JobFailed(
            "job-failed",
            f"The job ended with {kind if vetted else 'an error'}; see the node's log/job.log.",
        )
    if status is not None and status < 0:
        told = vetted or -status == signal.SIGKILL
        name = signal.Signals(-status).name if told else "a signal"
        raise JobFailed("job-failed", f"The job was ended by {name}, perhaps at a limit.")
    raise JobFailed("job-failed", "The job ended without a reply; see the node's log/job.log.")


def _kill(group: int) -> None:
    """End a job at once, with every process it started."""
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return
