"""Advice of somebody outside: asked for, given once, sealed, and read by few."""

from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.urls import reverse

from consent.actions import advice, requests
from consent.errors import AdviceRefused, Incomplete, NotNow, StandsBack
from consent.grants.statements import Answer
from consent.models import Advice, Review
from consent.queries.deliberation import advice_read
from governance.errors import NotAllowed
from governance.models import AccessEvent, Alert
from tests.cast import Cast, Person
from tests.consent.factories import answer, make_request, review_of
from tests.consent.talking import ask_outside

pytestmark = pytest.mark.django_db

ADVICE = "Leave the families out: a rare name gives them away."


def read(person: Person, review: Review) -> Any:
    return person.client().get(reverse("consent:review_advice", args=[review.public_id]))


def test_advice_is_asked_for_opened_given_and_read(cast: Cast, review: Review) -> None:
    asked, token = ask_outside(review, cast.eli)
    assert token not in str(Advice.objects.values())

    assert advice.opened(token).pk == asked.pk
    advice.give(token, interests="none", text=ADVICE)

    [one] = advice_read(review)
    assert (one.advice.interests, one.text) == ("none", ADVICE)
    events = AccessEvent.objects.filter(subject=f"advice:{asked.public_id}").order_by("pk")
    assert [event.verb for event in events] == ["advice.ask", "advice.open", "advice.give"]
    assert [event.actor_label for event in events] == ["Eli", "an adviser", "an adviser"]
    for person in (*cast.stewards, cast.eli):
        page = read(person, review).content.decode()
        assert ADVICE in page
        assert "What ties her to the researchers, in her words" in page


@pytest.mark.parametrize("name", ["dov", "ola", "chi", "zed", "aud", "max"])
def test_nobody_else_reads_or_asks(cast: Cast, review: Review, name: str) -> None:
    _asked, token = ask_outside(review, cast.amina)
    advice.give(token, interests="none", text=ADVICE)
    person: Person = getattr(cast, name)

    assert read(person, review).status_code == 404
    asking = reverse("consent:advice_ask", args=[review.public_id])
    assert person.client().get(asking).status_code == 404
    with pytest.raises(NotAllowed):
        ask_outside(review, person)


def test_who_stepped_aside_neither_reads_nor_asks(cast: Cast, review: Review) -> None:
    asked, token = ask_outside(review, cast.amina)
    advice.give(token, interests="none", text=ADVICE)
    after, token_after = ask_outside(review, cast.amina)
    answer(review, cast.cleo, Answer.RECUSE)

    assert read(cast.cleo, review).status_code == 403
    with pytest.raises(StandsBack):
        ask_outside(review, cast.cleo)
    with pytest.raises(StandsBack):
        advice.take_back(asked.pk, actor=cast.cleo.user)
    advice.give(token_after, interests="none", text=ADVICE)
    alerts = Alert.objects.filter(key=f"advice:{after.public_id}:given")
    assert sorted(alert.user.name for alert in alerts) == ["Amina", "Bo", "Eli"]


def test_those_who_deliberate_are_told_and_the_researcher_is_not(
    cast: Cast, review: Review
) -> None:
    _asked, token = ask_outside(review, cast.amina)
    before = Alert.objects.filter(user=cast.chi.user).count()

    advice.give(token, interests="none", text=ADVICE)

    address = reverse("consent:review_advice", args=[review.public_id])
    told = Alert.objects.filter(path=address)
    assert sorted(alert.user.name for alert in told) == ["Amina", "Bo", "Cleo", "Eli"]
    assert Alert.objects.filter(user=cast.chi.user).count() == before


def test_each_opening_is_in_the_log(cast: Cast, review: Review) -> None:
    asked, token = ask_outside(review, cast.amina)
    first = advice.opened(token).opened_at
    assert advice.opened(token).opened_at == first

    assert AccessEvent.objects.filter(verb="advice.open").count() == 2
    assert asked.adviser_email not in str(AccessEvent.objects.values())


def test_a_link_is_used_up_by_giving_advice(cast: Cast, review: Review) -> None:
    _asked, token = ask_outside(review, cast.amina)
    advice.give(token, interests="none", text=ADVICE)

    with pytest.raises(AdviceRefused, match="given by this link before"):
        advice.give(token, interests="none", text="Something else.")
    [one] = advice_read(review)
    assert one.text == ADVICE


