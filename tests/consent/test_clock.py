"""The clock: what fails in it stops nothing else and is shown."""

from datetime import UTC, datetime

import pytest
from django.db import connection

from consent.clock import ClockFailed, tick
from consent.errors import TransitionRefused
from governance.models import Community
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 1, tzinfo=UTC)


def refused(now: datetime) -> int:
    factories.make_community("half-done")
    raise TransitionRefused("It is over.")


def broken(now: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 / 0")
    return 1


def good(now: datetime) -> int:
    factories.make_community("done")
    return 3


def test_what_fails_is_undone_named_and_stops_nothing_else() -> None:
    with pytest.raises(ClockFailed, match=r"test_clock\.refused, .*test_clock\.broken\."):
        tick(NOW, [refused, broken, good])

    assert list(Community.objects.values_list("slug", flat=True)) == ["done"]


def test_it_counts_what_was_done() -> None:
    assert tick(NOW, [good, lambda now: 4]) == 7


def test_a_mistake_in_the_code_is_not_hidden() -> None:
    def wrong(now: datetime) -> int:
        raise KeyError("x")

    with pytest.raises(KeyError):
        tick(NOW, [wrong])
