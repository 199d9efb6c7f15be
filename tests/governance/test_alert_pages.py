"""How a person chooses to be told, and the letters that a community hands over."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from governance.actions.alert_choices import hand_over
from governance.actions.alerts import tell
from governance.errors import NotAllowed
from governance.models import AccessEvent, Alert, AlertChoice, Membership
from governance.queries.alerts import choice_of
from governance.rules import CommunityRole
from tests import factories
from tests.cast import ROLES, Cast
from tests.governance.test_quiet import keep

pytestmark = pytest.mark.django_db

CHOICE = "/account/notices/"
LETTERS = "/communities/river/letters/"


def told(cast: Cast, *people: str, key: str = "a") -> None:
    users = [cast.everybody[name].user for name in people]
    tell(users, key=key, path="/marked-path/", community=cast.river)


def by_letter(cast: Cast, *people: str) -> None:
    for name in people:
        AlertChoice.objects.create(user=cast.everybody[name].user, channel="letter")


@pytest.mark.parametrize("role", ROLES)
def test_everybody_chooses_for_herself(role: str, cast: Cast) -> None:
    person = cast.everybody[role]
    page = person.client().get(CHOICE)
    assert page.status_code == 200
    assert choice_of(person.user).channel == "email"

    answer = person.client().post(CHOICE, {"channel": "none", "pace": "weekly"})

    assert answer.status_code == 302
    choice = AlertChoice.objects.get()
    assert (choice.user, choice.channel, choice.pace) == (person.user, "none", "weekly")
    assert AccessEvent.objects.filter(verb="alerts.choose", actor=person.user).count() == 1


def test_strangers_sign_in_first(cast: Cast) -> None:
    for path in (CHOICE, LETTERS):
        assert Client().get(path)["Location"].startswith("/accounts/login/")


def test_letters_are_offered_only_where_somebody_can_hand_them_over(cast: Cast) -> None:
    assert 'value="letter"' in cast.ola.client().get(CHOICE).content.decode()
    assert 'value="letter"' not in cast.chi.client().get(CHOICE).content.decode()

    answer = cast.chi.client().post(CHOICE, {"channel": "letter", "pace": "daily"})

    assert answer.status_code == 400
    assert 'value="daily"' in answer.content.decode()
    assert "checked" in answer.content.decode()
    assert AlertChoice.objects.count() == 0


def test_what_came_up_while_somebody_wanted_silence_is_not_told_later(cast: Cast) -> None:
    AlertChoice.objects.create(user=cast.amina.user, channel="none")
    told(cast, "steward")

    cast.amina.client().post(CHOICE, {"channel": "email", "pace": "at once"})

    assert Alert.objects.get().given_up_at is not None
    assert "you had chosen not to be told" in cast.amina.client().get(CHOICE).content.decode()


def test_the_page_lists_what_there_was_to_tell_her_and_nobody_elses(cast: Cast) -> None:
    told(cast, "steward")

    assert "/marked-path/" in cast.amina.client().get(CHOICE).content.decode()
    assert "/marked-path/" not in cast.bo.client().get(CHOICE).content.decode()


def test_the_list_of_what_was_told_costs_the_same_for_one_and_three(
    cast: Cast, django_assert_num_queries
) -> None:
    client = cast.amina.client()
    told(cast, "steward")
    client.get(CHOICE)
    with django_assert_num_queries(8):
        client.get(CHOICE)
    told(cast, "steward", key="b")
    told(cast, "steward", key="c")
    with django_assert_num_queries(8):
        client.get(CHOICE)


@pytest.mark.parametrize("role", ROLES)
def test_stewards_and_convenors_hand_letters_over(role: str, cast: Cast) -> None:
    by_letter(cast, "observer")
    told(cast, "observer")
    person = cast.everybody[role]
    may = role in ("steward", "convenor")
    path = reverse("governance:letter-handed", args=["river", cast.ola.membership.public_id])

    assert person.client().get(LETTERS).status_code == (200 if may else 404)
    assert person.client().post(path).status_code == (302 if may else 404)

    alert = Alert.objects.get()
    if not may:
        assert alert.handed_over_at is None
        with pytest.raises(NotAllowed):
            hand_over(cast.ola.membership.pk, actor=person.user)
        return
    assert alert.handed_over_by == person.membership
    assert AccessEvent.objects.filter(verb="letter.hand", actor=person.user).count() == 1
    assert not re.search(r"\bOla\b", person.client().get(LETTERS).content.decode())


def test_a_slip_names_whom_to_ask_and_nothing_else(cast: Cast) -> None:
    by_letter(cast, "observer", "custodian")
    told(cast, "observer")
    told(cast, "observer", key="b")

    page = cast.eli.client().get(LETTERS).content.decode()

    assert page.count("Please ask Eli.") == 1
    assert "Ola" in page
    assert not re.search(r"\bDov\b", page)
    assert "/marked-path/" not in page


def test_somebody_with_two_roles_gets_one_slip(cast: Cast) -> None:
    factories.make_membership(cast.ola.user, cast.river, CommunityRole.CUSTODIAN)
    by_letter(cast, "observer")
    told(cast, "observer")

    assert cast.eli.client().get(LETTERS).content.decode().count("Please ask") == 1


def test_a_letter_handed_over_twice_is_noted_once(cast: Cast) -> None:
    by_letter(cast, "observer")
    told(cast, "observer")
    path = reverse("governance:letter-handed", args=["river", cast.ola.membership.public_id])

    cast.eli.client().post(path)
    again = cast.amina.client().post(path, follow=True)

    assert "No letter waits for this person now." in again.content.decode()
    assert Alert.objects.get().handed_over_by == cast.eli.membership


def test_another_communitys_letters_are_not_there(cast: Cast) -> None:
    factories.make_membership(cast.ola.user, cast.coast, CommunityRole.OBSERVER)
    by_letter(cast, "observer")
    tell([cast.ola.user], key="c", path="/", community=cast.coast)

    assert not re.search(r"\bOla\b", cast.amina.client().get(LETTERS).content.decode())
    there = cast.zed.client().get("/communities/coast/letters/").content.decode()
    assert "Ola" in there


def test_no_letter_goes_out_in_a_quiet_time_or_to_somebody_away(cast: Cast) -> None:
    by_letter(cast, "observer")
    told(cast, "observer")
    assert "letter to one person waits" in cast.eli.client().get("/").content.decode()
    keep(cast.river, cast.eli.user, timezone.localdate(), 3)

    page = cast.eli.client().get(LETTERS).content.decode()

    assert "keeps a quiet time" in page
    assert not re.search(r"\bOla\b", page)
    assert "letter to one person waits" not in cast.eli.client().get("/").content.decode()


def test_who_left_the_community_gets_no_slip(cast: Cast) -> None:
    by_letter(cast, "observer")
    told(cast, "observer")
    Membership.objects.filter(pk=cast.ola.membership.pk).update(
        until=timezone.now() - timedelta(minutes=1)
    )

    assert not re.search(r"\bOla\b", cast.eli.client().get(LETTERS).content.decode())


def test_the_letter_list_costs_the_same_for_one_and_three(
    cast: Cast, django_assert_num_queries
) -> None:
    client = cast.eli.client()
    by_letter(cast, "observer", "custodian", "steward")
    told(cast, "observer")
    client.get(LETTERS)
    with django_assert_num_queries(11):
        client.get(LETTERS)
    told(cast, "custodian", "steward")
    with django_assert_num_queries(11):
        client.get(LETTERS)


@pytest.mark.parametrize(
    ("key", "words"),
    [("review:1:opened", "A request"), ("reminder:1:7", "A text to sign"), ("new:1", "Something")],
)
def test_her_own_page_says_what_it_was_about(key: str, words: str, cast: Cast) -> None:
    told(cast, "steward", key=key)

    assert f'href="/marked-path/">{words}<' in cast.amina.client().get(CHOICE).content.decode()
