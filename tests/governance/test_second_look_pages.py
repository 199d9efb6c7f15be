"""The pages on which one steward proposes and another one confirms, and who reads of it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from governance.actions import people, second_looks
from governance.desk.second_looks import waiting_for
from governance.models import Charter, Dataset, Membership, SecondLook
from governance.queries import holders_of
from tests import factories
from tests.cast import Cast, Person
from tests.governance.test_dataset_second_looks import leaving, shared, yan
from tests.governance.test_second_looks import look, seat

pytestmark = pytest.mark.django_db

__all__ = ["leaving", "look", "shared", "yan"]

WHY = "He moved away."


def of_member(name: str, person: Person) -> str:
    return reverse(f"governance:{name}", args=["river", seat(person).public_id])


def of_look(look: SecondLook, name: str = "second-look") -> str:
    return reverse(f"governance:{name}", args=[look.community.slug, look.public_id])


def read(person: Person, url: str) -> str:
    return str(person.client().get(url).content.decode())


def test_the_end_of_another_stewards_role_is_proposed_on_the_page(
    cast: Cast, charter: Charter
) -> None:
    client, url = cast.amina.client(), of_member("member-end", cast.bo)
    assert "Nothing changes yet" in client.get(url).content.decode()

    answer = client.post(url, {"reason": WHY}, follow=True)

    assert seat(cast.bo).until is None
    html = answer.content.decode()
    assert "It is proposed. Another steward has to confirm it." in html
    assert WHY in html
    assert "Amina proposes to end the role of Bo as steward." in html


def test_a_shorter_term_is_proposed_and_the_rest_is_saved(cast: Cast, charter: Charter) -> None:
    client, url = cast.amina.client(), of_member("member-edit", cast.bo)
    day = timezone.localdate() + timedelta(days=60)
    assert 'name="reason"' in client.get(url).content.decode()

    refused = client.post(url, {"until": day.isoformat()})
    assert refused.status_code == 400
    assert "Write why" in refused.content.decode()
    client.post(url, {"until": day.isoformat(), "reason": "As agreed."})

    look = SecondLook.objects.get()
    assert (look.last_day, seat(cast.bo).until) == (day, None)
    assert "is the last day of Bo as steward" in read(cast.cleo, of_look(look))
    cast.cleo.client().post(of_look(look, "second-look-confirm"))
    assert seat(cast.bo).last_day == day


def test_ones_own_role_ends_at_once(cast: Cast, charter: Charter) -> None:
    url = of_member("member-end", cast.bo)
    assert "From this moment she signs nothing here" in read(cast.bo, url)

    cast.bo.client().post(url, {"reason": "I go."})

    assert seat(cast.bo).until is not None
    assert not SecondLook.objects.exists()


def test_a_second_steward_reads_what_will_happen_and_confirms(cast: Cast, look: SecondLook) -> None:
    client = cast.cleo.client()
    page = client.get(of_look(look)).content.decode()
    assert WHY in page
    assert "by Amina on" in page
    assert "signs nothing here from that moment" in page
    url = of_look(look, "second-look-confirm")
    assert "signs nothing here from that moment" in client.get(url).content.decode()
    assert seat(cast.bo).until is None

    answer = client.post(url, follow=True)

    assert seat(cast.bo).until is not None
    html = answer.content.decode()
    assert "You confirmed it, and it is done." in html
    assert "Cleo confirmed it on" in html
    assert reverse("federation:charter_new", args=["river"]) in html


@pytest.mark.parametrize(
    ("who", "said"),
    [("amina", "You proposed this"), ("bo", "This is about your own role")],
)
def test_proposer_and_whom_it_is_about_are_told_why_they_cannot_confirm(
    cast: Cast, look: SecondLook, who: str, said: str
) -> None:
    person, url = getattr(cast, who), of_look(look, "second-look-confirm")
    page = read(person, of_look(look))
    assert said in page
    assert url not in page
    assert person.client().get(url).status_code == 302

    answer = person.client().post(url, follow=True)

    assert said in answer.content.decode()
    assert seat(cast.bo).until is None


def test_dropping_has_a_page_of_its_own(cast: Cast, look: SecondLook) -> None:
    url = of_look(look, "second-look-drop")
    assert "nothing changes" in read(cast.amina, url)
    assert SecondLook.objects.get().outcome == ""
    assert cast.bo.client().get(url).status_code == 302

    answer = cast.amina.client().post(url, follow=True)

    html = answer.content.decode()
    assert "The proposal is dropped." in html
    assert "Amina dropped it on" in html


def test_a_second_press_is_told_that_it_is_settled(cast: Cast, look: SecondLook) -> None:
    second_looks.drop(look.pk, actor=cast.amina.user)

    answer = cast.cleo.client().post(of_look(look, "second-look-confirm"), follow=True)

    assert "This proposal does not wait any more." in answer.content.decode()


@pytest.mark.parametrize(
    ("who", "said"),
    [
        ("amina", "That is your proposal."),
        ("bo", "This is about you."),
        ("cleo", "Confirm it or drop it."),
    ],
)
def test_every_steward_and_whom_it_concerns_see_it_on_desk_and_page(
    cast: Cast, look: SecondLook, who: str, said: str
) -> None:
    person = getattr(cast, who)
    desk = read(person, "/")
    assert "River: Amina proposes to end the role of Bo as steward." in desk
    assert said in desk
    assert of_look(look) in desk
    page = read(person, of_member("member", cast.bo))
    assert WHY in page
    assert of_look(look) in page


@pytest.mark.parametrize("who", ["dov", "eli", "ola"])
def test_others_of_the_community_do_not_read_of_it(cast: Cast, look: SecondLook, who: str) -> None:
    person = getattr(cast, who)

    assert "proposes to end" not in read(person, "/")
    page = read(person, of_member("member", cast.bo))
    assert WHY not in page
    assert person.client().get(of_look(look)).status_code == 404


def test_ones_own_community_leads_to_no_others_proposal(cast: Cast, look: SecondLook) -> None:
    for name in ("second-look", "second-look-confirm", "second-look-drop"):
        url = reverse(f"governance:{name}", args=["coast", look.public_id])
        assert cast.zed.client().get(url).status_code == 404
        assert cast.zed.client().post(url).status_code in (404, 405)


def test_where_nobody_could_confirm_the_page_shows_the_way(cast: Cast, charter: Charter) -> None:
    people.end_role(seat(cast.cleo).pk, actor=cast.cleo.user, reason="x")

    page = read(cast.amina, of_member("member-end", cast.bo))

    assert "A new charter that no longer names her is the way." in page
    assert reverse("federation:charter_new", args=["river"]) in page
    assert 'name="reason"' not in page


def test_a_say_is_given_up_on_the_pages_of_two_stewards(
    cast: Cast, yan: Person, shared: Dataset
) -> None:
    page_of = reverse("governance:dataset", args=["coast", shared.slug])
    url = reverse("governance:dataset-leave", args=["coast", shared.slug])
    assert cast.zed.client().post(url, {"reason": ""}).status_code == 400
    cast.zed.client().post(url, {"reason": WHY})
    look = SecondLook.objects.get()
    assert "Zed proposes to give up our say" in read(yan, page_of)
    assert "Zed proposes to give up our say" in read(yan, "/")
    assert WHY not in read(cast.amina, reverse("governance:dataset", args=["river", shared.slug]))
    assert "give up our say" not in read(cast.amina, "/")
    assert "no longer need your community" in read(yan, of_look(look, "second-look-confirm"))

    answer = yan.client().post(of_look(look, "second-look-confirm"), follow=True)

    assert answer.status_code == 200
    assert len(holders_of(shared)) == 1


def test_a_lone_stewards_page_asks_for_no_second_one(cast: Cast, shared: Dataset) -> None:
    url = reverse("governance:dataset-leave", args=["coast", shared.slug])
    assert "Nothing changes yet" not in read(cast.zed, url)

    cast.zed.client().post(url)

    assert len(holders_of(shared)) == 1


def test_a_say_that_nobody_could_confirm_to_give_up_says_so(
    cast: Cast, yan: Person, shared: Dataset
) -> None:
    Membership.objects.filter(pk=seat(yan).pk).update(until=timezone.now())

    page = read(cast.zed, reverse("governance:dataset-leave", args=["coast", shared.slug]))

    assert "Adopt a charter that names who the stewards are now." in page
    assert 'name="reason"' not in page
    assert not SecondLook.objects.exists()


def test_the_desk_asks_as_often_for_one_proposal_as_for_two(
    cast: Cast, look: SecondLook, django_assert_num_queries: Callable[..., object]
) -> None:
    with django_assert_num_queries(1):
        assert len(waiting_for(cast.cleo.user)) == 1
    pia = factories.make_user("Pia")
    held = factories.make_membership(pia, cast.river)
    SecondLook.objects.create(
        community=cast.river,
        kind="role-end",
        charter=look.charter,
        membership=held,
        reason="x",
        proposed_by=look.proposed_by,
    )
    with django_assert_num_queries(1):
        assert len(waiting_for(cast.cleo.user)) == 2
