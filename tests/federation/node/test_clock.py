"""The machine's clock is moved between messages: forward, back, and back again.

Put to the gate and to the watch over a job with a time of the test's own and a real file of the
node's; the clock of this machine is not touched.
"""

from datetime import UTC, datetime, timedelta

import pytest

from consent.grants.codec import time_text
from consent.grants.errors import CoolingOff, Expired, NotYetValid
from federation.node.decision import sync
from federation.node.decision.stops import Stops
from federation.node.decision.sync import Findings
from federation.node.errors import JobStopped, NoFreshStops
from tests.federation.node.conftest import Made
from tests.federation.node.runs import ask, serve

DAY = timedelta(days=1)
NOW = datetime.now(UTC)


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each test's time be that at which it runs: lists are signed by the real clock."""
    monkeypatch.setitem(globals(), "NOW", datetime.now(UTC))


def _fetch(made: Made, at: datetime) -> Findings:
    return sync.fetch_all(made.state, made.link(), at=at)


def _long(made: Made, **changes: object) -> None:
    """A grant that holds from ten days ago until a year from now."""
    dates = {"not_before": time_text(NOW - 10 * DAY), "not_after": time_text(NOW + 365 * DAY)}
    serve(made, **(dates | changes))


def test_a_clock_that_jumps_ahead_finds_the_stops_too_old(made: Made) -> None:
    _long(made)
    _fetch(made, NOW)
    ask(made, NOW)

    with pytest.raises(NoFreshStops, match="too old"):
        ask(made, NOW + 2 * DAY)
    ask(made, NOW)  # and works again once it is put right


def test_a_clock_that_jumps_back_finds_the_stops_in_the_future(made: Made) -> None:
    _long(made)
    _fetch(made, NOW)

    with pytest.raises(NoFreshStops, match="future"):
        ask(made, NOW - DAY)


def test_turning_the_clock_back_does_not_bring_an_expired_grant_to_life(made: Made) -> None:
    """The list of notices that the node holds is newer than such a clock."""
    serve(made, not_before=time_text(NOW - 3 * DAY), not_after=time_text(NOW - DAY))
    _fetch(made, NOW)

    with pytest.raises(Expired):
        ask(made, NOW)
    with pytest.raises(NoFreshStops, match="future"):
        ask(made, NOW - 2 * DAY)


def test_turning_the_clock_ahead_and_back_does_not_shorten_the_cooling_off(made: Made) -> None:
    _long(made, cooling_off_s=3600)
    _fetch(made, NOW)

    with pytest.raises(CoolingOff):
        ask(made, NOW)
    with pytest.raises(CoolingOff):
        ask(made, NOW - timedelta(seconds=200))
    # First seen by a clock that was ahead, it waits until that time has come and gone.
    made.state.db.execute("DELETE FROM grants")
    _fetch(made, NOW + 30 * DAY)
    with pytest.raises(CoolingOff):
        ask(made, NOW + timedelta(hours=2))


def test_a_grant_of_tomorrow_waits_for_the_stops_of_tomorrow(made: Made) -> None:
    serve(made, not_before=time_text(NOW + DAY), not_after=time_text(NOW + 5 * DAY))
    _fetch(made, NOW)

    with pytest.raises(NotYetValid):
        ask(made, NOW)
    with pytest.raises(NoFreshStops):
        ask(made, NOW + 2 * DAY)


@pytest.mark.parametrize(
    ("moved", "code"),
    [(2 * DAY, "stale-notices"), (-DAY, "stale-notices"), (400 * DAY, "expired")],
    ids=["ahead", "back", "far ahead"],
)
def test_a_job_that_runs_while_the_clock_moves_is_ended(
    made: Made, moved: timedelta, code: str
) -> None:
    _long(made)
    _fetch(made, NOW)
    claims = ask(made, NOW)
    stops = Stops(made.home, made.config, made.state, made.link(), claims)
    stops._require_in_force(made.state, claims, NOW)

    with pytest.raises(JobStopped) as stopped:
        stops._require_in_force(made.state, claims, NOW + moved)

    assert stopped.value.code == code
