"""Timers of a review: whom they remind, when, and that no time decides anything (R-15, R-24)."""

from datetime import timedelta
from unittest.mock import patch

import pytest
from django.core import mail
from django.utils import timezone

from consent.actions import attending, notices, talk
from consent.actions.review_times import set_times
from consent.models import Grant, Review
from consent.queries.readers import readers_of_talk
from consent.rules import Completeness
from consent.tasks import clock
from consent.times import Times
from governance.models import Alert, Ballot, User
from governance.tasks import remind, send_alerts
from tests import factories
from tests.cast import Cast
from tests.consent.factories import answer
from tests.governance.test_quiet import keep

pytestmark = pytest.mark.django_db


def reminded(days: float) -> set[str]:
    """Run the clock so many days from now, send what is due, and say whom the mails went to."""
    mail.outbox.clear()
    with patch("django.utils.timezone.now", return_value=timezone.now() + timedelta(days=days)):
        clock()
        remind()
        send_alerts()
    names = dict(User.objects.values_list("email", "name"))
    return {names[message.to[0]] for message in mail.outbox}


@pytest.fixture
def looked_after(cast: Cast, review: Review) -> Review:
    """Somebody looked at the request, and all is there; what was told of that is sent."""
    attending.acknowledge(review.pk, actor=cast.eli.user)
    attending.check(review.pk, actor=cast.eli.user, found=Completeness.COMPLETE)
    Alert.objects.update(sent_at=timezone.now())
    return review


def test_who_has_not_answered_a_request_is_reminded_after_60_days(
    cast: Cast, looked_after: Review
) -> None:
    answer(looked_after, cast.bo)

    assert reminded(59) == set()
    assert reminded(60) == {"Amina", "Cleo"}
    assert looked_after.revision.request.title not in mail.outbox[0].body
    assert reminded(61) == set()
    assert reminded(120) == {"Amina", "Cleo"}


def test_a_community_that_wants_it_sooner_is_reminded_sooner(
    cast: Cast, looked_after: Review
) -> None:
    set_times(cast.river.pk, actor=cast.eli.user, times=Times(first_reminder=7))

    assert reminded(6) == set()
    assert reminded(7) == {"Amina", "Bo", "Cleo"}


def test_of_a_text_that_an_older_charter_would_decide_nobody_is_reminded(
    cast: Cast, looked_after: Review
) -> None:
    factories.make_charter(cast.river, cast.signers[:2])

    assert reminded(60) == set()


def test_a_request_that_nobody_looked_at_reminds_who_may(cast: Cast, review: Review) -> None:
    Alert.objects.update(sent_at=timezone.now())

    assert reminded(9) == set()
    assert reminded(16) == {"Amina", "Bo", "Cleo", "Eli"}
    assert "2 things wait" in mail.outbox[0].subject  # look at it, and see whether all is there


def test_who_took_it_on_is_reminded_first_and_then_all(cast: Cast, review: Review) -> None:
    attending.assign(review.pk, actor=cast.eli.user, membership_id=cast.bo.membership.pk)
    Alert.objects.update(sent_at=timezone.now())

    assert reminded(16) == {"Bo"}
    assert reminded(30) == {"Amina", "Bo", "Cleo", "Eli"}


def test_quiet_days_make_every_timer_wait(cast: Cast, looked_after: Review) -> None:
    keep(cast.river, cast.eli.user, timezone.localdate() + timedelta(days=50), 20)

    assert [reminded(day) for day in (60, 69, 79)] == [set(), set(), set()]
    assert reminded(80) == {"Amina", "Bo", "Cleo"}


def test_a_researcher_is_reminded_of_a_question_after_30_days(
    cast: Cast, looked_after: Review
) -> None:
    talk.write_to_researchers(
        looked_after.pk,
        actor=cast.amina.user,
        text="Why us?",
        question=True,
        readers=readers_of_talk(looked_after).mark,
    )
    Alert.objects.update(sent_at=timezone.now())

    assert reminded(29) == set()
    assert reminded(30) == {"Chi"}
    assert reminded(31) == set()


def test_five_years_of_silence_decide_nothing(cast: Cast, review: Review) -> None:
    """Every month the whole clock runs; at the end all is as it was (R-15)."""
    request = review.revision.request
    before = (review.state, request.state, review.statement.state)

    for month in range(1, 61):
        reminded(month * 30.5)

    for row in (review, request, review.statement):
        row.refresh_from_db()
    assert (review.state, request.state, review.statement.state) == before
    assert Grant.objects.count() == 0
    assert Ballot.objects.filter(statement=review.statement).count() == 0


def test_a_stop_reminds_nobody(cast: Cast) -> None:
    factories.make_charter(cast.river, cast.signers, rules=factories.threshold(2, pause=2))
    notices.pause(community_id=cast.river.pk, actor=cast.bo.user, reason="")
    Alert.objects.update(sent_at=timezone.now())

    assert reminded(30) == set()
