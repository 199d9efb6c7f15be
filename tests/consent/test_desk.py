import pytest

from consent.actions import notices, reviews
from consent.desk import waiting_for
from consent.grants.statements import Answer
from tests.consent.factories import answer, say_yes, sign_notice

pytestmark = pytest.mark.django_db


def texts(person):
    return [str(item.text) for item in waiting_for(person.user)]


def test_a_request_waits_for_each_steward_until_she_answers(cast, review):
    answer(review, cast.amina, Answer.NOT_YET)

    assert texts(cast.amina) == []
    assert texts(cast.bo) == ["Answer a request: Weight and illness"]


def test_nothing_waits_for_those_who_do_not_decide(cast, review):
    for role in ("convenor", "custodian", "observer", "researcher", "outsider", "auditor", "admin"):
        assert texts(cast.everybody[role]) == [], role


def test_a_new_text_waits_again_for_who_answered_the_old_one(cast, review):
    answer(review, cast.amina, Answer.NOT_YET)

    reviews.put_conditions(review.pk, actor=cast.bo.user, conditions=["Tell us first."])

    assert texts(cast.amina) == ["Answer a request: Weight and illness"]


def test_conditions_wait_for_the_applicant_until_they_are_accepted(cast, review):
    reviews.put_conditions(review.pk, actor=cast.bo.user, conditions=["Tell us first."])
    grant = say_yes(review, [cast.amina, cast.bo])

    [waiting] = waiting_for(cast.chi.user)

    assert str(waiting.text) == "Accept the conditions of River"
    assert waiting.url == f"/grants/{grant.public_id}/accept/"


def test_a_stop_waits_for_the_stewards_who_have_not_signed_it(cast, grant):
    notice = notices.propose_revocation(grant.pk, actor=cast.amina.user, reason="")
    sign_notice(notice, [cast.amina])

    assert texts(cast.amina) == []
    assert texts(cast.bo) == ["Sign the taking back of a grant of River"]
