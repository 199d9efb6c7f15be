"""Reminders: to whom, when, how often, and that none leaves in a quiet time (R-24)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.core import mail
from django.utils import timezone

from governance.actions import absences, quiet
from governance.actions.alerts import tell
from governance.actions.charters import draft
from governance.models import Charter, Reminder, Statement, User
from governance.queries.reminders import step_for
from governance.tasks import remind, send_alerts
from tests import factories
from tests.cast import Cast
from tests.governance.pages import answer_text, draft_protocol
from tests.governance.test_quiet import keep

pytestmark = pytest.mark.django_db


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
    """Run the tasks on a day from today, and return whom the mails went to, by name."""

    def run(days: int) -> list[str]:
        mail.outbox.clear()
        later = timezone.now() + timedelta(days=days)
        with patch("django.utils.timezone.now", return_value=later):
            remind()
            sent = send_alerts()
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


def test_a_reminder_whose_mail_does_not_leave_is_tried_again_and_noted_once(
    cast: Cast, waiting: Statement, settings: Any, on_day: Callable[[int], list[str]]
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # nobody listens there
    assert on_day(7) == []
    assert Reminder.objects.count() == 2

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert on_day(8) == ["Bo", "Cleo"]
    assert Reminder.objects.count() == 2


def test_reminders_and_all_else_make_one_mail(
    cast: Cast, waiting: Statement, on_day: Callable[[int], list[str]]
) -> None:
    with patch("django.utils.timezone.now", return_value=timezone.now() + timedelta(days=7)):
        tell([cast.bo.user], key="review:x:opened", path="/reviews/", community=cast.river)

    assert on_day(7) == ["Bo", "Cleo"]
    assert [message.subject for message in mail.outbox] == [
        "Kinhold: 2 things wait for you",
        "Kinhold: something waits for you",
    ]
