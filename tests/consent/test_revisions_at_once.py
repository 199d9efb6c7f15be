"""Two people at the same moment, while a request changes: real transactions, real locks."""

import pytest

from consent.actions import requests, revisions
from consent.models import Grant, RequestRevision, Review
from consent.rules import WhyBack
from tests.consent.factories import JOB
from tests.consent.revising import NOTE, rewrite
from tests.consent.test_at_once import at_once, yes

pytestmark = pytest.mark.django_db(transaction=True)


def back(review, person):
    return lambda: revisions.send_back(review.pk, actor=person.user, why=WhyBack.UNCLEAR)


def test_the_deciding_yes_and_a_sending_back_do_not_both_happen(cast, review):
    yes(review, cast.amina)()

    results = at_once(yes(review, cast.bo), back(review, cast.cleo))

    review.refresh_from_db()
    request = review.revision.request
    request.refresh_from_db()
    review.statement.refresh_from_db()
    assert sum(isinstance(result, Exception) for result in results) == 1
    assert (review.state, review.statement.state, request.state, Grant.objects.count()) in {
        ("approved", "adopted", "decided", 1),
        ("sent back", "fallen", "being changed", 0),
    }


def test_two_stewards_send_it_back_once(cast, review):
    results = at_once(back(review, cast.amina), back(review, cast.bo))

    assert sum(isinstance(result, Exception) for result in results) == 1


def test_a_change_that_is_submitted_and_the_deciding_yes_do_not_both_count(cast, review):
    yes(review, cast.amina)()
    request = review.revision.request
    rewrite(request, cast.chi.user)

    at_once(
        yes(review, cast.bo),
        lambda: requests.submit(request.pk, actor=cast.chi.user, job=JOB, note=NOTE),
    )

    review.refresh_from_db()
    newest = Review.objects.get(revision__number=2)
    # Whichever came first: the new text is open with no answer, and knows of a yes before it.
    assert newest.state == "open"
    assert not newest.statement.ballots.exists()
    assert (review.state, Grant.objects.count(), newest.amends is not None) in {
        ("approved", 1, True),
        ("replaced", 0, False),
    }


def test_a_change_submitted_twice_at_once_is_one_revision(cast, review):
    request = review.revision.request
    rewrite(request, cast.chi.user)

    def submit():
        return requests.submit(request.pk, actor=cast.chi.user, job=JOB, note=NOTE)

    at_once(submit, submit)

    assert RequestRevision.objects.count() == 2
    assert Review.objects.filter(state="open").count() == 1


def test_keeping_and_a_sending_back_leave_one_state(cast, review):
    request = review.revision.request
    revisions.change(request.pk, actor=cast.chi.user)

    at_once(
        back(review, cast.amina),
        lambda: revisions.keep(request.pk, actor=cast.chi.user),
    )

    request.refresh_from_db()
    review.refresh_from_db()
    assert (request.state, review.state) == ("being changed", "sent back")
