"""Two people press the button at the same moment: real transactions, real locks."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from consent.actions import meetings, notices, requests, reviews
from consent.errors import ConsentError
from consent.grants.statements import Answer
from consent.models import Grant, NoticesList
from consent.queries.meetings import meetings_to_sign
from governance.errors import GovernanceError
from tests.consent.meetings import write_down
from tests.factories import assertion

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts):
    """Run each act in a thread of its own, all starting together; return what each gave."""
    start = Barrier(len(acts))

    def run(act):
        start.wait(timeout=10)
        try:
            return act()
        except (ConsentError, GovernanceError) as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def yes(review, person):
    made = assertion(person.passkey, review.statement, Answer.YES)
    return lambda: reviews.cast(review.pk, actor=person.user, answer=Answer.YES, assertion=made)


def test_three_yes_at_once_make_one_grant(cast, review):
    results = at_once(*(yes(review, person) for person in cast.stewards))

    refused = [result for result in results if isinstance(result, Exception)]
    assert Grant.objects.count() == 1
    assert len(refused) == 1


def test_a_withdrawal_and_the_deciding_yes_do_not_both_happen(cast, review):
    yes(review, cast.amina)()
    request = review.revision.request

    at_once(
        yes(review, cast.bo),
        lambda: requests.withdraw(request.pk, actor=cast.chi.user),
    )

    request.refresh_from_db()
    review.refresh_from_db()
    assert (request.state, review.state, Grant.objects.count()) in {
        ("decided", "approved", 1),
        ("withdrawn", "withdrawn", 0),
    }


def test_conditions_and_the_deciding_yes_do_not_both_happen(cast, review):
    yes(review, cast.amina)()

    at_once(
        yes(review, cast.bo),
        lambda: reviews.put_conditions(
            review.pk, actor=cast.cleo.user, conditions=["Tell us first."]
        ),
    )

    review.refresh_from_db()
    grants = Grant.objects.count()
    assert (review.state, review.statement.state, grants) in {
        ("approved", "adopted", 1),
        ("open", "open", 0),
    }


def test_lists_issued_at_once_have_different_numbers(cast, review):
    at_once(*[lambda: notices.publish(cast.river.pk)] * 3)

    assert NoticesList.objects.get(community=cast.river).sequence == 3


def test_one_revocation_is_written_when_two_ask_for_it_at_once(cast, review):
    for person in (cast.amina, cast.bo):
        yes(review, person)()
    grant = Grant.objects.get()

    results = at_once(
        *(
            lambda person=person: notices.propose_revocation(grant.pk, actor=person.user, reason="")
            for person in (cast.amina, cast.bo)
        )
    )

    assert len([r for r in results if isinstance(r, Exception)]) == 1


def test_a_record_of_a_meeting_is_confirmed_by_one_and_dropped_by_none(cast, review):
    made = write_down(review, cast.eli, cast.amina)

    results = at_once(
        lambda: meetings.confirm(made.pk, actor=cast.amina.user),
        lambda: meetings.confirm(made.pk, actor=cast.bo.user),
        lambda: meetings.drop(made.pk, actor=cast.cleo.user),
    )

    made.refresh_from_db()
    assert sum(isinstance(result, Exception) for result in results) == 2
    assert (made.confirmed_at is None) != (made.dropped_at is None)


def test_a_meeting_and_a_new_text_at_once_leave_one_truth(cast, review):
    """Whichever comes first: the record names one text, and asks only those who may sign it."""
    made = write_down(review, cast.eli, cast.amina)

    at_once(
        lambda: meetings.confirm(made.pk, actor=cast.bo.user),
        lambda: reviews.put_conditions(review.pk, actor=cast.cleo.user, conditions=["First."]),
    )

    review.refresh_from_db()
    assert made.statement_id != review.statement_id
    assert not meetings_to_sign(cast.amina.user).exists()
