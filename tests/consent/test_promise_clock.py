"""What the clock does about promises: it reminds, and makes nothing done."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from consent.actions import overdue
from consent.clock import ACTIONS
from consent.models import Grant, Obligation
from consent.promises import Standing
from consent.queries.obligations import standing_of
from consent.rules import GrantState, ObligationKind
from governance.models import AccessEvent, Alert
from tests.consent import promising

pytestmark = pytest.mark.django_db


@pytest.fixture
def benefit(grant):
    return promising.promise_of(grant)


def test_the_clock_knows_of_promises():
    assert overdue.remind in ACTIONS


def told_of(row, word):
    return Alert.objects.filter(key__startswith=f"promise:{row.public_id}:{word}")


def test_the_researcher_is_reminded_in_a_rhythm_and_the_stewards_once(cast, benefit):
    due = timezone.now() + (benefit.due_on - promising.today()) * 1
    for days in (-1, 0, 0, 1, 7, 30, 59, 60, 90):
        overdue.remind(due + timedelta(days=days))

    assert told_of(benefit, "due").filter(user=cast.chi.user).count() == 5
    late = told_of(benefit, "late")
    assert set(late.values_list("user", flat=True)) == {p.user.pk for p in cast.stewards}
    assert late.count() == 3


def test_reminding_twice_tells_nobody_twice(cast, benefit):
    promising.overdue(benefit)
    now = timezone.now()

    assert overdue.remind(now) > 0
    assert overdue.remind(now) == 0


def test_what_is_reported_is_not_reminded_of(cast, benefit):
    promising.reported(promising.overdue(benefit), cast.chi)

    overdue.remind(timezone.now())

    assert not told_of(benefit, "due").exists()


def test_five_years_make_nothing_done(cast, grant):
    now = timezone.now()
    for month in range(61):
        overdue.remind(now + timedelta(days=30 * month))

    rows = Obligation.objects.filter(grant=grant)
    assert not rows.filter(done_at__isnull=False).exists()
    assert not rows.filter(let_off_at__isnull=False).exists()
    today = timezone.localdate(now + timedelta(days=1830))
    assert {standing_of(row, today) for row in rows} == {Standing.LATE}


def test_agreements_older_than_the_ledger_get_theirs_from_the_clock(cast, grant):
    # As an agreement stands that was signed before there was a ledger.
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM consent_obligation")

    overdue.remind(timezone.now())

    assert Obligation.objects.filter(grant=grant).count() > 3


def test_taking_an_agreement_back_brings_its_end_forward(cast, grant):
    Grant.objects.filter(pk=grant.pk).update(
        state=GrantState.REVOKED.value, revoked_at=timezone.now()
    )

    overdue.remind(timezone.now())
    overdue.remind(timezone.now())

    day = promising.today() + timedelta(days=30)
    for kind in (ObligationKind.CLOSE_OUT, ObligationKind.DESTRUCTION):
        assert promising.promise_of(grant, kind).due_on == day
    assert promising.promise_of(grant).due_on > day
    assert AccessEvent.objects.filter(verb="promise.hurry").count() == 2
