"""Jobs in real processes: the reply comes back, limits hold, errors do not quote the data."""

import os
import time
from pathlib import Path

import numpy as np
import pytest

from federation.node.data.columns import hand_over
from federation.node.errors import JobFailed, JobStopped
from federation.node.flower_link import read_records
from federation.node.walls.census import descendants
from federation.node.walls.jobs import Launcher, run_job
from federation.node.walls.launcher import Request
from tests.federation.node.cells import APP, job_input

INSTALLED = "federation.catalogue.linear_regression.client_app:app"


def _look(_seconds: float) -> None:
    return


def _run(  # type: ignore[no-untyped-def]  # options are those of Request and run_job
    launcher: Launcher, folder: Path, body: str | None = None, look=_look, most=100_000, **options
) -> bytes:
    home, bundle = folder / "home", folder / "bundle"
    home.mkdir()
    bundle.mkdir()
    reference = INSTALLED
    if body is not None:
        indented = "\n".join(f"    {line}" for line in body.splitlines())
        (bundle / "granted.py").write_text(APP.format(body=indented))
        reference = "granted:app"
    request = Request(
        reference=reference,
        folder=str(bundle) if body is not None else "",
        home=str(home),
        errors=str(folder / "job.log"),
        **({"seconds": 60, "memory_mb": 4096, "writable": ()} | options),
    )
    data = hand_over({"x": np.arange(30.0), "y": np.arange(30.0) ** 2})
    return run_job(launcher, request, job_input=job_input(), data=data, most=most, look=look)


def test_the_installed_job_replies_with_its_sums(launcher: Launcher, tmp_path: Path) -> None:
    records = read_records(_run(launcher, tmp_path))

    assert records["sums"]["count"] == [30.0]
    assert records["sums"]["means"] == [14.5, np.mean(np.arange(30.0) ** 2)]


def test_an_unpacked_job_replies_too_and_jobs_do_not_share_chance(
    launcher: Launcher, tmp_path: Path
) -> None:
    body = (
        "import numpy, random\n"
        "drawn = [float(numpy.random.random()), random.random()]\n"
        'return Message(RecordDict({"r": MetricRecord({"drawn": drawn})}), reply_to=message)'
    )
    drawn = []
    for turn in range(3):
        folder = tmp_path / str(turn)
        folder.mkdir()
        drawn += list(read_records(_run(launcher, folder, body))["r"]["drawn"])

    assert len(set(drawn)) == 6


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("raise ValueError('Ada is 82')", "The job ended with an error; see"),
        ("return None", "The job ended with an error; see"),
        ("sys.exit(3)", "The job ended with an error; see"),
        ("os._exit(3)", "The job ended without a reply"),
        ("os.kill(os.getpid(), 9)\nos._exit(4)", "ended by SIGKILL|ended without a reply"),
        ("bytearray(8 << 30)", "The job ended with an error; see"),
        ("open('big', 'wb').write(bytes(70 << 20))", "ended by a signal|ended with an error"),
        ("raise type('Ada_is_82', (Exception,), {})()", "The job ended with an error; see"),
        ("os.write(5, b'EAda is 82')\nos._exit(0)", "The job ended with an error; see"),
        ("os.kill(os.getpid(), 14)\nos._exit(4)", "ended by a signal|ended without a reply"),
    ],
)
def test_of_unpacked_code_that_fails_nothing_is_told_that_it_can_choose(
    launcher: Launcher, tmp_path: Path, body: str, reason: str
) -> None:
    with pytest.raises(JobFailed, match=reason) as caught:
        _run(launcher, tmp_path, body)

    assert "82" not in str(caught.value)
    assert launcher.alive()


def test_what_a_job_prints_stays_in_the_nodes_own_log(launcher: Launcher, tmp_path: Path) -> None:
    with pytest.raises(JobFailed):
        _run(launcher, tmp_path, "print('Ada is 82')\nraise ValueError('Bo is 50')")

    text = (tmp_path / "job.log").read_text()
    assert "Bo is 50" in text
    assert (tmp_path / "job.log").stat().st_mode & 0o077 == 0


