"""What is to be made public: read first, answered by a steward, never by time; results first."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from consent.actions import obligations, overdue, publications
from consent.errors import Incomplete, NotAllowed, TransitionRefused
from consent.models import Obligation, Publication
from consent.queries.publications import what_locks
from consent.rules import PublicationAnswer
from governance import errors
from governance.models import AccessEvent, Alert, QuietTime
from governance.rules import PlatformRole
from tests import factories as people
from tests.consent import promising
from tests.consent.factories import make_request, review_of, say_yes

pytestmark = pytest.mark.django_db


@pytest.fixture
def paper(cast, grant):
    return promising.make_publication(grant, cast.chi)


@pytest.fixture
def agreed(cast, paper):
    return promising.answered(paper, cast.amina)


def test_the_time_for_reading_is_that_of_the_protocol(cast, paper):
    assert paper.answer_due_on == promising.today() + timedelta(days=60)
    told = Alert.objects.filter(key__startswith=f"publication:{paper.public_id}")
    assert set(told.values_list("user", flat=True)) == {p.user.pk for p in cast.stewards}


@pytest.mark.parametrize("field", ["title", "where", "plain_summary"])
def test_what_is_put_to_a_community_is_whole(cast, grant, field):
    for text in ("", "   ", "x" * 4001):
        with pytest.raises(Incomplete) as refused:
            promising.make_publication(grant, cast.chi, **{field: text})
        assert set(refused.value.fields) == {field}


@pytest.mark.parametrize("answer", list(PublicationAnswer))
def test_a_steward_gives_one_of_four_answers_once(cast, paper, answer):
    row = promising.answered(paper, cast.amina, answer)

    assert (row.answer, row.answered_by) == (answer.value, cast.amina.membership)
    with pytest.raises(TransitionRefused, match="answered already"):
        promising.answered(paper, cast.bo, PublicationAnswer.OK)
    assert AccessEvent.objects.filter(verb="publication.answer", community=cast.river).count() == 1


def test_asking_for_changes_says_which(cast, paper):
    with pytest.raises(Incomplete):
        publications.answer(paper.pk, actor=cast.amina.user, answer=PublicationAnswer.CHANGES)


def test_a_refusal_needs_no_reason(cast, paper):
    row = publications.answer(paper.pk, actor=cast.amina.user, answer=PublicationAnswer.REFUSE)

    assert row.answer_text == ""


@pytest.mark.parametrize(
    "role", ["convenor", "custodian", "observer", "researcher", "outsider", "auditor", "admin"]
)
def test_nobody_but_a_steward_of_the_community_answers(cast, paper, role):
    with pytest.raises(errors.NotAllowed):
        promising.answered(paper, cast.everybody[role])


def test_a_steward_whom_the_charter_does_not_name_does_not_answer(cast, paper):
    newcomer = people.make_user("New steward")
    people.make_membership(newcomer, cast.river)

    with pytest.raises(errors.NotAllowed, match="does not name you"):
        publications.answer(paper.pk, actor=newcomer, answer=PublicationAnswer.OK)


def test_only_the_applicant_puts_and_publishes(cast, grant, paper):
    other = people.make_user("Other", PlatformRole.RESEARCHER)
    for act in (
        lambda: publications.submit(grant.pk, actor=other, wanted=promising.wanted()),
        lambda: publications.publish(paper.pk, actor=other, on=promising.today()),
    ):
        with pytest.raises(NotAllowed):
            act()
    with pytest.raises(errors.NotAllowed):
        publications.publish(paper.pk, actor=cast.amina.user, on=promising.today())


def test_nothing_is_published_before_the_community_agreed(cast, grant, paper):
    promising.results_confirmed(grant, cast.chi, cast.amina)

    with pytest.raises(TransitionRefused, match="has not answered"):
        publications.publish(paper.pk, actor=cast.chi.user, on=promising.today())


def test_nothing_is_published_before_results_came_back_to_the_community(cast, grant, agreed):
    with pytest.raises(TransitionRefused, match="results came back to it first"):
        publications.publish(agreed.pk, actor=cast.chi.user, on=promising.today())
    for row in Obligation.objects.filter(grant=grant, kind="results"):
        promising.reported(row, cast.chi)
    with pytest.raises(TransitionRefused, match="results came back to it first"):
        publications.publish(agreed.pk, actor=cast.chi.user, on=promising.today())

    for row in Obligation.objects.filter(grant=grant, kind="results"):
        obligations.confirm(row.pk, actor=cast.amina.user)
    row = publications.publish(
        agreed.pk, actor=cast.chi.user, on=promising.today(), link="https://journal.example/1"
    )

    assert row.published_at == promising.today()


@pytest.mark.parametrize("answer", [PublicationAnswer.CHANGES, PublicationAnswer.REFUSE])
def test_what_was_not_agreed_to_is_not_published_but_put_anew(cast, grant, paper, answer):
    promising.results_confirmed(grant, cast.chi, cast.amina)
    promising.answered(paper, cast.amina, answer)
    with pytest.raises(TransitionRefused, match="did not agree"):
        publications.publish(paper.pk, actor=cast.chi.user, on=promising.today())

    newer = publications.submit(
        grant.pk, actor=cast.chi.user, wanted=promising.wanted(), follows=paper
    )

    assert newer.follows == paper and newer.answer == ""
    with pytest.raises(TransitionRefused, match="newer version of this already"):
        publications.submit(grant.pk, actor=cast.chi.user, wanted=promising.wanted(), follows=paper)


def test_no_other_version_follows_what_waits_or_may_go_out(cast, grant, paper):
    for turn in range(2):
        with pytest.raises(TransitionRefused, match="Nobody asked"):
            publications.submit(
                grant.pk, actor=cast.chi.user, wanted=promising.wanted(), follows=paper
            )
        if turn == 0:
            promising.answered(paper, cast.amina)


@pytest.mark.parametrize(("days", "link"), [(1, ""), (-1, ""), (0, "ftp://a.example"), (0, "x")])
def test_the_day_and_the_address_are_looked_at(cast, grant, agreed, days, link):
    promising.results_confirmed(grant, cast.chi, cast.amina)
    on = promising.today() + timedelta(days=days)

    with pytest.raises(Incomplete):
        publications.publish(agreed.pk, actor=cast.chi.user, on=on, link=link)


def test_what_is_published_is_noted_once(cast, grant, agreed):
    promising.results_confirmed(grant, cast.chi, cast.amina)
    publications.publish(agreed.pk, actor=cast.chi.user, on=promising.today())

    with pytest.raises(TransitionRefused, match="noted as published already"):
        publications.publish(agreed.pk, actor=cast.chi.user, on=promising.today())


def test_five_years_give_no_answer_and_unlock_nothing(cast, grant, paper):
    promising.results_confirmed(grant, cast.chi, cast.amina)
    now = timezone.now()
    for month in range(61):
        overdue.remind(now + timedelta(days=30 * month))

    paper.refresh_from_db()
    assert paper.answer == "" and paper.published_at is None
    five_years = timezone.localdate(now + timedelta(days=1830))
    assert any("is no yes" in lock for lock in what_locks(paper, today=five_years))
    assert Publication.objects.exclude(answer="").count() == 0


def test_stewards_are_reminded_of_an_answer_in_a_rhythm(cast, paper):
    due = timezone.now() + timedelta(days=60)
    for days in (-1, 0, 0, 7, 8, 30, 60):
        overdue.remind(due + timedelta(days=days))

    told = Alert.objects.filter(key__startswith=f"publication:{paper.public_id}:unanswered")
    assert told.filter(user=cast.amina.user).count() == 4


def test_in_a_quiet_time_nobody_of_the_community_is_reminded(cast, paper):
    due = timezone.now() + timedelta(days=61)
    day = timezone.localdate(due)
    QuietTime.objects.create(
        community=cast.river, starts=day, ends=day, reason="", made_by=cast.amina.user
    )
    overdue.remind(due)
    told = Alert.objects.filter(key__startswith=f"publication:{paper.public_id}:unanswered")
    assert not told.exists()

    overdue.remind(due + timedelta(days=1))
    assert told.exists()


def test_a_rule_against_publishing_before_a_day_locks_until_then(cast, dataset):
    promising.adopt_protocol(cast, {"PUB_MORATORIUM": {"date": "2030-01-01"}})
    grant = say_yes(review_of(make_request(cast.chi.user)), [cast.amina, cast.bo])
    row = promising.answered(promising.make_publication(grant, cast.chi), cast.amina)
    promising.results_confirmed(grant, cast.chi, cast.amina)

    (lock,) = what_locks(row, today=date(2029, 12, 31))
    assert "nothing be published before" in lock
    assert what_locks(row, today=date(2030, 1, 1)) == []
