"""Two people talk, ask or answer at the same moment: real transactions, real locks."""

import pytest

from consent.actions import advice, attending, requests, talk
from consent.errors import AdviceRefused, NotNow
from consent.models import Advice, Message
from consent.queries.readers import readers_of_talk
from governance.models import Alert, CommunityKey
from tests.consent.talking import answer_in, answer_them, ask_outside, ask_them, say, write_in
from tests.consent.test_at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_answers_at_once_to_one_question_leave_one(cast, review):
    asked = write_in(review, cast.chi)

    results = at_once(
        *(lambda by=by: answer_them(review, asked, by, by.user.name) for by in cast.stewards[:2])
    )

    assert [type(one) for one in results].count(NotNow) == 1
    assert asked.answered_by.count() == 1


def test_two_nudges_at_once_are_one(cast, review):
    def nudge():
        return talk.nudge(review.revision.request_id, "river", actor=cast.chi.user)

    results = at_once(nudge, nudge)

    assert [type(one) for one in results].count(NotNow) == 1
    assert Message.objects.filter(kind="nudge").count() == 1


def test_two_who_have_seen_it_at_once_tell_the_researcher_once(cast, review):
    results = at_once(
        *(
            lambda by=by: attending.acknowledge(review.pk, actor=by.user)
            for by in (cast.eli, cast.amina)
        )
    )

    assert [type(one) for one in results].count(NotNow) == 1
    assert Alert.objects.filter(user=cast.chi.user).count() == 1


def test_advice_sent_twice_at_once_is_kept_once(cast, review):
    _asked, token = ask_outside(review, cast.amina)

    results = at_once(
        lambda: advice.give(token, interests="none", text="One."),
        lambda: advice.give(token, interests="none", text="Two."),
    )

    assert [type(one) for one in results].count(AdviceRefused) == 1
    assert Advice.objects.get().given_at is not None


def test_advice_is_either_given_or_taken_back(cast, review):
    asked, token = ask_outside(review, cast.amina)

    at_once(
        lambda: advice.give(token, interests="none", text="One."),
        lambda: advice.take_back(asked.pk, actor=cast.bo.user),
    )

    asked.refresh_from_db()
    assert (asked.given_at is None) != (asked.taken_back_at is None)


def test_first_words_at_once_make_one_key(cast, review):
    results = at_once(
        *(lambda by=by: say(review, by, f"I am {by.user.name}.") for by in cast.stewards)
    )

    assert not [one for one in results if isinstance(one, Exception)]
    assert CommunityKey.objects.count() == 1


def test_a_question_and_a_withdrawal_come_one_after_the_other(cast, review):
    request = review.revision.request

    results = at_once(
        lambda: ask_them(review, cast.amina),
        lambda: requests.withdraw(request.pk, actor=cast.chi.user),
    )

    sent = Message.objects.count()
    assert (sent, isinstance(results[0], NotNow)) in {(1, False), (0, True)}


def test_an_answer_and_a_question_at_once_are_both_kept(cast, review):
    asked = ask_them(review, cast.amina)
    assert readers_of_talk(review).mark

    results = at_once(
        lambda: answer_in(review, asked, cast.chi), lambda: write_in(review, cast.chi)
    )

    assert not [one for one in results if isinstance(one, Exception)]
    assert Message.objects.count() == 3
