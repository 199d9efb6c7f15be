"""Coming in again without one's passkey: what it takes, what it gives, and what it never gives."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from consent.grants.statements import Answer
from governance.actions import recovery, statements
from governance.errors import SignatureRefused, WayBackRefused
from governance.models import AccessEvent, WayBack
from governance.queries import credentials_of
from tests import factories
from tests.cast import Cast
from tests.governance.browser import signed_in, soft
from tests.governance.pages import draft_protocol, url_of
from tests.governance.way_back import PASSKEY, code_in_mail, held, issue, make, page_of, walk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("charter")]


def test_from_the_link_to_a_new_passkey(cast: Cast) -> None:
    client, passkey = Client(), soft()
    page = cast.amina.client().post(url_of("way-back-new", held(cast.bo).pk)).content.decode()
    found = re.search(r"/way-back/([\w-]{20,})/", page)
    assert found
    assert "Bo, here you make a new passkey." in client.get(page_of(found[1])).content.decode()

    answer = walk(client, found[1])
    assert answer.headers["Location"] == PASSKEY
    assert not signed_in(client)
    answer = make(client, passkey)

    assert answer.headers["Location"] == reverse("governance:home")
    assert signed_in(client)
    keys = [cast.bo.passkey.credential_id, passkey.credential_id]
    assert [key for key, _cose in credentials_of(cast.bo.user)] == keys
    assert client.get(reverse("governance:community", args=["river"])).status_code == 200


def test_the_new_passkey_signs_nothing_before_a_charter_names_it(cast: Cast) -> None:
    client, passkey = Client(), soft()
    walk(client, issue(cast))
    make(client, passkey)
    text = draft_protocol(cast).statement

    with pytest.raises(SignatureRefused, match="not in the charter"):
        statements.cast(
            text.pk,
            actor=cast.bo.user,
            answer=Answer.YES,
            assertion=factories.assertion(passkey, text, Answer.YES),
        )


def test_the_link_is_not_in_the_mail_and_the_code_not_on_the_page(cast: Cast) -> None:
    token, client = issue(cast), Client()
    cast.amina.client().post(url_of("way-back-new", held(cast.bo).pk))
    token = issue(cast)

    page = client.post(page_of(token), {"send": "yes"}).content.decode()

    notice, code = (str(message.body) for message in mail.outbox)
    assert [message.to for message in mail.outbox] == [[cast.bo.user.email]] * 2
    assert "/way-back/" not in notice + code
    assert code_in_mail() not in page
    assert "River" not in notice + code
    assert "Amina" not in notice + code


def test_a_link_works_once(cast: Cast) -> None:
    token = issue(cast)
    walk(Client(), token)

    late = Client()
    assert late.get(page_of(token)).status_code == 404
    assert late.post(page_of(token), {"code": code_in_mail()}).status_code == 404
    assert late.get(PASSKEY).status_code == 404
    with pytest.raises(WayBackRefused):
        recovery.prove(token, code_in_mail())


def test_a_link_works_for_two_days_and_its_code_for_minutes(cast: Cast) -> None:
    token, client = issue(cast), Client()
    client.post(page_of(token), {"send": "yes"})
    WayBack.objects.update(code_expires_at=timezone.now())
    assert client.post(page_of(token), {"code": code_in_mail()}).status_code == 400

    WayBack.objects.update(expires_at=timezone.now())
    assert client.get(page_of(token)).status_code == 404
    assert client.post(page_of(token), {"send": "yes"}).status_code == 404


def test_after_the_code_she_has_minutes_to_make_the_passkey(cast: Cast) -> None:
    client = Client()
    walk(client, issue(cast))
    assert client.get(PASSKEY).status_code == 200

    WayBack.objects.update(used_at=timezone.now() - timedelta(minutes=16))

    assert client.get(PASSKEY).status_code == 404
    assert client.post(PASSKEY, {}).status_code == 404


def test_wrong_codes_kill_the_link(cast: Cast) -> None:
    token, client = issue(cast), Client()
    client.post(page_of(token), {"send": "yes"})

    for _try in range(recovery.MOST_WRONG):
        answer = client.post(page_of(token), {"code": "no"})
        assert answer.status_code == 400

    assert client.post(page_of(token), {"code": code_in_mail()}).status_code == 404
    refused = AccessEvent.objects.filter(verb="way-back.prove", outcome="refused")
    assert refused.count() == recovery.MOST_WRONG


def test_only_so_many_codes_are_sent(cast: Cast) -> None:
    token, client = issue(cast), Client()
    for _try in range(recovery.MOST_CODES + 1):
        answer = client.post(page_of(token), {"send": "yes"})

    assert answer.status_code == 404
    assert len(mail.outbox) == recovery.MOST_CODES


def test_without_a_code_nothing_fits(cast: Cast) -> None:
    token = issue(cast)

    assert Client().post(page_of(token), {"code": ""}).status_code == 400
    with pytest.raises(WayBackRefused):
        recovery.prove(token, "")


def test_an_earlier_code_works_no_more(cast: Cast) -> None:
    token, client = issue(cast), Client()
    client.post(page_of(token), {"send": "yes"})
    first = code_in_mail()
    client.post(page_of(token), {"send": "yes"})

    if first != code_in_mail():
        assert client.post(page_of(token), {"code": first}).status_code == 400


def test_the_link_opens_one_account_only(cast: Cast) -> None:
    """With the code of another's link, or after another's, nothing of hers opens."""
    bos, cleos = issue(cast), issue(cast, cast.cleo)
    bo, cleo = Client(), Client()
    cleo.post(page_of(cleos), {"send": "yes"})
    code_of_cleo = code_in_mail()
    bo.post(page_of(bos), {"send": "yes"})

    assert bo.post(page_of(bos), {"code": code_of_cleo}).status_code == 400
    walk(bo, bos)
    make(bo, soft())

    assert bo.session["_auth_user_id"] == str(cast.bo.user.pk)
    assert len(credentials_of(cast.cleo.user)) == 1
