import pytest

from consent.actions import reviews
from consent.errors import ConflictOfInterest, Incomplete, TransitionRefused
from consent.grants.grant import parse_grant
from consent.grants.statements import Answer
from consent.models import ConditionWish
from consent.queries import wishes_of
from governance.errors import NotAllowed
from governance.models import Ballot
from tests.consent.factories import answer, fields, make_request, review_of, say_yes
from tests.factories import document_of

pytestmark = pytest.mark.django_db


# --- conflict of interest ----------------------------------------------------------------------


def named(cast, **person):
    people = fields()["people"] + [{"name": "A", "email": "a@b.example", "orcid": ""} | person]
    return review_of(make_request(cast.chi.user, people=people))


@pytest.mark.parametrize(
    "choice", [Answer.YES, Answer.NO, Answer.NOT_YET, Answer.YES_WITH_CONDITIONS]
)
def test_a_steward_named_in_the_request_can_only_step_aside(cast, dataset, choice):
    review = named(cast, email=cast.amina.user.email.upper())

    with pytest.raises(ConflictOfInterest, match="You can step aside"):
        answer(review, cast.amina, choice, conditions="More.")
    result = answer(review, cast.amina, Answer.RECUSE)

    assert result.outcome.recused == {cast.amina.membership.steward_id}


def test_a_steward_is_known_by_her_orcid_too(cast, dataset):
    cast.amina.user.orcid = "0000-0002-1825-0097"
    cast.amina.user.save()
    review = named(cast, orcid="0000-0002-1825-0097")

    with pytest.raises(ConflictOfInterest):
        answer(review, cast.amina)


def test_a_steward_without_an_orcid_is_not_taken_for_a_person_without_one(cast, dataset):
    review = named(cast, orcid="")

    answer(review, cast.amina)


def test_a_steward_named_in_the_request_writes_no_conditions(cast, dataset):
    review = named(cast, email=cast.amina.user.email)

    with pytest.raises(ConflictOfInterest):
        reviews.put_conditions(review.pk, actor=cast.amina.user, conditions=["Pay her."])


# --- conditions --------------------------------------------------------------------------------


def test_a_yes_with_conditions_is_kept_as_a_wish_and_binds_nobody(cast, review):
    answer(review, cast.amina, Answer.YES_WITH_CONDITIONS, conditions="Tell us first.\n\nAnd last.")

    assert [wish.text for wish in wishes_of(review)] == ["Tell us first.", "And last."]
    assert parse_grant(review.statement.text.encode()).conditions == ()


def test_a_yes_with_conditions_needs_one(cast, review):
    with pytest.raises(Incomplete, match="which conditions"):
        answer(review, cast.amina, Answer.YES_WITH_CONDITIONS, conditions=" \n ")

    assert not Ballot.objects.filter(statement=review.statement).exists()


def test_a_later_answer_replaces_the_wishes_too(cast, review):
    answer(review, cast.amina, Answer.YES_WITH_CONDITIONS, conditions="Tell us first.")
    answer(review, cast.amina, Answer.YES)

    assert not wishes_of(review).exists()
    assert ConditionWish.objects.count() == 1


def test_conditions_with_any_other_answer_are_not_kept(cast, review):
    answer(review, cast.amina, Answer.NO, conditions="Tell us first.")

    assert not ConditionWish.objects.exists()


def test_putting_conditions_into_the_text_lets_the_old_text_and_its_ballots_fall(cast, review):
    answer(review, cast.amina)
    old = review.statement

    reviews.put_conditions(review.pk, actor=cast.bo.user, conditions=["Tell us first."])

    review.refresh_from_db()
    old.refresh_from_db()
    assert old.state == "fallen"
    assert document_of(review.statement)["conditions"] == ["Tell us first."]
    assert review.statement.proposed_by == cast.bo.membership
    assert review.changed_because == (
        "Conditions were put into the agreement, so it must be signed anew."
    )
    assert not answer(review, cast.bo).adopted  # amina's yes was to the other text


def test_a_grant_with_conditions_waits_for_the_applicant(cast, review):
    reviews.put_conditions(review.pk, actor=cast.amina.user, conditions=["Tell us first."])

    grant = say_yes(review, [cast.amina, cast.bo])

    assert grant.state == "awaiting acceptance"


def test_the_same_conditions_again_change_nothing(cast, review):
    with pytest.raises(Incomplete, match="says exactly this already"):
        reviews.put_conditions(review.pk, actor=cast.amina.user, conditions=[" "])


@pytest.mark.parametrize(
    "who", ["convenor", "custodian", "observer", "researcher", "outsider", "admin"]
)
def test_nobody_but_a_steward_writes_conditions(cast, review, who):
    with pytest.raises(NotAllowed):
        reviews.put_conditions(review.pk, actor=cast.everybody[who].user, conditions=["X"])


def test_a_decided_review_takes_no_conditions(cast, review, grant):
    with pytest.raises(TransitionRefused):
        reviews.put_conditions(review.pk, actor=cast.cleo.user, conditions=["X"])