def test_a_reply_that_is_too_long_is_not_taken(launcher: Launcher, tmp_path: Path) -> None:
    body = (
        'record = MetricRecord({"many": [0.5] * 100_000})\n'
        'return Message(RecordDict({"r": record}), reply_to=message)'
    )

    with pytest.raises(JobFailed, match="longer than 1000 bytes"):
        _run(launcher, tmp_path, body, most=1000)


def test_processor_time_has_an_end(launcher: Launcher, tmp_path: Path) -> None:
    with pytest.raises(JobFailed, match=r"SIGKILL|SIGXCPU"):
        _run(launcher, tmp_path, "while True: pass", seconds=1)


def test_a_stop_kills_the_job_and_what_it_started_at_once(
    launcher: Launcher, tmp_path: Path
) -> None:
    body = (
        "import subprocess\n"
        'sleep = ["/usr/bin/env", "sleep", "600"]\n'
        "subprocess.Popen(sleep)\n"
        "subprocess.Popen(sleep, start_new_session=True)\n"
        "time.sleep(600)"
    )
    seen: set[int] = set()

    def look(seconds: float) -> None:
        seen.update(descendants(launcher.process.pid))
        if len(seen) >= 4:  # the warden, the job, and what it started
            raise JobStopped("paused", "Stop.")
        assert seconds < 20

    begun = time.monotonic()
    with pytest.raises(JobStopped, match="Stop"):
        _run(launcher, tmp_path, body, look=look)

    assert time.monotonic() - begun < 10
    # Killed they are; the kernel of a busy machine may need a moment to take them off its list.
    until = time.monotonic() + 2
    while any(map(_works, seen)) and time.monotonic() < until:
        time.sleep(0.02)
    assert [Path(f"/proc/{pid}/stat").read_text() for pid in seen if _works(pid)] == []


def test_a_job_that_ends_leaves_nothing_running(launcher: Launcher, tmp_path: Path) -> None:
    """Not even what it moved into a session of its own, behind a parent that is gone."""
    body = (
        "reader, writer = os.pipe()\n"
        "if os.fork() == 0:\n"
        "    os.setsid()\n"
        "    if os.fork() == 0:\n"
        "        os.write(writer, b'here')\n"
        "        time.sleep(600)\n"
        "    os._exit(0)\n"
        "os.read(reader, 4)\n"
        "return Message(RecordDict(), reply_to=message)"
    )

    assert _run(launcher, tmp_path, body) == b""

    assert descendants(launcher.process.pid) == set()
    assert launcher.alive()


def test_a_guard_that_vanished_leaves_a_launcher_that_can_be_used(
    launcher: Launcher, tmp_path: Path
) -> None:
    """As after a guard was killed: a job runs and nobody will collect it."""
    home = tmp_path / "home"
    home.mkdir()
    (tmp_path / "slow.py").write_text(APP.format(body="    time.sleep(600)"))
    reader, writer = os.pipe()
    data = hand_over({"x": np.arange(30.0)})
    given = os.memfd_create("input")
    os.write(given, job_input())
    request = Request("slow:app", str(tmp_path), str(home), str(tmp_path / "log"), 60, 4096, ())
    pid = launcher.start(request, [given, data, writer])
    assert _works(pid)

    launcher.quiet()

    assert not _works(pid)
    for descriptor in (reader, writer, data, given):
        os.close(descriptor)
    again = tmp_path / "again"
    again.mkdir()
    assert read_records(_run(launcher, again))["sums"]["count"] == [30.0]


def _works(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_bytes_that_are_no_records_are_refused() -> None:
    with pytest.raises(ValueError, match="not made of records"):
        read_records(b"\xff\xff\xff")

    assert list(read_records(b"")) == []
