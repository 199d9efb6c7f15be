from datetime import timedelta

import pytest
from django.utils import timezone

from consent.actions import requests, reviews
from consent.errors import TextReplaced, TransitionRefused
from consent.grants.charter import parse_charter
from consent.grants.decision import require_decided
from consent.grants.grant import parse_grant
from consent.grants.statements import Answer, Signed
from consent.models import Grant, Review
from consent.queries import reviews_of_steward, reviews_visible_to, text_outdated
from governance.errors import NotAllowed, SignatureRefused
from governance.models import AccessEvent, Ballot, Statement
from tests.consent.factories import answer, make_request, review_of, say_yes
from tests.consent.test_requests import open_coast
from tests.factories import assertion, make_charter, make_protocol, threshold

pytestmark = pytest.mark.django_db


def claims_of(review):
    review.refresh_from_db()
    return parse_grant(review.statement.text.encode())


def test_the_second_yes_of_three_makes_the_grant_and_decides_the_request(cast, review):
    first = answer(review, cast.amina)
    second = answer(review, cast.bo)

    review.refresh_from_db()
    grant = Grant.objects.get(review=review)
    assert (first.adopted, second.adopted) == (False, True)
    assert review.state == "approved"
    assert review.revision.request.state == "decided"
    assert (grant.state, grant.community) == ("active", cast.river)


def test_the_grant_is_the_signed_text_with_ballots_that_nodes_accept(cast, charter, grant):
    signed = Signed.from_json(grant.signed_text)

    outcome = require_decided(
        signed,
        charter=parse_charter(charter.statement.text.encode()),
        statement_type="grant",
    )
    claims = parse_grant(signed.statement)
    assert outcome.yes == {
        cast.amina.membership.steward_id,
        cast.bo.membership.steward_id,
    }
    assert signed.statement.decode() == grant.statement.text
    assert (str(grant.public_id), grant.not_before, grant.not_after) == (
        claims.id,
        claims.not_before,
        claims.not_after,
    )


def test_one_signature_too_few_leaves_no_grant(cast, review):
    answer(review, cast.amina)

    review.refresh_from_db()
    assert not Grant.objects.exists()
    assert (review.state, review.revision.request.state) == ("open", "in review")


def test_time_alone_never_approves(cast, review, django_capture_on_commit_callbacks):
    from consent.tasks import publish_notices

    answer(review, cast.amina)
    Review.objects.update(opened_at=timezone.now() - timedelta(days=3650))
    Statement.objects.update(opened_at=timezone.now() - timedelta(days=3650))

    with django_capture_on_commit_callbacks(execute=True):
        publish_notices()

    review.refresh_from_db()
    assert review.state == "open"
    assert not Grant.objects.exists()


@pytest.mark.parametrize(
    "other", [Answer.NO, Answer.NOT_YET, Answer.RECUSE, Answer.YES_WITH_CONDITIONS]
)
def test_only_yes_counts_as_yes(cast, review, other):
    answer(review, cast.amina)
    answer(review, cast.bo, other, conditions="Tell us first.")

    assert not Grant.objects.exists()


def test_two_no_of_three_decline_and_decide_the_request(cast, review):
    answer(review, cast.amina, Answer.NO)
    result = answer(review, cast.bo, Answer.NO)

    review.refresh_from_db()
    assert result.declined
    assert (review.state, review.revision.request.state) == ("declined", "decided")
    assert not Grant.objects.exists()


def test_a_request_is_decided_only_when_the_last_community_is(cast, dataset):
    open_coast(cast)
    request = make_request(cast.chi.user, datasets=["river-diabetes", "coast-diabetes"])

    answer(review_of(request, "coast"), cast.zed, Answer.NO)
    request.refresh_from_db()
    between = request.state
    say_yes(review_of(request, "river"), [cast.amina, cast.bo])

    request.refresh_from_db()
    assert (between, request.state) == ("in review", "decided")


def test_a_later_answer_replaces_the_earlier(cast, review):
    answer(review, cast.amina, Answer.NO)
    answer(review, cast.amina, Answer.YES)
    result = answer(review, cast.bo)

    assert result.adopted
    assert Ballot.objects.filter(statement=review.statement).count() == 3


@pytest.mark.parametrize(
    "who", ["convenor", "custodian", "observer", "researcher", "outsider", "auditor", "admin"]
)
def test_nobody_but_a_steward_of_the_community_answers(cast, review, who):
    with pytest.raises(NotAllowed):
        answer(review, cast.everybody[who])

    refused = AccessEvent.objects.get(outcome="refused")
    assert (refused.verb, refused.community) == ("ballot.cast", cast.river)
    assert not Ballot.objects.filter(statement=review.statement).exists()


