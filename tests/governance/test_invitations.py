"""Invitations on their pages: with a term and bodies, sent anew, revoked, listed, told by mail."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from governance.actions import bodies, invitations, quiet
from governance.errors import NotAllowed, NotReady
from governance.models import AccessEvent, Charter, Invitation, Membership, User
from governance.rules import CommunityRole
from tests import factories
from tests.cast import Cast
from tests.governance.pages import url_of

pytestmark = pytest.mark.django_db

NIA = {"name": "Nia", "email": "Nia@Example.org", "role": "steward", "days": "14"}


def invite(cast: Cast, **more: Any) -> tuple[Invitation, str]:
    return invitations.invite(
        actor=cast.amina.user,
        email="nia@example.org",
        name="Nia",
        community=cast.river,
        community_role=CommunityRole.OBSERVER,
        **more,
    )


def opens(token: str) -> bool:
    return Client().get(reverse("governance:join", args=[token])).status_code == 200


def link_in(html: str) -> str:
    found = re.search(r"http\S+/join/([\w-]+)/", html)
    assert found, html
    return found[1]


def test_the_link_is_shown_once_and_mailed(cast: Cast) -> None:
    client = cast.eli.client()

    page = client.post(url_of("invite"), NIA | {"role": "observer"})

    token = link_in(page.content.decode())
    assert opens(token)
    assert token in str(mail.outbox[0].body)
    assert mail.outbox[0].to == ["nia@example.org"]
    assert "no-store" in page.headers["Cache-Control"]
    assert token not in client.get(url_of("invitations")).content.decode()


def test_the_mail_tells_neither_the_community_nor_the_role(cast: Cast) -> None:
    cast.amina.client().post(url_of("invite"), NIA)

    text = mail.outbox[0].subject + str(mail.outbox[0].body)
    assert "you are invited" in text
    for secret in ("River", "river", "steward", "Amina"):
        assert secret not in text.replace("/join/", "")


def test_no_mail_leaves_within_a_quiet_time(cast: Cast) -> None:
    today = timezone.localdate()
    quiet.keep_quiet(community_id=cast.river.pk, actor=cast.eli.user, starts=today, ends=today)

    page = cast.amina.client().post(url_of("invite"), NIA)

    assert mail.outbox == []
    assert "Hand over the link yourself" in page.content.decode()


def test_role_bodies_and_term_come_with_the_link(cast: Cast) -> None:
    bodies.add(community_id=cast.river.pk, actor=cast.amina.user, name="Elders")
    last = timezone.localdate() + timedelta(days=400)

    page = cast.amina.client().post(
        url_of("invite"), NIA | {"bodies": ["elders"], "until": last.isoformat()}
    )
    Client().post(
        reverse("governance:join", args=[link_in(page.content.decode())]), {"name": "Nia"}
    )

    nia = Membership.objects.get(shown_name="Nia")
    assert (nia.role, nia.bodies, nia.last_day) == ("steward", ["elders"], last)


@pytest.mark.parametrize("days", ["0", "61", "-1", "x", ""])
def test_a_link_works_for_1_to_60_days(cast: Cast, days: str) -> None:
    page = cast.amina.client().post(url_of("invite"), NIA | {"days": days})

    html = page.content.decode()
    assert page.status_code == 400
    assert 'value="Nia@Example.org"' in html  # what was typed is kept
    assert "Please look at this again" in html
    assert Invitation.objects.count() == 0


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"days": 0}, "1 to 60 days"),
        ({"days": 61}, "1 to 60 days"),
        ({"bodies": ["council"]}, "no body council"),
        ({"term_until": timezone.now() + timedelta(days=14)}, "longer than the link"),
    ],
)
def test_the_action_refuses_what_does_not_fit(cast: Cast, more: dict[str, Any], why: str) -> None:
    with pytest.raises(NotReady, match=why):
        invite(cast, **more)


def test_sent_anew_there_is_a_new_link_and_the_old_one_dies(cast: Cast) -> None:
    invitation, old = invite(cast)

    page = cast.amina.client().post(url_of("invitation-anew", invitation.pk), {"days": "3"})

    new = link_in(page.content.decode())
    assert (opens(old), opens(new)) == (False, True)
    invitation.refresh_from_db()
    assert timedelta(days=2) < invitation.expires_at - timezone.now() <= timedelta(days=3)


def test_an_expired_one_can_be_sent_anew(cast: Cast) -> None:
    invitation, old = invite(cast)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    _again, new = invitations.send_anew(invitation.pk, actor=cast.eli.user, days=7)

    assert (opens(old), opens(new)) == (False, True)


def test_revoked_it_works_no_more(cast: Cast) -> None:
    invitation, token = invite(cast)
    client, url = cast.amina.client(), url_of("invitation-revoke", invitation.pk)
    assert "The link works no more, from this moment" in client.get(url).content.decode()
    assert opens(token)

    client.post(url)

    assert not opens(token)
    assert Client().post(reverse("governance:join", args=[token]), {"name": "N"}).status_code == 404
    with pytest.raises(NotReady, match="revoked already"):
        invitations.send_anew(invitation.pk, actor=cast.amina.user, days=7)
    assert AccessEvent.objects.filter(verb="person.invite-revoke").count() == 1


def test_what_was_used_can_be_neither_revoked_nor_sent_anew(cast: Cast) -> None:
    invitation, token = invite(cast)
    invitations.accept(token, name="Nia")

    with pytest.raises(NotReady, match="used already"):
        invitations.revoke(invitation.pk, actor=cast.amina.user)
    with pytest.raises(NotReady, match="used already"):
        invitations.send_anew(invitation.pk, actor=cast.amina.user, days=7)


def test_a_term_that_is_over_when_the_link_is_opened_gives_no_role(cast: Cast) -> None:
    _invitation, token = invite(cast, term_until=timezone.now() + timedelta(days=20))
    Invitation.objects.update(term_until=timezone.now())

    answer = Client().post(reverse("governance:join", args=[token]), {"name": "Nia"})

    assert answer.status_code == 400
    assert not Membership.objects.filter(shown_name="Nia").exists()


@pytest.mark.parametrize("who", ["dov", "ola", "chi", "zed", "aud", "max"])
def test_nobody_else_revokes_or_sends_anew(cast: Cast, who: str) -> None:
    invitation, token = invite(cast)
    person = getattr(cast, who).user

    with pytest.raises(NotAllowed):
        invitations.revoke(invitation.pk, actor=person)
    with pytest.raises(NotAllowed):
        invitations.send_anew(invitation.pk, actor=person, days=7)
    assert opens(token)


def test_the_list_shows_each_state_and_filters_by_it(cast: Cast) -> None:
    for name in ("open", "used", "expired", "revoked"):
        made, token = invitations.invite(
            actor=cast.amina.user,
            email=f"{name}@example.org",
            name=f"Person {name}",
            community=cast.river,
            community_role=CommunityRole.OBSERVER,
        )
        if name == "used":
            invitations.accept(token, name=name)
        elif name == "expired":
            Invitation.objects.filter(pk=made.pk).update(expires_at=timezone.now())
        elif name == "revoked":
            invitations.revoke(made.pk, actor=cast.amina.user)
    client = cast.amina.client()

    for state in ("open", "used", "expired", "revoked"):
        html = client.get(url_of("invitations"), {"state": state}).content.decode()
        assert re.findall(r"Person (\w+)", html) == [state]
    found = client.get(url_of("invitations"), {"q": "USED@"}).content.decode()
    assert re.findall(r"Person (\w+)", found) == ["used"]


def test_another_communitys_invitations_do_not_exist(cast: Cast) -> None:
    invitation, _token = invite(cast)
    client = cast.zed.client()

    assert client.get(url_of("invitations")).status_code == 404
    for name in ("invitation-anew", "invitation-revoke"):
        own = reverse(f"governance:{name}", args=["coast", invitation.pk])
        assert client.post(own, {"days": "3"}).status_code == 404
    assert (
        "nia@example.org"
        not in client.get(reverse("governance:invitations", args=["coast"])).content.decode()
    )


@pytest.mark.parametrize("act", ["invite", "anew"])
def test_a_convenor_gets_no_link_to_a_stewards_role(cast: Cast, act: str) -> None:
    """With it she could come in as the invited person, or read each steward's answers as one."""
    made, _token = invite_steward(cast)
    url = url_of("invite") if act == "invite" else url_of("invitation-anew", made.pk)
    sent = NIA | {"email": "other@example.org"} if act == "invite" else {"days": "7"}

    page = cast.eli.client().post(url, sent)

    assert page.status_code == 400
    assert "/join/" not in page.content.decode()
    with pytest.raises(NotAllowed, match="set terms and end roles"):
        invitations.send_anew(made.pk, actor=cast.eli.user, days=7)
    assert Invitation.objects.count() == 1


def test_a_convenor_is_not_offered_the_role_and_may_still_revoke_the_link(cast: Cast) -> None:
    made, token = invite_steward(cast)
    client = cast.eli.client()

    assert 'value="steward"' not in client.get(url_of("invite")).content.decode()
    assert 'value="steward"' in cast.amina.client().get(url_of("invite")).content.decode()
    client.post(url_of("invitation-revoke", made.pk))

    assert not opens(token)


def test_a_steward_without_a_seat_offers_no_stewards_role(cast: Cast, charter: Charter) -> None:
    new = factories.make_user("Una")
    factories.make_membership(new, cast.river)

    with pytest.raises(NotAllowed, match="does not name you"):
        invite_steward(cast, by=new)


def invite_steward(cast: Cast, by: User | None = None) -> tuple[Invitation, str]:
    return invitations.invite(
        actor=by or cast.amina.user,
        email="nia@example.org",
        name="Nia",
        community=cast.river,
        community_role=CommunityRole.STEWARD,
    )
