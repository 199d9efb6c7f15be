"""Walking a way back in, as the person who lost her passkey does."""

import re
from typing import Any

from django.core import mail
from django.test import Client
from django.urls import reverse

from governance.actions import recovery
from governance.models import Membership
from tests.cast import Cast, Person
from tests.governance.browser import add_passkey
from tools.soft_passkey import SoftPasskey

PASSKEY = reverse("governance:way-back-passkey")


def held(person: Person) -> Membership:
    assert person.membership
    return person.membership


def issue(cast: Cast, whose: Person | None = None, by: Person | None = None) -> str:
    _link, token = recovery.issue(held(whose or cast.bo).pk, actor=(by or cast.amina).user)
    return token


def page_of(token: str) -> str:
    return reverse("governance:way-back", args=[token])


def code_in_mail() -> str:
    found = re.search(r"^\d{8}$", str(mail.outbox[-1].body), re.M)
    assert found, mail.outbox[-1].body
    return found[0]


def walk(client: Client, token: str) -> Any:
    """Open the link, fetch the code from the mail and type it."""
    client.post(page_of(token), {"send": "yes"})
    return client.post(page_of(token), {"code": code_in_mail()})


def make(client: Client, passkey: SoftPasskey) -> Any:
    return add_passkey(client, passkey, at=PASSKEY)
