"""Passkeys: made on their page, good for signing in, refused when anything about them is off."""

import json

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.test import Client
from django.urls import reverse

from consent.grants.codec import b64u, unb64u
from governance.models import User
from governance.queries import credentials_of
from tests import factories
from tests.cast import Cast
from tests.governance.browser import (
    ADD,
    LOGIN,
    add_passkey,
    data_of,
    login_form,
    reauthenticate,
    sign_in,
    signed_in,
    soft,
)
from tools.soft_passkey import SoftPasskey

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("alg", ["ES256", "EdDSA", "RS256"])
def test_a_passkey_made_on_the_page_signs_in_alone(
    newcomer: User, browser: Client, alg: str
) -> None:
    passkey = soft(alg)

    answer = add_passkey(browser, passkey)
    assert answer.headers["Location"] == reverse("mfa_view_recovery_codes")
    assert credentials_of(newcomer) == [(passkey.credential_id, passkey.cose)]

    other = Client()
    answer = sign_in(other, passkey, newcomer)
    assert answer.headers["Location"] == "/"
    assert signed_in(other)


def test_the_page_asks_the_device_for_what_charters_need(newcomer: User, browser: Client) -> None:
    options = data_of(browser.get(ADD).content.decode())["creation_options"]["publicKey"]

    assert options["rp"] == {"id": settings.KINHOLD_RP_ID, "name": "Kinhold"}
    assert [kind["alg"] for kind in options["pubKeyCredParams"]] == [-7, -8, -257]
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert options["authenticatorSelection"]["residentKey"] == "preferred"


def test_a_passkey_that_did_not_verify_its_holder_is_refused(
    newcomer: User, browser: Client
) -> None:
    class Careless(SoftPasskey):
        def _authenticator_data(self, flags: int) -> bytes:
            return super()._authenticator_data(flags & ~0x04)

    answer = add_passkey(
        browser, Careless("ES256", settings.KINHOLD_RP_ID, settings.KINHOLD_ORIGIN)
    )

    assert answer.status_code == 200
    assert credentials_of(newcomer) == []


@pytest.mark.parametrize("rp_id", ["evil.example"])
def test_a_passkey_of_another_site_is_refused(newcomer: User, browser: Client, rp_id: str) -> None:
    assert add_passkey(browser, soft(rp_id=rp_id)).status_code == 200
    assert credentials_of(newcomer) == []


def test_the_id_told_by_the_browser_must_be_the_devices_own(
    newcomer: User, browser: Client
) -> None:
    answer = add_passkey(browser, soft(), id=b64u(b"another"), rawId=b64u(b"another"))

    assert "This is not what a passkey sends." in answer.content.decode()
    assert credentials_of(newcomer) == []


def test_a_passkey_belongs_to_one_account_only(newcomer: User, browser: Client, cast: Cast) -> None:
    answer = add_passkey(browser, cast.bo.passkey)

    assert "belongs to an account already" in answer.content.decode()
    assert credentials_of(newcomer) == []


def test_a_challenge_works_once(cast: Cast) -> None:
    client = Client()
    form = login_form(client, cast.bo.passkey, cast.bo.user)
    client.post(LOGIN, form)
    assert signed_in(client)
    client.post(reverse("account_logout"))

    client.post(LOGIN, form)

    assert not signed_in(client)


@pytest.mark.parametrize("page", ["mfa_authenticate", "mfa_reauthenticate_webauthn"])
def test_a_passkey_is_the_second_step_and_the_proof_that_it_is_still_you(
    cast: Cast, page: str
) -> None:
    client = Client()
    if page == "mfa_authenticate":
        words = {"login": cast.bo.user.email, "password": factories.PASSWORD}
        client.post(reverse("account_login"), words)
    else:
        sign_in(client, cast.bo.passkey, cast.bo.user)

    options = data_of(client.get(reverse(page)).content.decode())["request_options"]["publicKey"]
    challenge = unb64u(options["challenge"])
    wrong = cast.amina.passkey.assertion_json(challenge, b"")
    client.post(reverse(page), {"credential": json.dumps(wrong)})
    assert client.get(ADD).status_code == 302

    options = data_of(client.get(reverse(page)).content.decode())["request_options"]["publicKey"]
    right = cast.bo.passkey.assertion_json(unb64u(options["challenge"]), b"")
    client.post(reverse(page), {"credential": json.dumps(right)})

    assert signed_in(client)
    assert client.get(ADD).status_code == (302 if page == "mfa_authenticate" else 200)


def test_a_passkey_opens_no_other_account(cast: Cast) -> None:
    client = Client()

    sign_in(client, cast.bo.passkey, cast.amina.user)

    assert not signed_in(client)


def test_a_passkey_that_a_charter_names_cannot_be_removed(cast: Cast, charter: object) -> None:
    client = cast.amina.client()
    reauthenticate(client)
    spare = soft()
    add_passkey(client, spare)
    named, unnamed = Authenticator.objects.filter(
        user=cast.amina.user, type=Authenticator.Type.WEBAUTHN
    ).order_by("pk")

    answer = client.post(reverse("mfa_remove_webauthn", args=[named.pk]), follow=True)
    assert "The charter of River names this passkey." in answer.content.decode()

    client.post(reverse("mfa_remove_webauthn", args=[unnamed.pk]))
    assert [key for key, _ in credentials_of(cast.amina.user)] == [cast.amina.passkey.credential_id]


def test_after_signing_in_one_never_lands_on_another_site(cast: Cast) -> None:
    for there, expected in [("https://evil.example/", "/"), ("/communities/", "/communities/")]:
        answer = sign_in(Client(), cast.bo.passkey, cast.bo.user, next=there)
        assert answer.headers["Location"] == expected
