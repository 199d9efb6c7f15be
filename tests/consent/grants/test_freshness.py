"""A list of notices that is old, from the future or rolled back stops the node."""

from dataclasses import replace
from datetime import datetime

import pytest

from consent.grants.errors import RolledBack, StaleNotices
from consent.grants.notices import require_fresh, require_not_rolled_back
from tests.consent.grants.cast import HOUR, NOON, SECOND
from tests.consent.grants.papers import QUIET


@pytest.mark.parametrize(
    ("issued", "fresh"),
    [
        (NOON, True),
        (NOON - 24 * HOUR, True),
        (NOON - 24 * HOUR - SECOND, False),
        (NOON + 300 * SECOND, True),
        (NOON + 301 * SECOND, False),
    ],
)
def test_a_list_is_neither_old_nor_from_the_future(issued, fresh):
    notices = replace(QUIET, issued=issued)
    if fresh:
        require_fresh(notices, at=NOON, max_age_s=86_400)
    else:
        with pytest.raises(StaleNotices):
            require_fresh(notices, at=NOON, max_age_s=86_400)


def test_an_age_limit_of_one_second_is_a_limit():
    require_fresh(replace(QUIET, issued=NOON), at=NOON, max_age_s=1)


@pytest.mark.parametrize(("at", "max_age_s"), [(NOON, 0), (NOON, -1), (datetime(2031, 5, 4), 60)])
def test_freshness_needs_a_limit_and_a_time_zone(at, max_age_s):
    with pytest.raises(ValueError, match="needed"):
        require_fresh(QUIET, at=at, max_age_s=max_age_s)


def test_a_lower_number_than_seen_is_a_roll_back():
    require_not_rolled_back(QUIET, QUIET.sequence)
    require_not_rolled_back(QUIET, QUIET.sequence - 1)
    with pytest.raises(RolledBack):
        require_not_rolled_back(QUIET, QUIET.sequence + 1)
