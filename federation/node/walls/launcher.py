"""Forks jobs from a process that is warm and clean.

Started by ``kinhold-node run`` with an environment of its own and one socket. It imports the
job's libraries once and never sees a key, a token, a dataset's path or the platform, so a
forked job cannot find any of them in its memory.

One job at a time. On the socket (SOCK_SEQPACKET) come requests, each a JSON object with four
open files: the job's input, its data, the pipe for its reply, and what takes its prints.
"""

import contextlib
import gc
import json
import os
import select
import signal
import socket
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from federation.node.walls import census, confine, flower_job, landlock, spaces
from federation.node.walls.job_user import JobUser

_MESSAGE_LIMIT = 65_536
_ORPHANS_S = 5.0
_LOOK_MS = 250
_MUCH_MB = 64
_WARDENS = 2  # of the processes counted, those that are ours
_KEPT = ("PATH", "LANG", "LC_ALL", "TZ")

OK, FAILED = b"K", b"E"
"""First byte of what a job writes: records follow, or the name of what went wrong."""


@dataclass(frozen=True)
class Request:
    """What the guard asks for.

    Attributes:
        reference: ``module:attribute`` of the ClientApp.
        folder: where its unpacked bundle lies; "" for installed code.
        home: the job's private temporary folder, the only place it may write to.
        errors: file that takes what the job prints; it never leaves the node.
        memory_mb: address space of one process, and memory of all of them together.
        processes: most processes and threads.
    """

    reference: str
    folder: str
    home: str
    errors: str
    seconds: int
    memory_mb: int
    writable: tuple[str, ...]
    processes: int = 64

    @classmethod
    def read(cls, text: bytes) -> "Request":
        fields: dict[str, Any] = json.loads(text)
        fields["writable"] = tuple(fields["writable"])
        return cls(**fields)

    def text(self) -> bytes:
        return json.dumps(vars(self)).encode()


@dataclass(frozen=True)
class Setting:
    """What is the same for all jobs of a launcher.

    Attributes:
        user: whom jobs run as; None is the node's own user.
        folders: where jobs and their folders lie, so that this user can be given a way there.
        disk_held: whether a job's folder has an end of its own, so that nobody need look.
    """

    user: JobUser | None = None
    folders: tuple[str, ...] = ()
    disk_held: bool = False

    @classmethod
    def read(cls, text: str) -> "Setting":
        fields: dict[str, Any] = json.loads(text)
        user = JobUser(**fields["user"]) if fields["user"] else None
        return cls(user, tuple(fields["folders"]), bool(fields["disk_held"]))

    def text(self) -> str:
        user = vars(self.user) if self.user else None
        return json.dumps(vars(self) | {"user": user})


def main() -> None:
    """Serve requests until nobody holds the other end of the socket any more."""
    confine.adopt_orphans()
    channel = socket.socket(fileno=int(sys.argv[1]))
    setting = Setting.read(sys.argv[2])
    flower_job.warm_up(sys.argv[3:])
    if setting.user is not None:
        spaces.open_way(
            [
                *landlock.python_folders(),
                *flower_job.code_folders(),
                *map(Path, setting.folders),
            ],
            setting.user,
        )
    gc.freeze()  # forked jobs then share these pages instead of copying them
    channel.send(b'{"ready": true}')
    while True:
        text, files, _, _ = socket.recv_fds(channel, _MESSAGE_LIMIT, 4)
        if not text:
            return
        if text == b"kill":
            channel.send(b'{"idle": true}')
            continue
        _serve(channel, Request.read(text), setting, files)


def _serve(channel: socket.socket, request: Request, setting: Setting, files: list[int]) -> None:
    """Run one job to its end, or kill it when told to or when nobody listens any more."""
    child = os.fork()
    if child == 0:
        _become_job(request, setting.user, files)
    # Done here and in the child, since either may come first: from now on there is a group
    # to kill.
    with contextlib.suppress(PermissionError, ProcessLookupError):
        os.setpgid(child, child)
    for descriptor in files:
        os.close(descriptor)
    channel.send(json.dumps({"pid": child}).encode())
    ended = os.pidfd_open(child)
    watch = select.poll()
    watch.register(ended, select.POLLIN)
    watch.register(channel, select.POLLIN)
    told_to_stop = listening = False
    before = _Before(census.own_memory_mb(), census.free_mb(Path(request.home)))
    while True:
        ready = {descriptor for descriptor, _ in watch.poll(_LOOK_MS)}
        if ended in ready:
            break
        if ready:
            listening = bool(channel.recv(_MESSAGE_LIMIT))
            told_to_stop = True
            watch.unregister(channel)
        if told_to_stop or _takes_too_much(request, setting, before):
            _kill(child)
    os.close(ended)
    _kill(child)  # whatever it left behind in its process group
    _, status = os.waitpid(child, 0)
    _end_orphans()
    if told_to_stop and not listening:
        sys.exit(0)
    answer = {"idle": True} if told_to_stop else {"status": os.waitstatus_to_exitcode(status)}
    channel.send(json.dumps(answer).encode())