def test_a_link_works_for_thirty_days(cast: Cast, review: Review) -> None:
    asked, token = ask_outside(review, cast.amina)

    with patch(
        "django.utils.timezone.now", return_value=asked.expires_at - timedelta(microseconds=1)
    ):
        advice.opened(token)
    with patch("django.utils.timezone.now", return_value=asked.expires_at):
        for act in (advice.opened, lambda t: advice.give(t, interests="none", text=ADVICE)):
            with pytest.raises(AdviceRefused):
                act(token)
    assert asked.expires_at - asked.asked_at > timedelta(days=30, seconds=-1)


def test_a_link_that_was_taken_back_works_no_more(cast: Cast, review: Review) -> None:
    asked, token = ask_outside(review, cast.amina)

    advice.take_back(asked.pk, actor=cast.bo.user)

    with pytest.raises(AdviceRefused):
        advice.opened(token)
    with pytest.raises(NotNow):
        advice.take_back(asked.pk, actor=cast.bo.user)


def test_advice_that_was_given_is_not_taken_back(cast: Cast, review: Review) -> None:
    asked, token = ask_outside(review, cast.amina)
    advice.give(token, interests="none", text=ADVICE)

    with pytest.raises(NotNow):
        advice.take_back(asked.pk, actor=cast.amina.user)


def test_a_link_is_dead_once_the_request_is_over(cast: Cast, review: Review) -> None:
    _asked, token = ask_outside(review, cast.amina)
    requests.withdraw(review.revision.request.pk, actor=cast.chi.user)

    with pytest.raises(AdviceRefused):
        advice.opened(token)
    with pytest.raises(NotNow):
        ask_outside(review, cast.amina)


def test_a_made_up_link_works_for_nobody(cast: Cast, review: Review) -> None:
    for token in ("", "no-such-thing", "x" * 43):
        with pytest.raises(AdviceRefused):
            advice.opened(token)


@pytest.mark.parametrize(
    ("interests", "text", "field"),
    [
        ("", ADVICE, "interests"),
        ("  ", ADVICE, "interests"),
        ("x" * 401, ADVICE, "interests"),
        ("none", "", "text"),
        ("none", "x" * 20_001, "text"),
    ],
)
def test_interests_and_advice_are_both_needed(
    cast: Cast, review: Review, interests: str, text: str, field: str
) -> None:
    _asked, token = ask_outside(review, cast.amina)

    with pytest.raises(Incomplete) as refusal:
        advice.give(token, interests=interests, text=text)
    assert list(refusal.value.fields) == [field]
    assert Advice.objects.get().given_at is None


def test_neither_a_researcher_nor_ones_own_people_are_outsiders(cast: Cast, review: Review) -> None:
    for email, sentence in (
        (cast.chi.user.email.upper(), "one of the researchers"),
        ("chi@university.example", "one of the researchers"),
        (cast.bo.user.email, "one of your own"),
        ("nobody", "e-mail address"),
    ):
        with pytest.raises(Incomplete, match=sentence):
            ask_outside(review, cast.amina, email)
    assert not Advice.objects.exists()


def test_no_more_than_five_links_wait_at_a_time(cast: Cast, review: Review) -> None:
    asked = [ask_outside(review, cast.amina, f"dr{n}@clinic.example") for n in range(5)]

    with pytest.raises(NotNow, match="Five people"):
        ask_outside(review, cast.amina)
    advice.take_back(asked[0][0].pk, actor=cast.amina.user)
    ask_outside(review, cast.amina)


def test_another_communitys_advice_is_not_found_through_ones_own(
    cast: Cast, review: Review
) -> None:
    other = review_of(make_request(cast.chi.user, title="Zinc"))
    asked, _token = ask_outside(other, cast.amina)

    address = reverse("consent:advice_take_back", args=[review.public_id, asked.public_id])
    assert cast.amina.client().get(address).status_code == 404


def test_the_stage_says_that_advice_is_waited_for(cast: Cast, review: Review) -> None:
    url = reverse("consent:reviews")
    _asked, token = ask_outside(review, cast.amina)
    assert "Stage: advice." in cast.amina.client().get(url).content.decode()

    advice.give(token, interests="none", text=ADVICE)
    assert "Stage: being decided." in cast.amina.client().get(url).content.decode()
    page = reverse("consent:review", args=[review.public_id])
    assert "Read what somebody outside says" in cast.amina.client().get(page).content.decode()
    assert "Read what somebody outside says" not in cast.ola.client().get(page).content.decode()
