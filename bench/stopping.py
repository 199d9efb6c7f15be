"""How long a stop takes: from the act to the death of the last process of a running job.

    python -m bench.stopping [--tries 50] [--only pause ...]

Three real nodes on loopback with a real SuperLink. Each job is busy, forks, ignores SIGTERM and
keeps two more processes in sessions of their own, one of them busy too. The clock runs from the
act (the switch on disk, the list published, the signal sent, the grant's last second) until no
process of the job is left, neither of those seen before nor of those begun since. Each node is
one try. What ``kinhold-node pause`` needs for its own start is not in it.
"""

import argparse
import contextlib
import os
import select
import signal
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from consent.grants.codec import time_text
from consent.grants.statements import Signed
from federation.node.walls.census import descendants
from tests.hostile.bundles import perch_of, with_canary
from tests.hostile.flower_parts import wait_until
from tests.hostile.governed import NAMES, Governed, Node
from tests.hostile.processes import EXECUTOR, GUARD, LAUNCHER, find

AIM_S = 2.0
_LIMIT_S = 60.0
_GIVE_UP_S = 20.0
_EXPIRY_S = 10

_JOB = """
import os, signal, subprocess, time
for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGALRM):
    signal.signal(number, signal.SIG_IGN)
subprocess.Popen(["/usr/bin/env", "sleep", "600"], start_new_session=True)
if os.fork() == 0:
    os.setsid()
    while True:
        pass
while True:
    if os.fork() == 0:
        os._exit(0)
    os.wait()
"""
_PROCESSES = 4  # warden, job, sleeper, busy child; and one that comes and goes


@dataclass
class Try:
    """One node's job of one run."""

    governed: Governed
    node: Node
    grant: Signed

    def pause(self) -> None:
        (self.node.home / "paused").touch()

    def revoke(self) -> None:
        community = self.node.community
        revocation = community.revocation(self.grant.document["id"])
        served = self.governed.platform.served[community.name]
        served.notices = community.notices([revocation])

    def terminate(self) -> None:
        os.kill(find(self.node, EXECUTOR)[0], signal.SIGTERM)

    def kill_guard(self) -> None:
        os.kill(find(self.node, GUARD)[0], signal.SIGKILL)

    def kill_node(self) -> None:
        os.kill(find(self.node, EXECUTOR)[0], signal.SIGKILL)

    def wait_for_expiry(self) -> None:
        ends = datetime.fromisoformat(self.grant.document["not_after"])
        time.sleep(max(0.0, (ends - datetime.now(UTC)).total_seconds()))

    def seconds(self, act: Callable[["Try"], None]) -> float:
        """Act, and wait for the end of every process of the job."""
        (launcher,) = find(self.node, LAUNCHER)
        space = _space(launcher, descendants(launcher))
        watched = _watch(descendants(launcher))
        act(self)
        begun = time.perf_counter()
        while time.perf_counter() - begun < _GIVE_UP_S:
            over = all(select.select([w], [], [], 0)[0] for w in watched)
            if over and not descendants(launcher):
                break
            time.sleep(0.002)
        taken = time.perf_counter() - begun
        for descriptor in watched:
            os.close(descriptor)
        left = [pid for pid in _all() if _space_of(pid) == space]
        assert not left, f"processes of the job outlived it: {left}"
        return taken


ACTS: dict[str, Callable[[Try], None]] = {
    "pause": Try.pause,
    "revocation": Try.revoke,
    "SIGTERM of the node": Try.terminate,
    "expiry": Try.wait_for_expiry,
    "guard killed": Try.kill_guard,
    "node killed": Try.kill_node,
}
ENDING = ("SIGTERM of the node", "node killed")


def _watch(pids: set[int]) -> list[int]:
    watched = []
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            watched.append(os.pidfd_open(pid))
    return watched


def _all() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _space_of(pid: int) -> str:
    with contextlib.suppress(OSError):
        return str(Path(f"/proc/{pid}/ns/pid").readlink())
    return ""


def _space(launcher: int, pids: set[int]) -> str:
    """Find the job's own space of processes; its absence would make the check at the end void."""
    spaces = {_space_of(pid) for pid in pids} - {_space_of(launcher), ""}
    assert len(spaces) == 1, "the job has no space of its own on this machine"
    return spaces.pop()


def one_run(governed: Governed, canary: Path, name: str) -> list[float]:
    """Start a run at three nodes, stop its three jobs, put everything back."""
    request = governed.request(with_canary(canary, train=_JOB))
    changes = {}
    if name == "expiry":
        changes["not_after"] = time_text(datetime.now(UTC) + timedelta(seconds=_EXPIRY_S))
    grants = governed.grant_all(request, **changes)
    run = governed.start(request, grants)
    tries = [Try(governed, node, grants[of]) for of, node in governed.nodes.items()]
    wait_until(lambda: all(map(_works, tries)), limit_s=_LIMIT_S, what="the jobs")
    taken: list[float] = []
    threads = [
        threading.Thread(target=lambda t=t: taken.append(t.seconds(ACTS[name]))) for t in tries
    ]
    for thread in threads:
        thread.start()
        if name != "expiry":  # that one comes to all at once
            thread.join()
    for thread in threads:
        thread.join()
    _put_back(governed, run, ended=name in ENDING)
    assert len(taken) == len(NAMES), "a try failed; see above"
    return taken


def _works(one: Try) -> bool:
    launchers = find(one.node, LAUNCHER)
    return bool(launchers) and len(descendants(launchers[0])) >= _PROCESSES


def _put_back(governed: Governed, run: int, *, ended: bool) -> None:
    for node in governed.nodes.values():
        wait_until(lambda n=node: not find(n, GUARD), limit_s=_LIMIT_S, what="the guard's end")
        (node.home / "paused").unlink(missing_ok=True)
        governed.platform.served[node.community.name].notices = node.community.notices()
        if ended:
            node.process.stop()
            node.process.start()
    governed.gateway.stop(run)
    for of, node in governed.nodes.items():
        wait_until(node.connected, limit_s=_LIMIT_S, what=f"the node of {of}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tries", type=int, default=50)
    parser.add_argument("--only", nargs="*", default=list(ACTS), choices=list(ACTS))
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        canary, extra = perch_of(Path(name))
        governed = Governed(Path(name) / "federation", policy="pinned", extra=extra)
        try:
            print(f"{'act':<22}{'tries':>6}{'median s':>10}{'maximum s':>11}{'within 2 s':>12}")
            for act in wanted.only:
                taken: list[float] = []
                while len(taken) < wanted.tries:
                    taken += one_run(governed, canary, act)
                within = sum(t <= AIM_S for t in taken)
                told = f"{statistics.median(taken):>10.2f}{max(taken):>11.2f}"
                print(f"{act:<22}{len(taken):>6}{told}{within:>9}/{len(taken)}", flush=True)
        finally:
            governed.close()


if __name__ == "__main__":
    main()
