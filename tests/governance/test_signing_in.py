"""Ways in: passkey, password and code, recovery code; and what is asked before anything opens."""

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

from consent.grants.codec import b64u
from governance.models import User
from governance.queries import credentials_of
from tests import factories
from tests.cast import Cast
from tests.governance.browser import ADD, LOGIN, add_passkey, data_of, login_form, sign_in
from tools.soft_passkey import SoftPasskey

pytestmark = pytest.mark.django_db

PASSWORD_LOGIN = reverse("account_login")
CODE = reverse("mfa_authenticate")


@pytest.fixture
def user(db: None) -> User:
    """Somebody who has just joined: an account, no second factor."""
    return factories.make_user("Nia")


@pytest.fixture
def client(user: User) -> Client:
    """Her browser, signed in and trusted a moment ago."""
    client = Client()
    client.post(PASSWORD_LOGIN, {"login": user.email, "password": factories.PASSWORD})
    client.post(reverse("account_reauthenticate"), {"password": factories.PASSWORD})
    return client


def soft(alg: str = "ES256", **changed: str) -> SoftPasskey:
    places = {"rp_id": settings.KINHOLD_RP_ID, "origin": settings.KINHOLD_ORIGIN} | changed
    return SoftPasskey(alg, **places)


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def code_of(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


@pytest.mark.parametrize("alg", ["ES256", "EdDSA", "RS256"])
def test_a_passkey_made_on_the_page_signs_in_alone(user: User, client: Client, alg: str) -> None:
    passkey = soft(alg)

    answer = add_passkey(client, passkey)
    assert answer.headers["Location"] == reverse("mfa_view_recovery_codes")
    assert credentials_of(user) == [(passkey.credential_id, passkey.cose)]

    other = Client()
    answer = sign_in(other, passkey, user)
    assert answer.headers["Location"] == "/"
    assert signed_in(other)


def test_the_page_asks_the_device_for_what_charters_need(user: User, client: Client) -> None:
    options = data_of(client.get(ADD).content.decode())["creation_options"]["publicKey"]

    assert options["rp"] == {"id": settings.KINHOLD_RP_ID, "name": "Kinhold"}
    assert [kind["alg"] for kind in options["pubKeyCredParams"]] == [-7, -8, -257]
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert options["authenticatorSelection"]["residentKey"] == "preferred"


def test_a_passkey_that_did_not_verify_its_holder_is_refused(user: User, client: Client) -> None:
    class Careless(SoftPasskey):
        def _authenticator_data(self, flags: int) -> bytes:
            return super()._authenticator_data(flags & ~0x04)

    answer = add_passkey(client, Careless("ES256", settings.KINHOLD_RP_ID, settings.KINHOLD_ORIGIN))

    assert answer.status_code == 200
    assert credentials_of(user) == []


@pytest.mark.parametrize("rp_id", ["evil.example"])
def test_a_passkey_of_another_site_is_refused(user: User, client: Client, rp_id: str) -> None:
    assert add_passkey(client, soft(rp_id=rp_id)).status_code == 200
    assert credentials_of(user) == []


def test_the_id_told_by_the_browser_must_be_the_devices_own(user: User, client: Client) -> None:
    answer = add_passkey(client, soft(), id=b64u(b"another"), rawId=b64u(b"another"))

    assert "This is not what a passkey sends." in answer.content.decode()
    assert credentials_of(user) == []


def test_a_passkey_belongs_to_one_account_only(user: User, client: Client, cast: Cast) -> None:
    answer = add_passkey(client, cast.bo.passkey)

    assert "belongs to an account already" in answer.content.decode()
    assert credentials_of(user) == []


def test_a_challenge_works_once(cast: Cast) -> None:
    client = Client()
    form = login_form(client, cast.bo.passkey, cast.bo.user)
    client.post(LOGIN, form)
    assert signed_in(client)
    client.post(reverse("account_logout"))

    client.post(LOGIN, form)

    assert not signed_in(client)


def test_a_passkey_opens_no_other_account(cast: Cast) -> None:
    client = Client()

    sign_in(client, cast.bo.passkey, cast.amina.user)

    assert not signed_in(client)


def test_a_password_alone_is_not_enough_with_a_passkey(cast: Cast) -> None:
    client = Client()

    answer = client.post(
        PASSWORD_LOGIN, {"login": cast.amina.user.email, "password": factories.PASSWORD}
    )

    assert answer.headers["Location"] == CODE
    assert not signed_in(client)


def _activate_code_app(client: Client) -> str:
    url = reverse("mfa_activate_totp")
    page = client.get(url).content.decode()
    assert "<svg" in page
    assert "data:image" not in page
    secret = client.session["mfa.totp.secret"]
    answer = client.post(url, {"code": code_of(secret)})
    assert answer.headers["Location"] == reverse("mfa_view_recovery_codes")
    return str(secret)


def test_password_and_code_let_in_who_has_no_passkey(user: User, client: Client) -> None:
    secret = _activate_code_app(client)
    other = Client()
    other.post(PASSWORD_LOGIN, {"login": user.email, "password": factories.PASSWORD})
    assert not signed_in(other)

    wrong = other.post(CODE, {"code": "000000"})
    assert wrong.status_code == 200
    assert not signed_in(other)
    # A code is good once, and the one of this half minute was spent on setting up.
    cache.clear()
    other.post(CODE, {"code": code_of(secret)})

    assert signed_in(other)


def test_the_secret_of_a_code_app_is_not_readable_in_the_database(
    user: User, client: Client
) -> None:
    secret = _activate_code_app(client)

    row = Authenticator.objects.get(user=user, type=Authenticator.Type.TOTP)
    assert secret not in json.dumps(row.data)


def test_a_recovery_code_lets_in_once(user: User, client: Client) -> None:
    add_passkey(client, soft())
    page = client.get(reverse("mfa_view_recovery_codes")).content.decode()
    codes = (
        Authenticator.objects.get(user=user, type=Authenticator.Type.RECOVERY_CODES)
        .wrap()
        .get_unused_codes()
    )
    assert codes[0] in page
    assert codes[0] not in client.get(reverse("mfa_view_recovery_codes")).content.decode()

    for expected in (True, False):
        other = Client()
        other.post(PASSWORD_LOGIN, {"login": user.email, "password": factories.PASSWORD})
        other.post(CODE, {"code": codes[0]})
        assert signed_in(other) is expected


def test_a_code_app_without_a_password_would_lock_one_out(user: User) -> None:
    user.set_unusable_password()
    user.save()
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")

    answer = client.get(reverse("mfa_activate_totp"))

    assert answer.headers["Location"] == reverse("account_set_password")


@pytest.mark.parametrize(
    "path", ["/", "/communities/", "/log/", "/account/tokens/", "/accounts/2fa/webauthn/"]
)
def test_nothing_opens_before_there_is_a_second_factor(
    user: User, client: Client, path: str
) -> None:
    answer = client.get(path)

    assert (answer.status_code, answer.headers["Location"]) == (302, ADD)


def test_the_api_says_so_too(client: Client) -> None:
    answer = client.get("/api/v1/me/")

    assert (answer.status_code, answer.json()["code"]) == (403, "second-factor-missing")
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    "name", ["mfa_index", "mfa_add_webauthn", "mfa_activate_totp", "account_logout"]
)
def test_the_pages_that_give_one_stay_open(client: Client, name: str) -> None:
    assert client.get(reverse(name)).status_code == 200


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

    for name in ("mfa_add_webauthn", "mfa_activate_totp", "mfa_generate_recovery_codes"):
        answer = client.get(reverse(name))
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith(reverse("account_reauthenticate"))


