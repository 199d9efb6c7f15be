"""A guard and the syncer take over notices at the same time; neither loses the other's."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

import pytest

from consent.grants.notices import Notices
from federation.node.books.state import State
from federation.node.decision import sync
from federation.node.decision.sync import Findings
from federation.node.platform import Platform
from tests.federation.node.conftest import AT, Made
from tests.federation.node.test_sync import GRANT


class _Overtaken:
    """A platform whose answer is under way while another process takes a newer list."""

    def __init__(self, made: Made, meanwhile: Callable[[], None]) -> None:
        self._link, self._meanwhile = made.link(), meanwhile

    def notices(self) -> tuple[bytes, str]:
        answer = self._link.notices()
        self._meanwhile()
        return answer


def _take_beside(made: Made) -> None:
    """Take the newest list over as another process would: with a connection of its own."""
    state = State(made.home.state)
    findings = Findings()
    sync.take_notices(state, made.link(), findings)
    state.close()
    assert findings.bad_notices is None


def test_a_list_that_was_overtaken_undoes_nothing(made: Made) -> None:
    """One process fetches list 1 and is slow; another takes list 2 with a revocation."""

    def newer() -> None:
        revoked = [made.community.revocation(GRANT)]
        made.platform.served["river"].notices = made.community.notices(revoked)
        _take_beside(made)

    findings = Findings()
    sync.take_notices(made.state, cast(Platform, _Overtaken(made, newer)), findings)

    notices = made.state.notices()
    assert notices is not None
    assert (notices.sequence, notices.revoked, len(notices.keep)) == (2, {GRANT}, 1)
    assert findings.bad_notices is None


@pytest.mark.parametrize("older_pauses", [True, False])
def test_two_lists_verified_at_once_keep_the_stops_of_both(
    made: Made, monkeypatch: pytest.MonkeyPatch, older_pauses: bool
) -> None:
    """The newer list comes in between the older one's verification and its writing."""
    pauses = [made.community.pause("all")] if older_pauses else []
    made.platform.served["river"].notices = made.community.notices(pauses)
    verify = sync.verify_notices

    def slowly(*given: Any, **named: Any) -> Notices:
        monkeypatch.setattr(sync, "verify_notices", verify)
        old = verify(*given, **named)
        revoked = [made.community.revocation(GRANT)]
        made.platform.served["river"].notices = made.community.notices(revoked)
        _take_beside(made)
        return old

    monkeypatch.setattr(sync, "verify_notices", slowly)
    findings = Findings()
    sync.take_notices(made.state, made.link(), findings)

    notices = made.state.notices()
    assert notices is not None
    assert (notices.sequence, notices.revoked) == (3, {GRANT})
    assert notices.paused == ({"all"} if older_pauses else set())
    assert findings.bad_notices is None


def test_a_list_that_never_stops_changing_is_refused(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    verify = sync.verify_notices

    def overtaken(*given: Any, **named: Any) -> Notices:
        new = verify(*given, **named)
        held = made.state.notices()
        made.state.set_notices(replace(new, sequence=held.sequence + 1 if held else 1))
        return new

    monkeypatch.setattr(sync, "verify_notices", overtaken)

    findings = sync.fetch_all(made.state, made.link(), at=AT)

    assert findings.bad_notices is not None
    assert findings.bad_notices.code == "stale-notices"
