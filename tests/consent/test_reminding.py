"""A request under review reminds its stewards, too; and a charter that changed asks nobody."""

from datetime import timedelta
from unittest.mock import patch

import pytest
from django.core import mail
from django.utils import timezone

from config.celery import configuration
from consent.actions import notices
from consent.models import Review
from governance.tasks import remind, send_alerts
from tests import factories
from tests.cast import Cast
from tests.consent.factories import answer

pytestmark = pytest.mark.django_db


def reminded(days: int) -> set[str]:
    mail.outbox.clear()
    with patch("django.utils.timezone.now", return_value=timezone.now() + timedelta(days=days)):
        remind()
        send_alerts()
    return {message.to[0] for message in mail.outbox}


def test_who_has_not_answered_a_request_is_reminded(cast: Cast, review: Review) -> None:
    answer(review, cast.bo)

    assert reminded(6) == set()
    assert reminded(7) == {cast.amina.user.email, cast.cleo.user.email}
    assert review.revision.request.title not in mail.outbox[0].body


def test_of_a_text_that_an_older_charter_would_decide_nobody_is_reminded(
    cast: Cast, review: Review
) -> None:
    factories.make_charter(cast.river, cast.signers[:2])

    assert reminded(7) == set()


def test_a_stop_reminds_nobody(cast: Cast) -> None:
    factories.make_charter(cast.river, cast.signers, rules=factories.threshold(2, pause=2))
    notices.pause(community_id=cast.river.pk, actor=cast.bo.user, reason="")

    assert reminded(30) == set()


def test_the_clock_runs_it() -> None:
    assert configuration()["beat_schedule"]["remind"]["task"] == remind.name
