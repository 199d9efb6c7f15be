"""Coming in again without one's passkey: what it takes, what it gives, and what it never gives."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from consent.grants.statements import Answer
from governance.actions import recovery, statements
from governance.errors import NotAllowed, NotReady, SignatureRefused, WayBackRefused
from governance.models import AccessEvent, Membership, WayBack
from governance.queries import credentials_of
from tests import factories
from tests.cast import Cast, Person
from tests.governance.browser import add_passkey, signed_in, soft
from tests.governance.pages import draft_protocol, url_of
from tools.soft_passkey import SoftPasskey

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("charter")]

PASSKEY = reverse("governance:way-back-passkey")


def _held(person: Person) -> Membership:
    assert person.membership
    return person.membership


def _issue(cast: Cast, whose: Person | None = None, by: Person | None = None) -> str:
    _link, token = recovery.issue(_held(whose or cast.bo).pk, actor=(by or cast.amina).user)
    return token


def _page(token: str) -> str:
    return reverse("governance:way-back", args=[token])


def _code() -> str:
    found = re.search(r"^\d{8}$", str(mail.outbox[-1].body), re.M)
    assert found, mail.outbox[-1].body
    return found[0]


def _walk(client: Client, token: str) -> Any:
    """Open the link, fetch the code from the mail and type it."""
    client.post(_page(token), {"send": "yes"})
    return client.post(_page(token), {"code": _code()})


def _make(client: Client, passkey: SoftPasskey) -> Any:
    return add_passkey(client, passkey, at=PASSKEY)


def test_from_the_link_to_a_new_passkey(cast: Cast) -> None:
    client, passkey = Client(), soft()
    page = cast.amina.client().post(url_of("way-back-new", _held(cast.bo).pk)).content.decode()
    found = re.search(r"/way-back/([\w-]{20,})/", page)
    assert found
    assert "Bo, here you make a new passkey." in client.get(_page(found[1])).content.decode()

    answer = _walk(client, found[1])
    assert answer.headers["Location"] == PASSKEY
    assert not signed_in(client)
    answer = _make(client, passkey)

    assert answer.headers["Location"] == reverse("governance:home")
    assert signed_in(client)
    keys = [cast.bo.passkey.credential_id, passkey.credential_id]
    assert [key for key, _cose in credentials_of(cast.bo.user)] == keys
    assert client.get(reverse("governance:community", args=["river"])).status_code == 200


def test_the_new_passkey_signs_nothing_before_a_charter_names_it(cast: Cast) -> None:
    client, passkey = Client(), soft()
    _walk(client, _issue(cast))
    _make(client, passkey)
    text = draft_protocol(cast).statement

    with pytest.raises(SignatureRefused, match="not in the charter"):
        statements.cast(
            text.pk,
            actor=cast.bo.user,
            answer=Answer.YES,
            assertion=factories.assertion(passkey, text, Answer.YES),
        )


def test_the_link_is_not_in_the_mail_and_the_code_not_on_the_page(cast: Cast) -> None:
    token, client = _issue(cast), Client()
    cast.amina.client().post(url_of("way-back-new", _held(cast.bo).pk))
    token = _issue(cast)

    page = client.post(_page(token), {"send": "yes"}).content.decode()

    notice, code = (str(message.body) for message in mail.outbox)
    assert [message.to for message in mail.outbox] == [[cast.bo.user.email]] * 2
    assert "/way-back/" not in notice + code
    assert _code() not in page
    assert "River" not in notice + code
    assert "Amina" not in notice + code


def test_a_link_works_once(cast: Cast) -> None:
    token = _issue(cast)
    _walk(Client(), token)

    late = Client()
    assert late.get(_page(token)).status_code == 404
    assert late.post(_page(token), {"code": _code()}).status_code == 404
    assert late.get(PASSKEY).status_code == 404
    with pytest.raises(WayBackRefused):
        recovery.prove(token, _code())


def test_a_link_works_for_two_days_and_its_code_for_minutes(cast: Cast) -> None:
    token, client = _issue(cast), Client()
    client.post(_page(token), {"send": "yes"})
    WayBack.objects.update(code_expires_at=timezone.now())
    assert client.post(_page(token), {"code": _code()}).status_code == 400

    WayBack.objects.update(expires_at=timezone.now())
    assert client.get(_page(token)).status_code == 404
    assert client.post(_page(token), {"send": "yes"}).status_code == 404


def test_after_the_code_she_has_minutes_to_make_the_passkey(cast: Cast) -> None:
    client = Client()
    _walk(client, _issue(cast))
    assert client.get(PASSKEY).status_code == 200

    WayBack.objects.update(used_at=timezone.now() - timedelta(minutes=16))

    assert client.get(PASSKEY).status_code == 404
    assert client.post(PASSKEY, {}).status_code == 404


def test_wrong_codes_kill_the_link(cast: Cast) -> None:
    token, client = _issue(cast), Client()
    client.post(_page(token), {"send": "yes"})

    for _try in range(recovery.MOST_WRONG):
        answer = client.post(_page(token), {"code": "no"})
        assert answer.status_code == 400

    assert client.post(_page(token), {"code": _code()}).status_code == 404
    refused = AccessEvent.objects.filter(verb="way-back.prove", outcome="refused")
    assert refused.count() == recovery.MOST_WRONG


def test_only_so_many_codes_are_sent(cast: Cast) -> None:
    token, client = _issue(cast), Client()
    for _try in range(recovery.MOST_CODES + 1):
        answer = client.post(_page(token), {"send": "yes"})

    assert answer.status_code == 404
    assert len(mail.outbox) == recovery.MOST_CODES


def test_without_a_code_nothing_fits(cast: Cast) -> None:
    token = _issue(cast)

    assert Client().post(_page(token), {"code": ""}).status_code == 400
    with pytest.raises(WayBackRefused):
        recovery.prove(token, "")


def test_an_earlier_code_works_no_more(cast: Cast) -> None:
    token, client = _issue(cast), Client()
    client.post(_page(token), {"send": "yes"})
    first = _code()
    client.post(_page(token), {"send": "yes"})

    if first != _code():
        assert client.post(_page(token), {"code": first}).status_code == 400


def test_the_link_opens_one_account_only(cast: Cast) -> None:
    """With the code of another's link, or after another's, nothing of hers opens."""
    bos, cleos = _issue(cast), _issue(cast, cast.cleo)
    bo, cleo = Client(), Client()
    cleo.post(_page(cleos), {"send": "yes"})
    code_of_cleo = _code()
    bo.post(_page(bos), {"send": "yes"})

    assert bo.post(_page(bos), {"code": code_of_cleo}).status_code == 400
    _walk(bo, bos)
    _make(bo, soft())

    assert bo.session["_auth_user_id"] == str(cast.bo.user.pk)
    assert len(credentials_of(cast.cleo.user)) == 1


def test_who_made_the_link_gets_no_access_by_it(cast: Cast) -> None:
    token, amina = _issue(cast), cast.amina.client()

    assert "You are signed in." in amina.get(_page(token)).content.decode()
    assert amina.post(_page(token), {"send": "yes"}).status_code == 400
    assert mail.outbox == []

    # Signed out, with the link but without the mail, she is no further.
    stranger = Client()
    stranger.post(_page(token), {"send": "yes"})
    assert stranger.post(_page(token), {"code": "12345678"}).status_code == 400
    assert stranger.get(PASSKEY).status_code == 404
    assert not signed_in(stranger)
    assert len(credentials_of(cast.bo.user)) == 1


def test_nobody_makes_a_link_for_herself(cast: Cast) -> None:
    with pytest.raises(NotAllowed, match="for herself"):
        _issue(cast, cast.amina, by=cast.amina)
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
        _issue(cast, by=getattr(cast, who))
    assert not WayBack.objects.exists()


def test_a_steward_whom_the_charter_does_not_name_makes_no_links(cast: Cast) -> None:
    eda = factories.make_user("Eda")
    factories.make_membership(eda, cast.river)

    with pytest.raises(NotAllowed, match="does not name you"):
        recovery.issue(_held(cast.bo).pk, actor=eda)


def test_a_membership_put_in_by_hand_makes_no_admin_a_helper_nor_helped(cast: Cast) -> None:
    by_hand = factories.make_membership(cast.max.user, cast.river)

    with pytest.raises(NotAllowed):
        recovery.issue(_held(cast.bo).pk, actor=cast.max.user)
    with pytest.raises(NotReady):
        recovery.issue(by_hand.pk, actor=cast.amina.user)


def test_a_later_link_replaces_an_earlier_one(cast: Cast) -> None:
    first, second = _issue(cast), _issue(cast, by=cast.cleo)

    assert Client().get(_page(first)).status_code == 404
    assert Client().get(_page(second)).status_code == 200


def test_a_link_can_be_taken_back(cast: Cast) -> None:
    token = _issue(cast)
    client, url = cast.cleo.client(), url_of("way-back-take-back", _held(cast.bo).pk)
    assert "opens nothing any more" in client.get(url).content.decode()
    assert Client().get(_page(token)).status_code == 200

    client.post(url)

    assert Client().get(_page(token)).status_code == 404
    again = client.post(url, follow=True).content.decode()
    assert "No link of hers is waiting" in again


@pytest.mark.parametrize("change", ["role ended", "account closed"])
def test_a_link_works_only_while_she_belongs_here(cast: Cast, change: str) -> None:
    token, client = _issue(cast), Client()
    _walk(client, token)
    if change == "role ended":
        Membership.objects.filter(user=cast.bo.user).update(until=timezone.now())
    else:
        cast.bo.user.is_active = False
        cast.bo.user.save()

    assert client.get(PASSKEY).status_code == 404


def test_it_stands_in_the_log_of_each_of_her_communities(cast: Cast) -> None:
    factories.make_membership(cast.bo.user, cast.coast)
    client = Client()
    _walk(client, _issue(cast))
    _make(client, soft())

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
    token, client = _issue(cast), Client()
    client.post(_page(token), {"send": "yes"})

    kept = str(vars(WayBack.objects.get()))
    assert token not in kept
    assert _code() not in kept


def test_a_passkey_that_a_device_did_not_make_is_refused(cast: Cast) -> None:
    client = Client()
    _walk(client, _issue(cast))

    answer = _make(client, cast.amina.passkey)

    assert answer.status_code == 400
    assert "belongs to an account already" in answer.content.decode()
    assert not signed_in(client)
