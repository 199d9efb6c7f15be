"""People who are named in a request, and the links that reach them."""

import re

from django.core import mail
from django.test import Client

from consent.actions import crew, requests
from consent.models import Collaborator
from consent.rules import RequestState
from consent.terms import TERMS_DIGEST
from governance.models import User
from governance.rules import PlatformRole
from tests.consent.factories import JOB
from tests.factories import make_passkey, make_user

CHI = {"name": "Chi", "email": "chi@university.example", "orcid": ""}
BEN = {"name": "Ben", "email": "ben@university.example", "orcid": ""}
DAN = {"name": "Dan", "email": "dan@university.example", "orcid": ""}


def ben() -> Collaborator:
    return Collaborator.objects.get(email=BEN["email"], removed_at=None)


def link_of(email=BEN["email"]) -> str:
    """The token in the newest mail to somebody."""
    [*_, newest] = [sent for sent in mail.outbox if sent.to == [email]]
    found = re.search(r"/terms/([\w-]+)/", newest.body)
    assert found
    return found[1]


def yes(token, **changes):
    wanted = {"terms_digest": TERMS_DIGEST, "signed_in": None, "name": "Ben"} | changes
    return crew.accept(token, **wanted)


def browser_of(user) -> Client:
    browser = Client()
    browser.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return browser


def researcher(email=BEN["email"], name="Ben") -> User:
    user = make_user(name, PlatformRole.RESEARCHER, email=email)
    make_passkey(user)
    return user


def change(cast, request, people):
    """The next revision of a request, with these people."""
    request.refresh_from_db()
    request.draft = request.draft | {"people": people}
    request.state = RequestState.CHANGING.value
    request.save()
    requests.submit(request.pk, actor=cast.chi.user, job=JOB, note="Other people.")
