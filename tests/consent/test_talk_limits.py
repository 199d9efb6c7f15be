"""When, how often and after which answer researchers and communities write to each other."""

from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.urls import reverse
from django.utils import timezone

from consent.actions import requests, talk
from consent.errors import NotNow
from consent.grants.statements import Answer
from consent.models import Message, Review
from tests.cast import Cast, Person
from tests.consent.factories import answer, say_yes
from tests.consent.talking import answer_in, answer_them, ask_them, write_in
from tests.consent.test_talk import for_researchers, join, told

pytestmark = pytest.mark.django_db


def test_after_a_no_the_community_may_say_why_and_researchers_do_not_press(
    cast: Cast, review: Review
) -> None:
    for steward in (cast.amina, cast.bo):
        answer(review, steward, Answer.NO)
    review.refresh_from_db()
    assert review.state == "declined"

    with pytest.raises(NotNow, match="only the community can write first"):
        write_in(review, cast.chi)
    ask_them(review, cast.amina, "The harm is too great.", question=False)
    asked = ask_them(review, cast.amina, "Would you leave the families out?")
    answer_in(review, asked, cast.chi, "Yes.")

    assert for_researchers(review) == ["River", "River", "Chi"]


def test_after_a_yes_both_go_on_talking(cast: Cast, review: Review) -> None:
    say_yes(review, [cast.amina, cast.bo])

    ask_them(review, cast.amina, "Tell us when you begin.", question=False)
    write_in(review, cast.chi)

    assert for_researchers(review) == ["River", "Chi"]


def test_nothing_is_said_about_a_request_that_was_withdrawn(cast: Cast, review: Review) -> None:
    asked = ask_them(review, cast.amina)
    requests.withdraw(review.revision.request.pk, actor=cast.chi.user)

    with pytest.raises(NotNow):
        ask_them(review, cast.amina)
    with pytest.raises(NotNow):
        write_in(review, cast.chi)
    with pytest.raises(NotNow):
        answer_in(review, asked, cast.chi)


def test_researchers_begin_no_more_than_ten_messages_a_day(cast: Cast, review: Review) -> None:
    asked = ask_them(review, cast.amina)
    for _number in range(10):
        write_in(review, cast.chi)

    with pytest.raises(NotNow, match="enough for one day"):
        write_in(review, cast.chi)
    answer_in(review, asked, cast.chi)
    with patch("django.utils.timezone.now", return_value=timezone.now() + timedelta(days=1)):
        write_in(review, cast.chi)


def nudge(review: Review, by: Person) -> Message:
    return talk.nudge(review.revision.request_id, "river", actor=by.user)


def at(when: Any) -> Any:
    return patch("django.utils.timezone.now", return_value=when)


def test_a_researcher_asks_how_it_stands_once_in_thirty_days(cast: Cast, review: Review) -> None:
    first = nudge(review, cast.chi).written_at

    assert reverse("consent:review_talk", args=[review.public_id]) in told(cast.amina.user)
    with pytest.raises(NotNow, match="You asked a short while ago"):
        nudge(review, cast.chi)
    with at(first + timedelta(days=30, microseconds=-1)), pytest.raises(NotNow):
        nudge(review, cast.chi)
    with at(first + timedelta(days=30)):
        nudge(review, cast.chi)


def test_who_joined_asks_no_oftener_than_all_together(cast: Cast, review: Review) -> None:
    nudge(review, cast.chi)

    with pytest.raises(NotNow):
        nudge(review, join(review, "Dana"))


def test_how_it_stands_may_be_answered(cast: Cast, review: Review) -> None:
    asked = nudge(review, cast.chi)

    answer_them(review, asked, cast.eli, "We meet in May.")

    assert for_researchers(review) == ["Chi", "River"]


def test_nobody_asks_how_a_decided_request_stands(cast: Cast, review: Review) -> None:
    say_yes(review, [cast.amina, cast.bo])

    with pytest.raises(NotNow):
        nudge(review, cast.chi)
