"""A browser with a software passkey: what static/js/passkey.js does, over Django's test client."""

import json
import re
from typing import Any

from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.test import Client
from django.urls import reverse

from consent.grants.codec import unb64u
from governance.models import User
from tests import factories
from tools.soft_passkey import SoftPasskey

ADD = reverse("mfa_add_webauthn")
LOGIN = reverse("mfa_login_webauthn")


def data_of(html: str, name: str = "js_data") -> dict[str, Any]:
    """Read the JSON that a page carries under this id."""
    found = re.search(rf'<script id="{name}" type="application/json">(.*?)</script>', html, re.S)
    assert found, html
    return dict(json.loads(found[1]))


def add_passkey(client: Client, passkey: SoftPasskey, *, at: str = ADD, **changed: Any) -> Any:
    """Make a passkey on a page for it; return the answer to the form."""
    options = data_of(client.get(at).content.decode())["creation_options"]["publicKey"]
    challenge = unb64u(options["challenge"])
    handle = unb64u(options["user"]["id"])
    credential = passkey.make_attestation(challenge, handle, discoverable=True) | changed
    return client.post(at, {"name": "phone", "credential": json.dumps(credential)})


def login_form(client: Client, passkey: SoftPasskey, user: User) -> dict[str, str]:
    """Ask for a challenge and have the passkey answer it in the name of ``user``."""
    asked = client.get(LOGIN, headers={"X-Requested-With": "XMLHttpRequest"}).json()
    challenge = unb64u(asked["request_options"]["publicKey"]["challenge"])
    handle = user_pk_to_url_str(user).encode()
    return {"credential": json.dumps(passkey.assertion_json(challenge, handle))}


def sign_in(client: Client, passkey: SoftPasskey, user: User, **data: str) -> Any:
    """Sign in with the passkey alone; return the answer to the form."""
    return client.post(LOGIN, login_form(client, passkey, user) | data)


def soft(alg: str = "ES256", **changed: str) -> SoftPasskey:
    places = {"rp_id": settings.KINHOLD_RP_ID, "origin": settings.KINHOLD_ORIGIN} | changed
    return SoftPasskey(alg, **places)


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def reauthenticate(client: Client) -> None:
    client.post(reverse("account_reauthenticate"), {"password": factories.PASSWORD})
