"""Signing a grant's conditions, as a researcher's browser and device do together."""

from datetime import datetime

from django.utils import timezone

from consent.actions import acceptance
from consent.grants.acceptance import acceptance_challenge
from consent.grants.codec import b64u
from consent.models import Grant
from consent.queries.acceptance import to_accept
from governance.actions.statements import Assertion
from tests.cast import Person
from tools.soft_passkey import SoftPasskey


def text_for(grant: Grant, person: Person, at: datetime | None = None) -> bytes:
    return to_accept(grant, person.user, at=at or timezone.now()).text.encode()


def signature(text: bytes, passkey: SoftPasskey) -> Assertion:
    parts = passkey.make_assertion(acceptance_challenge(text))
    return Assertion(passkey.credential_id, *parts)


def accept(grant: Grant, person: Person, at: datetime | None = None) -> Grant:
    """Have this person accept what waits, with her own passkey."""
    text = text_for(grant, person, at)
    return acceptance.accept_conditions(
        grant.pk, actor=person.user, text=text, assertion=signature(text, person.passkey)
    )


def sent(text: bytes, passkey: SoftPasskey) -> dict[str, str]:
    """The same as a script sends it."""
    made = signature(text, passkey)
    return {
        "text": text.decode(),
        "credential_id": b64u(made.credential_id),
        "authenticator_data": b64u(made.authenticator_data),
        "client_data_json": b64u(made.client_data_json),
        "signature": b64u(made.signature),
    }


def posted(text: bytes, passkey: SoftPasskey) -> dict[str, str]:
    """The same as the page sends it."""
    return sent(text, passkey) | {"answer": "yes"}
