"""Two people settle the same thing at the same moment: real transactions, real locks."""

import pytest
from django.db import connection
from django.utils import timezone

from consent.actions import obligations, overdue, publications
from consent.errors import TransitionRefused
from consent.models import Obligation
from consent.rules import PublicationAnswer
from governance.models import AccessEvent, Alert
from tests.consent import promising
from tests.consent.test_at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_one_of_two_stewards_confirms(cast, grant):
    row = promising.reported(promising.promise_of(grant), cast.chi)

    said = at_once(
        lambda: obligations.confirm(row.pk, actor=cast.amina.user),
        lambda: obligations.let_off(row.pk, actor=cast.bo.user, reason="The flood came."),
    )

    assert sum(isinstance(each, TransitionRefused) for each in said) == 1
    row.refresh_from_db()
    assert (row.done_at is None) != (row.let_off_at is None)


def test_one_of_two_stewards_answers_about_a_paper(cast, grant):
    paper = promising.make_publication(grant, cast.chi)

    said = at_once(
        lambda: promising.answered(paper, cast.amina, PublicationAnswer.OK),
        lambda: promising.answered(paper, cast.bo, PublicationAnswer.REFUSE),
    )

    assert sum(isinstance(each, TransitionRefused) for each in said) == 1
    assert AccessEvent.objects.filter(verb="publication.answer").count() == 1


def test_a_paper_is_noted_as_published_once(cast, grant):
    promising.results_confirmed(grant, cast.chi, cast.amina)
    paper = promising.answered(promising.make_publication(grant, cast.chi), cast.amina)
    act = lambda: publications.publish(paper.pk, actor=cast.chi.user, on=promising.today())  # noqa: E731  both threads do the same

    at_once(act, act)

    assert AccessEvent.objects.filter(verb="publication.publish").count() == 1


def test_two_clocks_at_once_make_a_ledger_once_and_remind_once(cast, grant):
    before = Obligation.objects.count()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM consent_obligation")

    at_once(lambda: overdue.remind(timezone.now()), lambda: overdue.remind(timezone.now()))

    assert Obligation.objects.count() == before
    promising.overdue(promising.promise_of(grant))
    at_once(lambda: overdue.remind(timezone.now()), lambda: overdue.remind(timezone.now()))
    assert Alert.objects.filter(key__contains=":due:").count() == 1
