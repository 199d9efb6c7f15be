"""Ways in without a passkey, and what is asked before anything opens."""

import json
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from governance.models import User
from tests import factories
from tests.cast import Cast
from tests.governance.browser import (
    ADD,
    add_passkey,
    reauthenticate,
    signed_in,
    soft,
)

pytestmark = pytest.mark.django_db

PASSWORD_LOGIN = reverse("account_login")
CODE = reverse("mfa_authenticate")


def code_of(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


def test_a_password_alone_is_not_enough_with_a_passkey(cast: Cast) -> None:
    client = Client()

    answer = client.post(
        PASSWORD_LOGIN, {"login": cast.amina.user.email, "password": factories.PASSWORD}
    )

    assert answer.headers["Location"] == CODE
    assert not signed_in(client)
    client.post(reverse("account_logout"), {"next": PASSWORD_LOGIN})
    assert client.get(PASSWORD_LOGIN).status_code == 200  # "Start again" does


def _activate_code_app(browser: Client) -> str:
    url = reverse("mfa_activate_totp")
    page = browser.get(url).content.decode()
    assert "<svg" in page
    assert "data:image" not in page
    secret = browser.session["mfa.totp.secret"]
    answer = browser.post(url, {"code": code_of(secret)})
    assert answer.headers["Location"] == reverse("mfa_view_recovery_codes")
    return str(secret)


def test_password_and_code_let_in_who_has_no_passkey(newcomer: User, browser: Client) -> None:
    secret = _activate_code_app(browser)
    other = Client()
    other.post(PASSWORD_LOGIN, {"login": newcomer.email, "password": factories.PASSWORD})
    assert not signed_in(other)

    wrong = other.post(CODE, {"code": "000000"})
    assert wrong.status_code == 200
    assert not signed_in(other)
    # A code is good once, and the one of this half minute was spent on setting up.
    cache.clear()
    other.post(CODE, {"code": code_of(secret)})

    assert signed_in(other)


def test_the_secret_of_a_code_app_is_not_readable_in_the_database(
    newcomer: User, browser: Client
) -> None:
    secret = _activate_code_app(browser)

    row = Authenticator.objects.get(user=newcomer, type=Authenticator.Type.TOTP)
    assert secret not in json.dumps(row.data)


def test_a_recovery_code_lets_in_once(newcomer: User, browser: Client) -> None:
    add_passkey(browser, soft())
    page = browser.get(reverse("mfa_view_recovery_codes")).content.decode()
    codes = (
        Authenticator.objects.get(user=newcomer, type=Authenticator.Type.RECOVERY_CODES)
        .wrap()
        .get_unused_codes()
    )
    assert codes[0] in page
    assert codes[0] not in browser.get(reverse("mfa_view_recovery_codes")).content.decode()

    for expected in (True, False):
        other = Client()
        other.post(PASSWORD_LOGIN, {"login": newcomer.email, "password": factories.PASSWORD})
        other.post(CODE, {"code": codes[0]})
        assert signed_in(other) is expected


def test_a_code_app_without_a_password_would_lock_one_out(newcomer: User) -> None:
    newcomer.set_unusable_password()
    newcomer.save()
    client = Client()
    client.force_login(newcomer, backend="allauth.account.auth_backends.AuthenticationBackend")

    answer = client.get(reverse("mfa_activate_totp"))

    assert answer.headers["Location"] == reverse("account_set_password")


@pytest.mark.parametrize(
    "path", ["/", "/communities/", "/log/", "/account/tokens/", "/accounts/2fa/webauthn/"]
)
def test_nothing_opens_before_there_is_a_second_factor(
    newcomer: User, browser: Client, path: str
) -> None:
    answer = browser.get(path)

    assert (answer.status_code, answer.headers["Location"]) == (302, ADD)


def test_the_api_says_so_too(browser: Client) -> None:
    answer = browser.get("/api/v1/me/")

    assert (answer.status_code, answer.json()["code"]) == (403, "second-factor-missing")
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    "name", ["mfa_index", "mfa_add_webauthn", "mfa_activate_totp", "account_logout"]
)
def test_the_pages_that_give_one_stay_open(browser: Client, name: str) -> None:
    assert browser.get(reverse(name)).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "signup/",
        "signup/passkey/",
        "email/",
        "confirm-email/",
        "confirm-email/x/",
        "3rdparty/",
        "social/signup/",
        "login/code/",
        "2fa/webauthn/signup/",
        "2fa/recovery-codes/download/",
    ],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_pages_of_allauth_that_we_do_not_use_are_not_there(
    cast: Cast, path: str, method: str
) -> None:
    for client in (Client(), cast.amina.client()):
        answer = getattr(client, method)(f"/accounts/{path}")
        assert answer.status_code in {404, 302}
        if answer.status_code == 302:  # a stranger asking for what does not exist may sign in first
            assert answer.headers["Location"].startswith(PASSWORD_LOGIN)


