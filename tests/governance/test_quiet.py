"""Quiet times and times away; and that no reminder leaves in either (R-24)."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.core import mail
from django.utils import timezone

from governance.actions import absences, quiet
from governance.actions.reminders import send_due
from governance.errors import NotAllowed, NotReady
from governance.models import Absence, Charter, Community, QuietTime, Reminder, Statement, User
from governance.queries.quiet import deadline_moved, is_quiet, working_days
from governance.queries.reminders import step_for
from governance.tasks import remind
from tests.cast import Cast
from tests.governance.pages import answer_text, draft_protocol

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


@pytest.mark.parametrize(
    ("days", "step"), [(0, 0), (6, 0), (7, 7), (13, 7), (14, 14), (27, 14), (28, 28), (56, 56)]
)
def test_each_reminder_waits_twice_as_long(days: int, step: int) -> None:
    assert step_for(days) == step


@pytest.fixture
def waiting(cast: Cast, charter: Charter) -> Statement:
    """A protocol put to River's stewards today; Amina has answered."""
    statement = draft_protocol(cast).statement
    answer_text(statement, cast.amina)
    return statement


@pytest.fixture
def on_day() -> Callable[[int], list[str]]:
    """Run the task on a day from today, and return whom its mails went to, by name."""

    def run(days: int) -> list[str]:
        mail.outbox.clear()
        later = timezone.now() + timedelta(days=days)
        with patch("django.utils.timezone.now", return_value=later):
            sent = remind()
        assert sent == len(mail.outbox)
        names = dict(User.objects.values_list("email", "name"))
        return sorted(names[message.to[0]] for message in mail.outbox)

    return run


def test_who_has_not_answered_is_reminded_after_7_14_and_28_days(
    waiting: Statement, on_day: Callable[[int], list[str]]
) -> None:
    told = {day: on_day(day) for day in (6, 7, 8, 13, 14, 15, 27, 28, 55, 56)}

    both = ["Bo", "Cleo"]
    assert {day: names for day, names in told.items() if names} == {
        7: both,
        14: both,
        28: both,
        56: both,
    }


def test_a_reminder_is_sent_once_however_often_the_task_runs(
    waiting: Statement, on_day: Callable[[int], list[str]]
) -> None:
    assert on_day(7) == ["Bo", "Cleo"]
    assert on_day(7) == []
    assert Reminder.objects.count() == 2


def test_a_step_that_was_missed_is_made_up_for_once(
    waiting: Statement, on_day: Callable[[int], list[str]]
) -> None:
    """A worker that was down for weeks sends the newest step, not every one."""
    assert on_day(20) == ["Bo", "Cleo"]
    assert on_day(21) == []


def test_several_texts_make_one_mail(
    cast: Cast, waiting: Statement, on_day: Callable[[int], list[str]]
) -> None:
    from governance.actions.charters import draft
    from tests import factories

    draft(
        community_id=cast.river.pk,
        actor=cast.amina.user,
        nodes=[],
        rules=factories.threshold(2),
        floor=2,
    )

    assert on_day(7) == ["Amina", "Bo", "Cleo"]
    assert Reminder.objects.count() == 5


def test_the_mail_says_only_that_something_waits(
    cast: Cast, waiting: Statement, on_day: Callable[[int], list[str]]
) -> None:
    on_day(7)

    text = mail.outbox[0].subject + mail.outbox[0].body
    assert "Something in Kinhold waits for you" in text
    for secret in ("River", "river", "protocol", "Protocol", "Amina", "Bo", waiting.digest):
        assert secret not in text


def test_nothing_leaves_within_a_quiet_time_and_the_step_waits(
    cast: Cast, waiting: Statement, on_day: Callable[[int], list[str]]
) -> None:
    today = timezone.localdate()
    quiet.keep_quiet(
        community_id=cast.river.pk,
        actor=cast.eli.user,
        starts=today + timedelta(days=5),
        ends=today + timedelta(days=9),
    )

    told = {day: on_day(day) for day in range(5, 14)}

    assert {day: names for day, names in told.items() if names} == {12: ["Bo", "Cleo"]}


def test_nothing_leaves_to_somebody_away_and_she_hears_when_she_is_back(
    cast: Cast, waiting: Statement, on_day: Callable[[int], list[str]]
) -> None:
    today = timezone.localdate()
    absences.set_away(
        community_id=cast.river.pk,
        actor=cast.bo.user,
        starts=today + timedelta(days=6),
        ends=today + timedelta(days=9),
    )

    assert [on_day(day) for day in (7, 9, 10)] == [["Cleo"], [], ["Bo"]]


def test_another_communitys_quiet_time_holds_nothing_back(
    cast: Cast, waiting: Statement, on_day: Callable[[int], list[str]]
) -> None:
    keep(cast.coast, cast.zed.user, timezone.localdate(), 90)

    assert on_day(7) == ["Bo", "Cleo"]


def test_nobody_is_reminded_of_what_is_settled_or_of_another_charters_time(
    cast: Cast, waiting: Statement, on_day: Callable[[int], list[str]]
) -> None:
    answer_text(waiting, cast.bo)

    assert on_day(7) == []


def test_a_mail_that_does_not_leave_is_due_again(
    cast: Cast, waiting: Statement, settings: Any, on_day: Callable[[int], list[str]]
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # nobody listens there
    assert send_due(timezone.localdate() + timedelta(days=7)) == 0
    assert Reminder.objects.count() == 0

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert on_day(7) == ["Bo", "Cleo"]


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
