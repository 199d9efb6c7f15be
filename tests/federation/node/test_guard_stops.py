"""A job ends when somebody stops it, and when what allowed it no longer holds."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from consent.grants.codec import time_text
from consent.grants.grant import parse_grant
from federation.node.books.receipts import Account
from federation.node.decision.gate import Asked
from federation.node.decision.stops import Stops
from federation.node.errors import JobStopped, PausedHere
from federation.node.flower_link import STOPPED, Records
from federation.node.guard import Guard
from federation.node.platform import Platform
from federation.node.timing import Stopwatch
from federation.node.training import Answer, Training
from federation.node.walls.jobs import Launcher
from federation.node.work import Work
from tests.federation.node.conftest import Made
from tests.federation.node.test_sync import GRANT, RUN
from tests.hostile.community import signed


def _stops(made: Made, **changes: object) -> Stops:
    document = made.community.grant(RUN, made.charter, id=GRANT, **changes)
    claims = parse_grant(signed(document, []).statement)
    return Stops(made.home, made.config, made.state, made.link(), claims)


def _ago(**span: int) -> datetime:
    return datetime.now(UTC) - timedelta(**span)


def _serve(made: Made, *items: Any, **changes: Any) -> None:
    made.platform.served["river"].notices = made.community.notices(items, **changes)


def _forge(made: Made) -> None:
    made.platform.served["river"].notices = (made.community.notices()[0], b"\0" * 64)


STOPPING: dict[str, tuple[Callable[[Made], object], str]] = {
    "the operator's switch": (lambda made: made.home.paused.touch(), "paused"),
    "a revocation": (lambda made: _serve(made, made.community.revocation(GRANT)), "revoked"),
    "a pause": (lambda made: _serve(made, made.community.pause(GRANT)), "paused"),
    "a pause of all": (lambda made: _serve(made, made.community.pause("all")), "paused"),
    "notices too old": (lambda made: _serve(made, issued=_ago(days=2)), "stale-notices"),
    "an older list": (lambda made: _serve(made, sequence=1), "rolled-back"),
    "a forged list": (_forge, "bad-signature"),
}


@pytest.mark.parametrize("name", STOPPING)
def test_each_of_these_stops_a_running_job(made: Made, name: str) -> None:
    stops = _stops(made)
    made.community.sequence = 7
    _serve(made)
    stops.fetch()
    stop, code = STOPPING[name]
    stop(made)

    with pytest.raises(JobStopped) as stopped:
        stops.fetch()

    assert stopped.value.code == code


def test_a_grant_whose_time_ended_stops_its_job_even_without_the_platform(made: Made) -> None:
    stops = _stops(made, not_before=time_text(_ago(hours=2)), not_after=time_text(_ago(seconds=1)))
    _stops(made).fetch()
    made.platform.down = True

    with pytest.raises(JobStopped) as stopped:
        stops.fetch()

    assert stopped.value.code == "expired"


def test_without_an_answer_a_job_goes_on_until_the_notices_are_too_old(made: Made) -> None:
    stops = _stops(made)
    _serve(made, issued=_ago(hours=24) + timedelta(seconds=30))
    stops.fetch()
    made.platform.down = True
    stops.fetch()

    made.state.db.execute("UPDATE notices SET issued = ?", (time_text(_ago(hours=25)),))
    with pytest.raises(JobStopped) as stopped:
        stops.fetch()

    assert stopped.value.code == "stale-notices"


class _PausedMeanwhile:
    """A platform during whose answer the operator pauses the node."""

    def __init__(self, made: Made) -> None:
        self._made, self._link = made, made.link()

    def notices(self) -> tuple[bytes, str]:
        self._made.home.paused.touch()
        return self._link.notices()


def test_a_pause_during_a_fetch_stops_the_job_at_once(made: Made) -> None:
    sound = _stops(made)
    slow = cast(Platform, _PausedMeanwhile(made))

    with pytest.raises(JobStopped, match="operator paused"):
        Stops(sound.home, sound.config, sound.state, slow, sound.claims).fetch()


def _guard(made: Made) -> Guard:
    guard = Guard(made.home, made.config, cast(Launcher, None), "", Stopwatch())
    guard.state, guard.platform = made.state, made.link()
    return guard


def test_a_pause_during_the_first_fetch_lets_nothing_begin(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    training = Training(_guard(made), cast(Work, None), cast(Asked, None), Account())
    monkeypatch.setattr(training, "_fetch", made.home.paused.touch)

    with pytest.raises(PausedHere):
        training.run()


def test_a_reply_is_held_back_when_a_stop_came_after_its_receipt(made: Made) -> None:
    guard, stops = _guard(made), _stops(made)
    sent: list[tuple[object, ...]] = []
    link = SimpleNamespace(reply=lambda r: sent.append(("reply", r)))
    link.reply_error = lambda *words: sent.append(words[:2])
    guard.link = cast(Any, link)
    records = Records()
    stops.fetch()
    training = Training(guard, cast(Work, None), cast(Asked, None), Account())

    guard._reply(Answer(b"", records, stops), training)
    made.home.paused.touch()
    guard._reply(Answer(b"", records, stops), training)

    assert sent == [("reply", records), (STOPPED, "paused")]
    assert "held back" in made.state.events()[-1][1]