def test_changing_how_one_signs_in_asks_once_more_who_one_is(cast: Cast) -> None:
    client = cast.amina.client()

    for name in (
        "account_set_password",
        "mfa_add_webauthn",
        "mfa_activate_totp",
        "mfa_generate_recovery_codes",
    ):
        answer = client.get(reverse(name))
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith(reverse("mfa_reauthenticate_webauthn"))


def test_wrong_passwords_are_slowed_down(newcomer: User) -> None:
    client = Client()
    for _ in range(5):
        client.post(PASSWORD_LOGIN, {"login": newcomer.email, "password": "wrong"})

    client.post(PASSWORD_LOGIN, {"login": newcomer.email, "password": factories.PASSWORD})

    assert not signed_in(client)


def test_many_wrong_passwords_shut_the_door_even_when_the_cache_is_lost(newcomer: User) -> None:
    client = Client()
    for _ in range(10):
        cache.clear()
        answer = client.post(PASSWORD_LOGIN, {"login": newcomer.email, "password": "wrong"})
    assert (answer.status_code, "Too many tries" in answer.content.decode()) == (429, True)

    cache.clear()
    client.post(PASSWORD_LOGIN, {"login": newcomer.email, "password": factories.PASSWORD})

    assert not signed_in(client)


def test_a_forgotten_password_is_told_to_nobody_but_its_owner(newcomer: User) -> None:
    client = Client()
    told = [
        client.post(reverse("account_reset_password"), {"email": email}, follow=True)
        for email in (newcomer.email, "nobody@example.org")
    ]

    assert [message.to for message in mail.outbox] == [[newcomer.email]]
    assert len({answer.redirect_chain[-1] for answer in told}) == 1


def test_a_link_from_the_mail_changes_the_password(newcomer: User) -> None:
    client = Client()
    client.post(reverse("account_reset_password"), {"email": newcomer.email})
    link = next(word for word in str(mail.outbox[0].body).split() if "/password/reset/key/" in word)
    page = client.get(
        link.replace(settings.KINHOLD_ORIGIN, "").replace("http://testserver", ""), follow=True
    )
    new = "another long enough phrase"

    client.post(page.redirect_chain[-1][0], {"password1": new, "password2": new})

    newcomer.refresh_from_db()
    assert newcomer.check_password(new)


def test_every_page_about_ones_account_can_be_read(cast: Cast) -> None:
    client = cast.amina.client()
    reauthenticate(client)
    passkey = Authenticator.objects.get(user=cast.amina.user)
    names: list[tuple[str, list[int]]] = [
        ("mfa_index", []),
        ("mfa_list_webauthn", []),
        ("mfa_add_webauthn", []),
        ("mfa_activate_totp", []),
        ("mfa_generate_recovery_codes", []),
        ("mfa_reauthenticate_webauthn", []),
        ("account_reauthenticate", []),
        ("account_change_password", []),
        ("account_logout", []),
        ("mfa_edit_webauthn", [passkey.pk]),
        ("mfa_remove_webauthn", [passkey.pk]),
    ]

    for name, args in names:
        page = client.get(reverse(name, args=args))
        html = page.content.decode()
        assert (name, page.status_code) == (name, 200)
        assert 'href="/static/css/base.css"' in html
        assert "onclick" not in html
        assert "<style" not in html
