"""Quiet times and times away; and that no reminder leaves in either (R-24)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from governance.actions import absences, quiet
from governance.errors import NotAllowed, NotReady
from governance.models import Absence, Community, QuietTime, User
from governance.queries.quiet import deadline_moved, is_quiet, working_days
from tests.cast import Cast

pytestmark = pytest.mark.django_db

MAY = date(2026, 5, 1)


def keep(community: Community, user: User, first: date, days: int, **more: Any) -> QuietTime:
    return QuietTime.objects.create(
        community=community,
        starts=first,
        ends=first + timedelta(days=days - 1),
        made_by=user,
        **more,
    )


def test_a_day_is_quiet_from_the_first_through_the_last(cast: Cast) -> None:
    keep(cast.river, cast.amina.user, MAY, 3)

    days = [MAY + timedelta(days=n) for n in range(-1, 5)]
    assert [is_quiet(cast.river, day) for day in days] == [False, True, True, True, False, False]
    assert not is_quiet(cast.coast, MAY)


def test_a_time_lifted_early_was_quiet_up_to_the_day_before(cast: Cast) -> None:
    keep(cast.river, cast.amina.user, MAY, 9, lifted_at=datetime(2026, 5, 3, 12, tzinfo=UTC))

    assert [is_quiet(cast.river, MAY + timedelta(days=n)) for n in range(4)] == [
        True,
        True,
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("times", "moved"),
    [
        ([], 10),
        ([(3, 4)], 14),
        ([(3, 4), (5, 4)], 16),  # they overlap: each day counts once
        ([(8, 5), (14, 2)], 17),  # the second is reached because of the first
        ([(0, 1)], 10),  # the first day itself is not counted
        ([(11, 5)], 10),
    ],
    ids=["none", "inside", "overlapping", "two", "at the start", "after"],
)
def test_a_deadline_waits_for_as_long_as_the_quiet_takes(
    cast: Cast, times: list[tuple[int, int]], moved: int
) -> None:
    for first, length in times:
        keep(cast.river, cast.amina.user, MAY + timedelta(days=first), length)

    end = deadline_moved(cast.river, MAY, 10)

    assert end == MAY + timedelta(days=moved)
    assert working_days(cast.river, MAY, end) == 10


def test_a_deadline_lies_ahead(cast: Cast) -> None:
    assert deadline_moved(cast.river, MAY, 0) == MAY
    with pytest.raises(ValueError, match="below zero"):
        deadline_moved(cast.river, MAY, -1)


@pytest.mark.parametrize("who", ["dov", "ola", "chi", "zed", "aud", "max"])
def test_only_stewards_and_the_convenor_set_and_lift_quiet_times(cast: Cast, who: str) -> None:
    person, today = getattr(cast, who).user, timezone.localdate()
    held = keep(cast.river, cast.amina.user, today, 3)

    with pytest.raises(NotAllowed):
        quiet.keep_quiet(community_id=cast.river.pk, actor=person, starts=today, ends=today)
    with pytest.raises(NotAllowed):
        quiet.lift(held.pk, actor=person)


@pytest.mark.parametrize(
    ("first", "last", "why"),
    [(3, 2, "after the first"), (-5, -1, "are over"), (0, 366, "At most 366 days")],
)
def test_quiet_days_must_make_sense(cast: Cast, first: int, last: int, why: str) -> None:
    today = timezone.localdate()

    with pytest.raises(NotReady, match=why):
        quiet.keep_quiet(
            community_id=cast.river.pk,
            actor=cast.eli.user,
            starts=today + timedelta(days=first),
            ends=today + timedelta(days=last),
        )


def test_a_quiet_time_is_lifted_once(cast: Cast) -> None:
    held = keep(cast.river, cast.amina.user, timezone.localdate(), 3)

    quiet.lift(held.pk, actor=cast.eli.user)

    assert not is_quiet(cast.river, timezone.localdate())
    with pytest.raises(NotReady, match="is over"):
        quiet.lift(held.pk, actor=cast.eli.user)


def away(cast: Cast, first: int, last: int) -> Absence:
    today = timezone.localdate()
    return absences.set_away(
        community_id=cast.river.pk,
        actor=cast.ola.user,
        starts=today + timedelta(days=first),
        ends=today + timedelta(days=last),
    )


def test_times_away_do_not_overlap_and_lie_ahead(cast: Cast) -> None:
    away(cast, 3, 5)

    for first, last, why in [
        (5, 9, "already that you are away"),
        (0, 3, "already that you are away"),
        (8, 7, "after the first"),
        (-4, -1, "are over"),
    ]:
        with pytest.raises(NotReady, match=why):
            away(cast, first, last)
    away(cast, 6, 6)


def test_a_time_away_is_changed_and_ended_by_her_alone(cast: Cast) -> None:
    held = away(cast, 0, 5)
    today = timezone.localdate()

    with pytest.raises(NotAllowed):
        absences.end(held.pk, actor=cast.amina.user)
    absences.change(
        held.pk, actor=cast.ola.user, starts=today, ends=today + timedelta(days=9), note="Fishing"
    )
    absences.end(held.pk, actor=cast.ola.user)

    held.refresh_from_db()
    assert (held.note, held.ends) == ("Fishing", today + timedelta(days=9))
    with pytest.raises(NotReady, match="is over"):
        absences.end(held.pk, actor=cast.ola.user)
    away(cast, 0, 1)


def test_nobody_without_a_role_is_away(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        absences.set_away(
            community_id=cast.river.pk,
            actor=cast.zed.user,
            starts=timezone.localdate(),
            ends=timezone.localdate(),
        )
