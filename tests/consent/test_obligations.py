"""The ledger: made with the grant, reported by the researcher, done by a steward's word alone."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from consent.actions import obligations
from consent.errors import Incomplete, NotAllowed, TransitionRefused
from consent.models import Grant, Obligation
from consent.promises import Standing
from consent.queries.obligations import closed_out, is_standing, results_returned, standing_of
from consent.rules import GrantState, ObligationKind
from governance import errors
from governance.models import AccessEvent
from governance.rules import PlatformRole
from tests import factories as people
from tests.consent import promising
from tests.consent.factories import make_request, review_of, say_yes

pytestmark = pytest.mark.django_db


@pytest.fixture
def benefit(grant):
    return promising.promise_of(grant)


def test_a_yes_writes_down_all_that_follows_from_it_once(cast, grant):
    rows = list(Obligation.objects.filter(grant=grant))

    assert {row.kind for row in rows} >= {"benefit", "results", "destruction", "close-out"}
    assert {row.community for row in rows} == {cast.river}
    assert {"clause:DESTROY", "clause:RETURN_RESULTS", "platform"} <= {row.source for row in rows}
    assert AccessEvent.objects.filter(verb="promise.make").count() == len(rows)
    assert obligations.promise_all(grant) == rows
    assert Obligation.objects.count() == len(rows)


def test_what_is_reported_is_done_only_when_a_steward_says_so(cast, benefit):
    row = promising.reported(benefit, cast.chi)
    assert standing_of(row, promising.today()) is Standing.REPORTED
    assert json.loads(row.report) == {"text": "Our text."}

    row = obligations.confirm(row.pk, actor=cast.amina.user)

    assert standing_of(row, promising.today()) is Standing.DONE
    assert row.done_by == cast.amina.membership
    verbs = AccessEvent.objects.filter(subject=f"promise:{row.public_id}", community=cast.river)
    told = list(verbs.order_by("pk").values_list("verb", flat=True))
    assert told == ["promise.make", "promise.report", "promise.confirm"]


def test_a_community_sees_for_itself_what_came_and_confirms_without_a_report(cast, benefit):
    assert obligations.confirm(benefit.pk, actor=cast.bo.user).done_at is not None


def test_a_steward_sends_a_report_back_with_a_reason(cast, benefit):
    promising.reported(benefit, cast.chi)

    row = obligations.send_back(benefit.pk, actor=cast.amina.user, reason=" Nobody came. ")

    assert row.sent_back_because == "Nobody came."
    assert standing_of(row, row.due_on + timedelta(days=1)) is Standing.LATE
    assert promising.reported(row, cast.chi).sent_back_because == ""


def test_nothing_is_sent_back_before_it_is_reported(cast, benefit):
    with pytest.raises(TransitionRefused, match="Nothing is reported"):
        obligations.send_back(benefit.pk, actor=cast.amina.user, reason="x")


@pytest.mark.parametrize("reason", ["", "  ", "x" * 401])
def test_letting_somebody_off_needs_a_reason(cast, benefit, reason):
    with pytest.raises(Incomplete) as refused:
        obligations.let_off(benefit.pk, actor=cast.amina.user, reason=reason)
    assert set(refused.value.fields) == {"reason"}


def test_letting_somebody_off_is_logged_and_shown(cast, benefit):
    row = obligations.let_off(benefit.pk, actor=cast.amina.user, reason="The flood came.")

    assert standing_of(row, promising.today()) is Standing.LET_OFF
    assert AccessEvent.objects.filter(verb="promise.let-off", community=cast.river).count() == 1


def test_what_is_settled_is_final(cast, benefit):
    obligations.confirm(benefit.pk, actor=cast.amina.user)

    for again in (
        lambda: obligations.confirm(benefit.pk, actor=cast.bo.user),
        lambda: obligations.let_off(benefit.pk, actor=cast.bo.user, reason="x"),
        lambda: obligations.send_back(benefit.pk, actor=cast.bo.user, reason="x"),
        lambda: promising.reported(benefit, cast.chi),
    ):
        with pytest.raises(TransitionRefused, match="confirmed as kept"):
            again()


@pytest.mark.parametrize(
    "role", ["convenor", "custodian", "observer", "researcher", "outsider", "auditor", "admin"]
)
def test_nobody_but_a_steward_of_the_community_settles_anything(cast, benefit, role):
    promising.reported(benefit, cast.chi)
    actor = cast.everybody[role].user

    for act in (
        lambda: obligations.confirm(benefit.pk, actor=actor),
        lambda: obligations.let_off(benefit.pk, actor=actor, reason="x"),
        lambda: obligations.send_back(benefit.pk, actor=actor, reason="x"),
    ):
        with pytest.raises(errors.NotAllowed):
            act()
    benefit.refresh_from_db()
    assert benefit.done_at is None and benefit.let_off_at is None


def test_a_steward_whom_the_charter_does_not_name_settles_nothing(cast, benefit):
    newcomer = people.make_user("New steward")
    people.make_membership(newcomer, cast.river)

    with pytest.raises(errors.NotAllowed, match="does not name you"):
        obligations.confirm(benefit.pk, actor=newcomer)


def test_only_the_applicant_reports(cast, benefit):
    other = people.make_user("Other", PlatformRole.RESEARCHER)

    with pytest.raises(NotAllowed):
        obligations.report(benefit.pk, actor=other, answers={"text": "x"})
    with pytest.raises(errors.NotAllowed):
        obligations.report(benefit.pk, actor=cast.amina.user, answers={"text": "x"})


@pytest.mark.parametrize("kind", list(ObligationKind))
def test_each_kind_has_a_form_of_its_own_and_says_what_is_missing(cast, grant, kind):
    row = Obligation.objects.create(
        grant=grant,
        community=cast.river,
        kind=kind.value,
        text="x",
        due_on=promising.today(),
        source="request",
    )
    with pytest.raises(Incomplete) as refused:
        obligations.report(row.pk, actor=cast.chi.user, answers={"nonsense": "x"})
    assert "nonsense" in refused.value.fields
    assert len(refused.value.fields) > 1

    assert promising.reported(row, cast.chi).reported_at is not None


def test_results_are_returned_when_a_steward_has_said_so(cast, grant):
    assert not results_returned(grant)
    promising.results_confirmed(grant, cast.chi, cast.amina)
    assert results_returned(grant)


def test_who_is_let_off_bringing_results_back_has_not_brought_them_back(cast, grant):
    for row in Obligation.objects.filter(grant=grant, kind="results"):
        obligations.let_off(row.pk, actor=cast.amina.user, reason="No run was made.")

    assert not results_returned(grant)


def test_the_database_knows_the_same_standings(cast, grant):
    rows = list(Obligation.objects.filter(grant=grant).order_by("pk"))
    today = promising.today()
    for row, days in zip(rows, (-5, 0, 1, 30, 31), strict=False):
        Obligation.objects.filter(pk=row.pk).update(due_on=today + timedelta(days=days))
    promising.reported(rows[5], cast.chi)
    obligations.confirm(rows[6].pk, actor=cast.amina.user)
    obligations.let_off(rows[7].pk, actor=cast.amina.user, reason="x")

    found = {
        standing: set(Obligation.objects.filter(is_standing(standing, today)).values_list("pk"))
        for standing in Standing
    }
    assert all(found.values())
    assert sum(len(pks) for pks in found.values()) == Obligation.objects.count()
    for row in Obligation.objects.all():
        assert (row.pk,) in found[standing_of(row, today)]


def test_a_request_is_closed_out_when_all_is_over_and_settled(cast, grant):
    request = grant.review.revision.request
    after = grant.not_after + timedelta(seconds=1)
    assert not closed_out(request, at=after)
    for row in Obligation.objects.filter(grant=grant):
        obligations.confirm(row.pk, actor=cast.amina.user)

    assert not closed_out(request, at=timezone.now())
    assert closed_out(request, at=after)
    revoked = {"state": GrantState.REVOKED.value, "revoked_at": timezone.now()}
    Grant.objects.filter(pk=grant.pk).update(**revoked)
    assert closed_out(request, at=timezone.now())


def test_a_request_without_a_yes_is_not_closed_out(cast, review):
    assert not closed_out(review.revision.request, at=timezone.now())


def again(grant, review):
    """A second agreement on the same data, as an amendment makes one."""
    return Grant.objects.create(
        public_id="00000000-0000-4000-8000-000000000002",
        review=review,
        community=grant.community,
        statement=review.statement,
        signed_text=grant.signed_text,
        not_before=grant.not_before + timedelta(days=90),
        not_after=grant.not_after + timedelta(days=90),
        state=GrantState.ACTIVE.value,
    )


@pytest.fixture
def second(cast, grant):
    """A further review of the same request on the same data."""
    other = review_of(make_request(cast.chi.user))
    other.revision.request = grant.review.revision.request
    other.revision.number = 2
    other.revision.save()
    return other


def test_a_changed_agreement_puts_no_debt_off_and_asks_for_nothing_twice(cast, grant, second):
    benefit = promising.promise_of(grant)
    ethics = Obligation.objects.get(grant=grant, source="clause:ETHICS_DOC")
    obligations.confirm(ethics.pk, actor=cast.amina.user)
    end = promising.promise_of(grant, ObligationKind.CLOSE_OUT).due_on

    newer = again(grant, second)
    obligations.promise_all(newer)

    moved = Obligation.objects.get(pk=benefit.pk)
    assert (moved.grant, moved.due_on) == (newer, benefit.due_on)
    assert Obligation.objects.filter(source="clause:ETHICS_DOC").count() == 1
    close_out = Obligation.objects.get(kind="close-out")
    assert close_out.grant == newer
    assert close_out.due_on == end + timedelta(days=90)


def test_results_that_came_back_before_do_not_count_for_a_changed_agreement(cast, grant, second):
    promising.results_confirmed(grant, cast.chi, cast.amina)
    newer = again(grant, second)

    obligations.promise_all(newer)

    assert not results_returned(newer)


def test_each_community_has_a_ledger_of_its_own(cast, dataset, protocol):
    one = say_yes(review_of(make_request(cast.chi.user)), [cast.amina, cast.bo])
    two = say_yes(review_of(make_request(cast.chi.user)), [cast.amina, cast.bo])

    assert one.obligations.count() == two.obligations.count()
