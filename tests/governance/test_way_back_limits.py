"""Who may make a way back in for whom, and how it ends."""

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from governance.actions import recovery
from governance.errors import NotAllowed, NotReady
from governance.models import AccessEvent, Membership, WayBack
from governance.queries import credentials_of
from tests import factories
from tests.cast import Cast
from tests.governance.browser import signed_in, soft
from tests.governance.pages import url_of
from tests.governance.way_back import PASSKEY, code_in_mail, held, issue, make, page_of, walk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("charter")]


def test_who_made_the_link_gets_no_access_by_it(cast: Cast) -> None:
    token, amina = issue(cast), cast.amina.client()

    assert "You are signed in." in amina.get(page_of(token)).content.decode()
    assert amina.post(page_of(token), {"send": "yes"}).status_code == 400
    assert mail.outbox == []

    # Signed out, with the link but without the mail, she is no further.
    stranger = Client()
    stranger.post(page_of(token), {"send": "yes"})
    assert stranger.post(page_of(token), {"code": "12345678"}).status_code == 400
    assert stranger.get(PASSKEY).status_code == 404
    assert not signed_in(stranger)
    assert len(credentials_of(cast.bo.user)) == 1


def test_nobody_makes_a_link_for_herself(cast: Cast) -> None:
    with pytest.raises(NotAllowed, match="for herself"):
        issue(cast, cast.amina, by=cast.amina)
    refused = AccessEvent.objects.get(verb="person.way-back")
    assert (refused.actor, refused.outcome) == (cast.amina.user, "refused")

    with pytest.raises(IntegrityError, match="way_back_never_for_oneself"), transaction.atomic():
        WayBack.objects.create(
            user=cast.bo.user,
            issued_by=cast.bo.user,
            community=cast.river,
            token_digest="d",
            expires_at=timezone.now(),
        )


@pytest.mark.parametrize("who", ["dov", "ola", "eli", "chi", "zed", "aud", "max"])
def test_only_stewards_of_the_community_make_links(cast: Cast, who: str) -> None:
    with pytest.raises(NotAllowed):
        issue(cast, by=getattr(cast, who))
    assert not WayBack.objects.exists()


def test_a_steward_whom_the_charter_does_not_name_makes_no_links(cast: Cast) -> None:
    eda = factories.make_user("Eda")
    factories.make_membership(eda, cast.river)

    with pytest.raises(NotAllowed, match="does not name you"):
        recovery.issue(held(cast.bo).pk, actor=eda)


def test_a_membership_put_in_by_hand_makes_no_admin_a_helper_nor_helped(cast: Cast) -> None:
    by_hand = factories.make_membership(cast.max.user, cast.river)

    with pytest.raises(NotAllowed):
        recovery.issue(held(cast.bo).pk, actor=cast.max.user)
    with pytest.raises(NotReady):
        recovery.issue(by_hand.pk, actor=cast.amina.user)


def test_a_later_link_replaces_an_earlier_one(cast: Cast) -> None:
    first, second = issue(cast), issue(cast, by=cast.cleo)

    assert Client().get(page_of(first)).status_code == 404
    assert Client().get(page_of(second)).status_code == 200


def test_a_link_can_be_taken_back(cast: Cast) -> None:
    token = issue(cast)
    client, url = cast.cleo.client(), url_of("way-back-take-back", held(cast.bo).pk)
    assert "opens nothing any more" in client.get(url).content.decode()
    assert Client().get(page_of(token)).status_code == 200

    client.post(url)

    assert Client().get(page_of(token)).status_code == 404
    again = client.post(url, follow=True).content.decode()
    assert "No link of hers is waiting" in again


@pytest.mark.parametrize("change", ["role ended", "account closed"])
def test_a_link_works_only_while_she_belongs_here(cast: Cast, change: str) -> None:
    token, client = issue(cast), Client()
    walk(client, token)
    if change == "role ended":
        Membership.objects.filter(user=cast.bo.user).update(until=timezone.now())
    else:
        cast.bo.user.is_active = False
        cast.bo.user.save()

    assert client.get(PASSKEY).status_code == 404


def test_it_stands_in_the_log_of_each_of_her_communities(cast: Cast) -> None:
    factories.make_membership(cast.bo.user, cast.coast)
    client = Client()
    walk(client, issue(cast))
    make(client, soft())

    events = AccessEvent.objects.filter(verb__contains="way-back").order_by("pk")
    told = [(e.verb, e.actor_label, e.community and e.community.slug) for e in events]
    assert told[:3] == [
        ("way-back.issue", "Amina", "river"),
        ("way-back.send-code", "whoever has the link", "river"),
        ("way-back.prove", "Bo", "river"),
    ]
    assert sorted(told[3:]) == [
        ("passkey.way-back", "Bo", "coast"),
        ("passkey.way-back", "Bo", "river"),
    ]


def test_only_digests_are_kept(cast: Cast) -> None:
    token, client = issue(cast), Client()
    client.post(page_of(token), {"send": "yes"})

    kept = str(vars(WayBack.objects.get()))
    assert token not in kept
    assert code_in_mail() not in kept


def test_a_passkey_that_a_device_did_not_make_is_refused(cast: Cast) -> None:
    client = Client()
    walk(client, issue(cast))

    answer = make(client, cast.amina.passkey)

    assert answer.status_code == 400
    assert "belongs to an account already" in answer.content.decode()
    assert not signed_in(client)
