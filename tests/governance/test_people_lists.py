"""What the pages about people, bodies, times and delegations say, and how often they ask."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from governance.actions import absences, bodies, invitations, people, quiet
from governance.models import Delegation, Membership
from governance.rules import CommunityRole
from tests import factories
from tests.consent.delegated import CODE, make_delegation
from tests.governance.test_people_pages import River, river

pytestmark = pytest.mark.django_db

__all__ = ["river"]


def _people(river: River, n: int) -> None:
    for number in range(n):
        held = factories.make_membership(factories.make_user(f"P{number}"), river.cast.river)
        Membership.objects.filter(pk=held.pk).update(bodies=["elders"])


def _bodies(river: River, n: int) -> None:
    for number in range(n):
        bodies.add(
            community_id=river.cast.river.pk, actor=river.cast.amina.user, name=f"B {number}"
        )


def _invitations(river: River, n: int) -> None:
    for number in range(n):
        invitations.invite(
            actor=river.cast.amina.user,
            email=f"i{number}@example.org",
            name="I",
            community=river.cast.river,
            community_role=CommunityRole.OBSERVER,
        )


def _absences(river: River, n: int) -> None:
    for number in range(1, n + 1):
        day = timezone.localdate() + timedelta(days=number)
        absences.set_away(
            community_id=river.cast.river.pk, actor=river.cast.amina.user, starts=day, ends=day
        )


def _quiet(river: River, n: int) -> None:
    for number in range(1, n + 1):
        day = timezone.localdate() + timedelta(days=number)
        quiet.keep_quiet(
            community_id=river.cast.river.pk, actor=river.cast.amina.user, starts=day, ends=day
        )


def _delegations(river: River, n: int) -> None:
    for number in range(n):
        make_delegation(river.cast, sign=False, resolution=f"minute {number}")


QUERIES = {
    "people": (_people, 9),
    "bodies": (_bodies, 8),
    "invitations": (_invitations, 7),
    "absences": (_absences, 7),
    "quiet": (_quiet, 8),
    "delegations": (_delegations, 8),
}


@pytest.mark.parametrize("page", QUERIES)
def test_a_list_asks_as_often_for_one_row_as_for_three(
    river: River, page: str, django_assert_num_queries: Callable[..., object]
) -> None:
    more, count = QUERIES[page]
    client, url = river.cast.amina.client(), river.url(page)
    client.get(url)

    with django_assert_num_queries(count):
        client.get(url)
    more(river, 3)
    with django_assert_num_queries(count):
        client.get(url)


def test_the_list_of_people_is_searched_filtered_and_ordered(river: River) -> None:
    cast, url = river.cast, river.url("people")
    assert cast.bo.membership
    assert cast.ola.membership
    people.set_bodies(cast.bo.membership.pk, actor=cast.amina.user, bodies=["elders"])
    people.end_role(cast.ola.membership.pk, actor=cast.amina.user, reason="Moved.")

    def shown(**query: str) -> list[str]:
        html = cast.dov.client().get(url, query).content.decode()
        return re.findall(r'/people/[0-9a-f-]{36}/">(\w+)</a>', html)

    assert shown() == ["Amina", "Bo", "Cleo", "Dov", "Eli"]
    assert shown(role="convenor") == ["Eli"]
    assert shown(body="elders") == ["Bo"]
    assert shown(term="ended") == ["Ola"]
    assert shown(term="away") == ["Amina"]
    assert shown(term="soon") == []
    assert shown(q="cle") == ["Cleo"]
    assert shown(sort="role") == ["Eli", "Dov", "Amina", "Bo", "Cleo"]
    assert shown(sort="nonsense", body="nonsense") == ["Amina", "Bo", "Cleo", "Dov", "Eli"]


def test_the_page_that_ends_a_role_says_what_will_happen(river: River) -> None:
    client, url = river.cast.bo.client(), river.url("member-end")
    page = client.get(url).content.decode()
    assert "From this moment she signs nothing here" in page
    assert "until a new charter is in force" in page

    client.post(url, {"reason": "Moved away."})

    client = river.cast.amina.client()
    shown = client.get(river.url("member")).content.decode()
    assert "Moved away." in shown
    assert "go on counting her key until a new charter is in force" in shown
    assert reverse("federation:charter_new", args=["river"]) in shown


def test_a_refused_end_keeps_what_was_typed_and_says_why(river: River) -> None:
    cast = river.cast
    assert cast.cleo.membership
    people.end_role(cast.cleo.membership.pk, actor=cast.cleo.user, reason="x")

    answer = cast.bo.client().post(river.url("member-end"), {"reason": "Too far away."})

    html = answer.content.decode()
    assert answer.status_code == 400
    assert "too few stewards would be left to decide on" in html
    assert "Too far away.</textarea>" in html


def test_bodies_and_term_are_changed_together_or_not_at_all(river: River) -> None:
    cast, url = river.cast, river.url("member-edit")
    assert cast.cleo.membership
    people.end_role(cast.cleo.membership.pk, actor=cast.cleo.user, reason="x")
    soon = (timezone.localdate() + timedelta(days=9)).isoformat()

    answer = cast.bo.client().post(url, {"bodies": ["elders"], "until": soon})

    assert answer.status_code == 400
    assert f'value="{soon}"' in answer.content.decode()
    assert Membership.objects.get(pk=cast.bo.membership.pk).bodies == []  # type: ignore[union-attr]


def test_who_is_away_is_told_where_texts_are_signed(river: River) -> None:
    delegation = Delegation.objects.get()
    html = river.cast.bo.client().get(river.url("delegation")).content.decode()

    assert "Amina is away until" in html
    assert "This changes nothing in how many must sign." in html
    assert delegation.statement.state == "open"


def test_the_communitys_page_tells_of_quiet_and_away(river: River) -> None:
    html = river.cast.ola.client().get(reverse("governance:community", args=["river"]))

    text = html.content.decode()
    assert "A quiet time is kept until" in text
    assert "Amina is away from" in text
    assert "Our bodies" in text


def test_the_desk_tells_of_a_conflict_a_delegation_and_a_term(river: River) -> None:
    cast = river.cast
    assert cast.cleo.membership
    until = timezone.now() + timedelta(days=20, hours=1)
    people.set_term(cast.cleo.membership.pk, actor=cast.cleo.user, until=until)

    html = cast.amina.client().get("/").content.decode()

    assert "Bo of River sees a conflict of interest in you" in html
    assert "A delegation of River waits for your answer" in html
    assert "Soon, in 20 days, the term of Cleo as steward of River ends" in html


def test_the_form_of_a_delegation_names_stewards_datasets_and_jobs(river: River) -> None:
    html = river.cast.amina.client().get(river.url("delegation-new")).content.decode()

    assert 'value="river-diabetes"' in html
    assert river.cast.bo.membership.steward_id in html  # type: ignore[union-attr]
    assert river.cast.dov.membership.steward_id not in html  # type: ignore[union-attr]
    assert CODE not in html  # no job of the catalogue has this code
