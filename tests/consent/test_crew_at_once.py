"""A link that two people use at the same moment counts once: real transactions, real locks."""

import re

import pytest
from django.core import mail

from consent.actions import crew, requests
from consent.errors import LinkRefused
from consent.models import Collaborator
from consent.terms import TERMS_DIGEST
from governance.models import User
from tests.consent.factories import JOB, make_draft
from tests.consent.named import BEN, CHI
from tests.consent.test_at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def token(cast, dataset):
    draft = make_draft(cast.chi.user, people=[CHI, BEN])
    requests.submit(draft.pk, actor=cast.chi.user, job=JOB)
    crew.send_links(draft.pk)
    found = re.search(r"/terms/([\w-]+)/", mail.outbox[-1].body)
    assert found
    return found[1]


def test_of_two_yes_at_once_one_counts_and_one_account_is_made(token):
    def yes(name):
        return lambda: crew.accept(token, terms_digest=TERMS_DIGEST, signed_in=None, name=name)

    results = at_once(yes("Ben"), yes("Not Ben"))

    assert sum(isinstance(result, LinkRefused) for result in results) == 1
    assert User.objects.filter(email=BEN["email"]).count() == 1


def test_of_a_yes_and_a_no_at_once_one_counts(token):
    at_once(
        lambda: crew.accept(token, terms_digest=TERMS_DIGEST, signed_in=None, name="Ben"),
        lambda: crew.decline(token),
    )

    row = Collaborator.objects.get()
    assert bool(row.accepted_at) != bool(row.declined_at)


def test_two_workers_send_one_mail(cast, token):
    Collaborator.objects.update(invited_at=None, token_digest="")
    mail.outbox.clear()

    sent = at_once(crew.send_links, crew.send_links)

    assert sum(sent) == 1
    assert len(mail.outbox) == 1
