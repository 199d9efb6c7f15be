"""A change to a request that is agreed: only the change is put to the vote."""

import pytest
from django.utils import timezone

from consent.actions import reviews
from consent.errors import TransitionRefused
from consent.grants.statements import Answer
from consent.models import Grant, Review
from consent.queries.amendments import amendment_of, replaced_by
from consent.queries.keeping import grants_replaced
from consent.queries.revisions import conditions_of, revision_in_use
from tests.consent.accepting import accept
from tests.consent.factories import answer, say_yes
from tests.consent.revising import newest_review, revise, send_back

pytestmark = pytest.mark.django_db


def test_a_community_that_agreed_is_asked_about_the_change_only(cast, review, grant):
    request = review.revision.request
    revise(request, cast.chi.user, max_rounds=2)

    amending = newest_review(request)
    amendment = amendment_of(amending)
    assert amending.amends == grant
    assert amendment is not None
    assert [(c.label, c.before, c.after) for c in amendment.asked] == [("Most rounds", "3", "2")]
    bound = {change.label: (change.before, change.after) for change in amendment.bound}
    assert bound["Job, most rounds"] == ("3", "2")
    assert bound["Text of the request, revision"] == ("1", "2")
    assert "People" not in bound
    # What is signed is the whole new agreement.
    assert '"people"' in amending.statement.text


def test_the_newer_agreement_takes_the_place_of_the_older_one(cast, review, grant):
    request = review.revision.request
    revise(request, cast.chi.user)
    assert revision_in_use(request) == review.revision
    assert grants_replaced([grant]) == set()

    newer = say_yes(newest_review(request), [cast.amina, cast.cleo])

    grant.refresh_from_db()
    assert grant.state == "active"
    assert revision_in_use(request).number == 2
    assert grants_replaced([grant, newer]) == {grant.pk}
    assert replaced_by(grant) == newer


def test_a_declined_change_leaves_the_agreement_as_it_was(cast, review, grant):
    request = review.revision.request
    revise(request, cast.chi.user)

    for person in (cast.amina, cast.bo):
        answer(newest_review(request), person, Answer.NO)

    request.refresh_from_db()
    assert request.state == "decided"
    assert revision_in_use(request) == review.revision
    assert grants_replaced([grant]) == set()


def test_a_yes_with_conditions_takes_no_place_before_they_are_accepted(cast, review, grant):
    request = review.revision.request
    revise(request, cast.chi.user)
    amending = newest_review(request)
    reviews.put_conditions(amending.pk, actor=cast.amina.user, conditions=["Tell us first."])
    newer = say_yes(newest_review(request), [cast.amina, cast.bo])
    assert newer.state == "awaiting acceptance"
    assert grants_replaced([grant]) == set()
    assert revision_in_use(request) == review.revision

    Grant.objects.filter(pk=newer.pk).update(state="active")

    assert grants_replaced([grant]) == {grant.pk}
    assert revision_in_use(request).number == 2


def test_a_newer_agreement_taken_back_does_not_bring_the_older_one_back(cast, review, grant):
    request = review.revision.request
    revise(request, cast.chi.user)
    newer = say_yes(newest_review(request), [cast.amina, cast.bo])

    Grant.objects.filter(pk=newer.pk).update(state="revoked", revoked_at=timezone.now())

    assert grants_replaced([grant]) == {grant.pk}


def test_a_third_revision_amends_what_is_in_force(cast, review, grant):
    request = review.revision.request
    revise(request, cast.chi.user)
    for person in (cast.amina, cast.bo):
        answer(newest_review(request), person, Answer.NO)

    revise(request, cast.chi.user, max_rounds=2)

    assert newest_review(request).amends == grant


def test_a_community_that_said_no_is_asked_again_about_what_changed(cast, review):
    for person in (cast.amina, cast.bo):
        answer(review, person, Answer.NO)
    request = review.revision.request

    revise(request, cast.chi.user)

    anew = newest_review(request)
    assert (anew.state, anew.amends) == ("open", None)
    assert Review.objects.get(pk=review.pk).state == "declined"


def test_a_text_that_is_not_the_newest_is_not_sent_back(cast, review, grant):
    """A community that agrees anew on an older text has the newer one before it too."""
    request = review.revision.request
    revise(request, cast.chi.user)
    Review.objects.filter(pk=review.pk).update(state="open", decided_at=None)

    with pytest.raises(TransitionRefused, match="There is a newer text"):
        send_back(review, cast.amina)


def test_a_change_sheds_no_conditions(cast, review):
    reviews.put_conditions(review.pk, actor=cast.amina.user, conditions=["Tell us first."])
    review.refresh_from_db()
    old = accept(say_yes(review, [cast.amina, cast.bo]), cast.chi)
    revise(review.revision.request, cast.chi.user)

    amending = newest_review(review.revision.request)

    assert conditions_of(old) == ("Tell us first.",)
    assert "Conditions" not in [change.label for change in amendment_of(amending).bound]
    newer = say_yes(amending, [cast.amina, cast.bo])
    assert conditions_of(newer) == ("Tell us first.",)
    assert newer.state == "awaiting acceptance"
