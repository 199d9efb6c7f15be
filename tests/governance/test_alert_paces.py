"""Paces, quiet times and absences hold a mail back, by the day and by community."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest
from django.core import mail
from django.utils import timezone

from governance.actions import absences, quiet
from governance.actions.alerts import tell
from governance.models import AlertChoice, User
from governance.tasks import send_alerts
from tests.cast import Cast
from tests.governance.test_quiet import keep

pytestmark = pytest.mark.django_db

MONDAY = datetime(2036, 3, 3, 9, tzinfo=UTC)
At = Callable[..., list[str]]


@pytest.fixture
def at() -> At:
    """Send what is due at a time after Monday at nine, and say whom the mails went to."""

    def run(**after: int) -> list[str]:
        mail.outbox.clear()
        with patch("django.utils.timezone.now", return_value=MONDAY + timedelta(**after)):
            send_alerts()
        names = dict(User.objects.values_list("email", "name"))
        return sorted(names[message.to[0]] for message in mail.outbox)

    return run


def told(cast: Cast, *users: User, key: str = "a", at: datetime = MONDAY) -> None:
    with patch("django.utils.timezone.now", return_value=at):
        tell(users, key=key, path="/", community=cast.river)


def test_each_person_hears_at_her_own_pace(cast: Cast, at: At) -> None:
    AlertChoice.objects.create(user=cast.bo.user, pace="daily")
    AlertChoice.objects.create(user=cast.cleo.user, pace="weekly")
    told(cast, *(person.user for person in cast.stewards))

    assert at(minutes=1) == ["Amina"]
    assert at(hours=22, minutes=59) == []
    assert at(hours=23) == ["Bo"]
    assert at(days=6, hours=22) == []
    assert at(days=6, hours=23) == ["Cleo"]


def test_a_digest_tells_of_all_in_one_mail(cast: Cast, at: At) -> None:
    AlertChoice.objects.create(user=cast.bo.user, pace="daily")
    told(cast, cast.bo.user)
    told(cast, cast.bo.user, key="b", at=MONDAY + timedelta(hours=5))
    told(cast, cast.bo.user, key="c", at=MONDAY + timedelta(hours=23, seconds=1))

    assert at(hours=23, minutes=5) == ["Bo"]
    assert mail.outbox[0].subject == "Kinhold: 2 things wait for you"
    assert at(hours=24) == []
    assert at(days=1, hours=23) == ["Bo"]


def test_by_another_clock_a_digest_leaves_at_eight_there(
    cast: Cast, at: At, settings: object
) -> None:
    settings.TIME_ZONE = "Pacific/Auckland"  # type: ignore[attr-defined]  # 13 hours ahead in March
    timezone.get_default_timezone.cache_clear()
    try:
        AlertChoice.objects.create(user=cast.bo.user, pace="daily")
        told(cast, cast.bo.user)

        assert at(hours=9, minutes=59) == []
        assert at(hours=10) == ["Bo"]
    finally:
        settings.TIME_ZONE = "UTC"  # type: ignore[attr-defined]  # as above
        timezone.get_default_timezone.cache_clear()


def test_nothing_leaves_in_a_quiet_time_and_all_of_it_in_the_morning_after(
    cast: Cast, at: At
) -> None:
    with patch("django.utils.timezone.now", return_value=MONDAY):
        quiet.keep_quiet(
            community_id=cast.river.pk,
            actor=cast.eli.user,
            starts=MONDAY.date(),
            ends=MONDAY.date() + timedelta(days=1),
        )
    told(cast, cast.amina.user)
    told(cast, cast.amina.user, key="b", at=MONDAY + timedelta(days=1))

    assert at(minutes=5) == []
    assert at(days=1, hours=14, minutes=59) == []
    assert at(days=1, hours=15) == []  # midnight: it is over, and people sleep
    assert at(days=1, hours=23) == ["Amina"]
    assert mail.outbox[0].subject == "Kinhold: 2 things wait for you"


def test_a_quiet_time_holds_back_its_own_community_only(cast: Cast, at: At) -> None:
    with patch("django.utils.timezone.now", return_value=MONDAY):
        keep(cast.coast, cast.zed.user, MONDAY.date(), 9)
    told(cast, cast.amina.user, cast.zed.user)
    with patch("django.utils.timezone.now", return_value=MONDAY):
        tell([cast.zed.user], key="z", path="/", community=cast.coast)
        tell([cast.chi.user], key="z", path="/")

    assert at(minutes=5) == ["Amina", "Chi", "Zed"]
    assert [message.subject for message in mail.outbox] == ["Kinhold: something waits for you"] * 3


def test_who_is_away_hears_when_she_is_back_even_if_that_is_earlier(cast: Cast, at: At) -> None:
    with patch("django.utils.timezone.now", return_value=MONDAY):
        away = absences.set_away(
            community_id=cast.river.pk,
            actor=cast.bo.user,
            starts=MONDAY.date(),
            ends=MONDAY.date() + timedelta(days=9),
        )
    told(cast, cast.amina.user, cast.bo.user)
    assert at(minutes=5) == ["Amina"]
    assert at(days=1, hours=23) == []

    with patch("django.utils.timezone.now", return_value=MONDAY + timedelta(days=2)):
        absences.end(away.pk, actor=cast.bo.user)

    assert at(days=2, minutes=1) == ["Bo"]


def test_two_of_five_years_of_ticks_send_nothing_twice(cast: Cast, at: At) -> None:
    told(cast, cast.amina.user)

    assert [at(days=day) for day in (0, 1, 30, 365, 1826)] == [["Amina"], [], [], [], []]
