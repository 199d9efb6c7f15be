"""While a job runs nothing that the platform does, or leaves undone, delays a stop."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from consent.grants.codec import time_text
from consent.grants.grant import parse_grant
from federation.node import clock as clocks
from federation.node.clock import Clock
from federation.node.decision import stops as module
from federation.node.decision.listening import Listener
from federation.node.decision.stops import Stops, Watch
from federation.node.errors import JobStopped
from tests.federation.node.conftest import Made
from tests.federation.node.test_sync import GRANT, RUN
from tests.hostile.community import signed

SOON_S = 5.0  # generous: what is measured takes tenths of a second


@dataclass
class _Link:
    beats: list[float] = field(default_factory=list)

    def heartbeat(self) -> None:
        self.beats.append(time.monotonic())


@dataclass
class _Guard:
    config: Any
    link: Any = field(default_factory=_Link)
    stopping: bool = False


def _stops(made: Made, **changes: object) -> Stops:
    document = made.community.grant(RUN, made.charter, id=GRANT, **changes)
    claims = parse_grant(signed(document, []).statement)
    stops = Stops(made.home, made.config, made.state, made.link(), claims)
    stops.fetch()
    return stops


@contextmanager
def _watching(stops: Stops, guard: _Guard) -> Iterator[Watch]:
    with Watch(stops, cast(Any, guard)) as watch:
        watch.look(0.1)
        yield watch


def _ended(watch: Watch) -> str:
    """Look as often as the guard does until the job is stopped; give the reason's code."""
    until = time.monotonic() + SOON_S
    while time.monotonic() < until:
        try:
            watch.look(0.1)
        except JobStopped as stop:
            return stop.code
        time.sleep(0.05)
    return "never"


@pytest.mark.parametrize("mood", ["answers", "is silent", "is down"])
def test_the_operators_pause_counts_at_the_next_look_whatever_the_platform_does(
    made: Made, mood: str
) -> None:
    with _watching(_stops(made), _Guard(made.config)) as watch:
        made.platform.silent, made.platform.down = mood == "is silent", mood == "is down"
        time.sleep(0.3)  # it is being asked by now
        made.home.paused.touch()

        begun = time.monotonic()
        with pytest.raises(JobStopped, match="operator paused"):
            watch.look(0.1)

    assert time.monotonic() - begun < 1
    made.platform.silent = False


def test_a_revocation_is_seen_while_the_job_runs_and_not_only_at_its_end(made: Made) -> None:
    with _watching(_stops(made), _Guard(made.config)) as watch:
        items = [made.community.revocation(GRANT)]
        made.platform.served["river"].notices = made.community.notices(items)

        assert _ended(watch) == "revoked"


def test_a_list_that_does_not_verify_ends_the_job(made: Made) -> None:
    with _watching(_stops(made), _Guard(made.config)) as watch:
        made.platform.served["river"].notices = (made.community.notices()[0], b"\0" * 64)

        assert _ended(watch) == "bad-signature"


def test_expiry_and_stale_stops_are_seen_without_any_answer(made: Made) -> None:
    ends = datetime.now(UTC) + timedelta(seconds=2)
    begins = time_text(ends - timedelta(hours=2))
    with _watching(
        _stops(made, not_before=begins, not_after=time_text(ends)), _Guard(made.config)
    ) as watch:
        made.platform.down = True

        assert _ended(watch) == "expired"


def test_a_lost_list_of_stops_ends_the_job(made: Made) -> None:
    with _watching(_stops(made), _Guard(made.config)) as watch:
        made.home.state.unlink()

        assert _ended(watch) == "stale-notices"


def test_a_listener_that_is_gone_ends_the_job(made: Made) -> None:
    with _watching(_stops(made), _Guard(made.config)) as watch:
        os.kill(watch._listener._child, 9)

        assert _ended(watch) == "stale-notices"


def test_the_node_being_stopped_and_the_time_limit_end_the_job(made: Made) -> None:
    guard = _Guard(made.config)
    with _watching(_stops(made), guard) as watch:
        with pytest.raises(JobStopped, match="longer than the node allows"):
            watch.look(made.config.job_limit_s)
        guard.stopping = True
        with pytest.raises(JobStopped, match="node was stopped"):
            watch.look(0.1)


def test_the_listener_ends_with_its_guard_and_with_its_job(made: Made) -> None:
    stops = _stops(made)
    reader, writer = os.pipe()
    guard = os.fork()
    if guard == 0:
        listener = Listener(stops)
        os.write(writer, str(listener._child).encode())
        time.sleep(60)
        os._exit(0)
    child = int(os.read(reader, 20))
    os.kill(guard, 9)
    os.waitpid(guard, 0)
    _require_gone(child)

    with _watching(stops, _Guard(made.config)) as watch:
        other = watch._listener._child
    _require_gone(other)


def _require_gone(pid: int) -> None:
    until = time.monotonic() + SOON_S
    while time.monotonic() < until:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z":
                return
        except OSError:
            return
        time.sleep(0.01)
    pytest.fail("the listener lives on")


def test_the_supernode_hears_that_the_task_is_alive(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_HEARTBEAT_EVERY_S", 0.05)
    guard = _Guard(made.config)
    with _watching(_stops(made), guard):
        time.sleep(0.3)

    beats = len(guard.link.beats)
    time.sleep(0.2)
    assert beats >= 2
    assert len(guard.link.beats) <= beats + 1


class _SetBack(datetime):
    """The machine's clock after somebody set it back by a day."""

    @classmethod
    def now(cls, tz: Any = None) -> datetime:
        return datetime.now(tz) - timedelta(days=1)


def test_a_clock_set_back_gives_a_job_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    first = clock.now()
    monkeypatch.setattr(clocks, "datetime", _SetBack)

    later = clock.now()

    assert timedelta(0) <= later - first < timedelta(minutes=1)
    assert first - Clock().now() > timedelta(hours=23)  # it was set back indeed