def test_a_ballot_for_another_answer_is_refused_and_the_attempt_is_logged(cast, review):
    made = assertion(cast.amina.passkey, review.statement, Answer.NO)

    with pytest.raises(SignatureRefused):
        reviews.cast(review.pk, actor=cast.amina.user, answer=Answer.YES, assertion=made)

    assert AccessEvent.objects.filter(verb="ballot.cast", outcome="refused").count() == 1


def test_a_ballot_replayed_from_another_request_is_refused(cast, review):
    other = review_of(make_request(cast.chi.user, question="Another?"))
    made = assertion(cast.amina.passkey, review.statement, Answer.YES)

    with pytest.raises(SignatureRefused):
        reviews.cast(other.pk, actor=cast.amina.user, answer=Answer.YES, assertion=made)


def test_the_neighbours_passkey_does_not_answer_for_me(cast, review):
    made = assertion(cast.bo.passkey, review.statement, Answer.YES)

    with pytest.raises(SignatureRefused, match="another steward"):
        reviews.cast(review.pk, actor=cast.amina.user, answer=Answer.YES, assertion=made)


def test_a_decided_review_takes_no_more_answers(cast, review, grant):
    with pytest.raises(TransitionRefused, match="cannot approve a review that is approved"):
        answer(review, cast.cleo)


def test_a_withdrawn_request_takes_no_answers(cast, review):
    requests.withdraw(review.revision.request.pk, actor=cast.chi.user)

    with pytest.raises(TransitionRefused):
        answer(review, cast.amina)


# --- out of date -------------------------------------------------------------------------------


def new_charter(cast):
    return make_charter(cast.river, cast.signers[:2], rules=threshold(2))


def test_a_new_charter_puts_the_text_anew_before_an_answer_is_taken(cast, review):
    reviews.put_conditions(review.pk, actor=cast.amina.user, conditions=["Tell us first."])
    new_charter(cast)

    with pytest.raises(TextReplaced, match="please read and sign it"):
        answer(review, cast.amina)

    claims = claims_of(review)
    assert claims.charter_number == 2
    assert claims.conditions == ("Tell us first.",)
    assert review.changed_because.startswith("The community adopted another charter")
    assert not Ballot.objects.filter(statement=review.statement).exists()
    assert say_yes(review, [cast.amina, cast.bo])


def test_a_new_protocol_puts_the_text_anew(cast, review):
    make_protocol(cast.river, cast.signers, max_rounds=2)

    with pytest.raises(TextReplaced):
        answer(review, cast.amina)

    claims = claims_of(review)
    assert (claims.protocols[0].number, claims.max_rounds) == (2, 2)


def test_a_text_whose_time_is_over_is_put_anew(cast, review):
    assert text_outdated(review, at=timezone.now()) == ""
    assert "time that this text allows is over" in text_outdated(
        review, at=timezone.now() + timedelta(days=190)
    )


def test_renewing_what_is_up_to_date_changes_nothing(cast, review):
    before = review.statement_id

    assert reviews.renew(review.pk, actor=cast.amina.user) is False

    review.refresh_from_db()
    assert review.statement_id == before


@pytest.mark.parametrize("who", ["custodian", "researcher", "outsider", "admin"])
def test_nobody_but_a_steward_renews(cast, review, who):
    new_charter(cast)
    before = review.statement_id

    with pytest.raises(NotAllowed):
        reviews.renew(review.pk, actor=cast.everybody[who].user)

    review.refresh_from_db()
    assert review.statement_id == before


# --- reading -----------------------------------------------------------------------------------


def test_reviews_are_seen_by_the_communitys_people_only(cast, review):
    seen = {name: list(reviews_visible_to(p.user)) for name, p in cast.everybody.items()}

    assert {name for name, rows in seen.items() if rows} == {
        "steward",
        "convenor",
        "custodian",
        "observer",
    }
    assert list(reviews_of_steward(cast.amina.user)) == [review]
    assert not reviews_of_steward(cast.dov.user).exists()


def test_open_reviews_come_first_and_say_whether_i_answered(cast, review):
    older = review
    answer(older, cast.amina)
    newer = review_of(make_request(cast.chi.user, question="Another?"))
    answer(newer, cast.amina, Answer.NO)
    answer(newer, cast.bo, Answer.NO)

    rows = reviews_visible_to(cast.amina.user)

    assert [(row.pk, row.state, row.answered) for row in rows] == [
        (older.pk, "open", True),
        (newer.pk, "declined", True),
    ]
    assert [row.answered for row in reviews_visible_to(cast.cleo.user)] == [False, False]