@dataclass(frozen=True)
class _Before:
    """What was there as the job began."""

    shared_mb: float
    free_mb: float


def _takes_too_much(request: Request, setting: Setting, before: _Before) -> bool:
    """Look at what the kernel's own limits leave open: all processes together."""
    job = census.descendants(os.getpid())
    if census.count_threads(job) > request.processes + _WARDENS:
        return True
    if census.memory_mb(job, shared_mb=before.shared_mb) > request.memory_mb:
        return True
    if setting.disk_held:
        return False
    home = Path(request.home)
    size, number = census.takes_disk(home, job)
    if size > spaces.SCRATCH_MB << 20 or number > spaces.SCRATCH_FILES:
        return True
    # Whatever could not be seen: the disk is never filled.
    free_mb = census.free_mb(home)
    return free_mb < spaces.SCRATCH_MB and free_mb < before.free_mb - _MUCH_MB


def _kill(group: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


def _end_orphans() -> None:
    """End what the job moved out of its process group: orphaned, it has become our child.

    When that does not succeed, the launcher ends; the node starts another one.
    """
    give_up = time.monotonic() + _ORPHANS_S
    while time.monotonic() < give_up:
        try:
            ended, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if ended:
            continue
        census.kill_all(census.descendants(os.getpid()))
        time.sleep(0.002)
    sys.exit("a job left processes that do not end")


def _become_job(request: Request, user: JobUser | None, files: list[int]) -> None:
    """Turn into the job's warden, and its child into the job. Never returns."""
    try:
        os.setpgid(0, 0)
        job_input, data, reply = _keep_only(files)
        confine.die_with_parent()
        bundle = [Path(request.folder)] if request.folder else []
        room = confine.Room(
            home=Path(request.home),
            readable=(*flower_job.code_folders(), *bundle),
            writable=tuple(map(Path, request.writable)),
            memory_mb=request.memory_mb,
            seconds=request.seconds,
            processes=request.processes,
            user=user,
        )
        made = confine.fork_job(room)
        _private_environment(request.home, data)
        confine.shut_in(room, made)
        _work(request, job_input, reply)
    except BaseException:  # noqa: BLE001  # a forked child must never run on as the launcher
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stderr.flush()
        os._exit(1)


def _keep_only(files: list[int]) -> list[int]:
    """Close everything but the four files: three become 3, 4 and 5, one takes all prints."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    # Moved out of the way first, since a file may already stand on one of these numbers.
    *high, output = [os.dup2(descriptor, 100 + place) for place, descriptor in enumerate(files)]
    for place, descriptor in enumerate((nothing, output, output)):
        os.dup2(descriptor, place)
    kept = [os.dup2(descriptor, 3 + place) for place, descriptor in enumerate(high)]
    os.closerange(6, 65_536)
    return kept


def _private_environment(home: str, data: int) -> None:
    keep = {name: os.environ[name] for name in _KEPT if name in os.environ}
    os.environ.clear()
    os.environ.update(keep)
    os.environ.update(
        HOME=home,
        TMPDIR=home,
        FLWR_HOME=home,
        FLWR_TELEMETRY_ENABLED="0",
        KINHOLD_DATA=f"/proc/self/fd/{data}",
        PYTHONDONTWRITEBYTECODE="1",
    )
    os.chdir(home)


def _work(request: Request, job_input: int, reply: int) -> None:
    with open(job_input, "rb") as source:
        source.seek(0)
        text = source.read()
    flower_job.fresh_randomness()
    try:
        app = flower_job.load_app(request.reference, request.folder)
        answer = OK + flower_job.run_app(app, text)
    except BaseException as error:  # noqa: BLE001  # the job's code may raise anything
        # Only the kind of error goes on: its text may quote somebody's values.
        answer = FAILED + type(error).__name__.encode()[:100]
        sys.excepthook(*sys.exc_info())
    with open(reply, "wb") as sink:
        sink.write(answer)


if __name__ == "__main__":
    main()