def test_a_passkey_that_a_charter_names_cannot_be_removed(cast: Cast, charter: object) -> None:
    client = cast.amina.client()
    _reauthenticate(client)
    spare = soft()
    add_passkey(client, spare)
    named, unnamed = Authenticator.objects.filter(
        user=cast.amina.user, type=Authenticator.Type.WEBAUTHN
    ).order_by("pk")

    answer = client.post(reverse("mfa_remove_webauthn", args=[named.pk]), follow=True)
    assert "The charter of River names this passkey." in answer.content.decode()

    client.post(reverse("mfa_remove_webauthn", args=[unnamed.pk]))
    assert [key for key, _ in credentials_of(cast.amina.user)] == [cast.amina.passkey.credential_id]


def _reauthenticate(client: Client) -> None:
    client.post(reverse("account_reauthenticate"), {"password": factories.PASSWORD})


def test_after_signing_in_one_never_lands_on_another_site(cast: Cast) -> None:
    for there, expected in [("https://evil.example/", "/"), ("/communities/", "/communities/")]:
        answer = sign_in(Client(), cast.bo.passkey, cast.bo.user, next=there)
        assert answer.headers["Location"] == expected


def test_wrong_passwords_are_slowed_down(user: User) -> None:
    client = Client()
    for _ in range(10):
        client.post(PASSWORD_LOGIN, {"login": user.email, "password": "wrong"})

    client.post(PASSWORD_LOGIN, {"login": user.email, "password": factories.PASSWORD})

    assert not signed_in(client)


def test_a_forgotten_password_is_told_to_nobody_but_its_owner(user: User) -> None:
    client = Client()
    told = [
        client.post(reverse("account_reset_password"), {"email": email}, follow=True)
        for email in (user.email, "nobody@example.org")
    ]

    assert [message.to for message in mail.outbox] == [[user.email]]
    assert len({answer.redirect_chain[-1] for answer in told}) == 1


def test_a_link_from_the_mail_changes_the_password(user: User) -> None:
    client = Client()
    client.post(reverse("account_reset_password"), {"email": user.email})
    link = next(word for word in str(mail.outbox[0].body).split() if "/password/reset/key/" in word)
    page = client.get(
        link.replace(settings.KINHOLD_ORIGIN, "").replace("http://testserver", ""), follow=True
    )
    new = "another long enough phrase"

    client.post(page.redirect_chain[-1][0], {"password1": new, "password2": new})

    user.refresh_from_db()
    assert user.check_password(new)


def test_every_page_about_ones_account_can_be_read(cast: Cast) -> None:
    client = cast.amina.client()
    _reauthenticate(client)
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
