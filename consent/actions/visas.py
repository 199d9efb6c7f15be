"""Visas of an approved researcher: made when she asks, told in the log, kept nowhere."""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from consent.errors import NotAllowed
from consent.grants.codec import digest
from consent.models import Grant
from consent.queries.visas import grants_to_vouch_for, request_for_visas
from consent.visa_key import visa_key, visa_secret
from consent.visas import Key, Said, signed, subject_for
from governance.actions.audit import record
from governance.actions.permissions import require
from governance.models import User
from governance.rules import Verb


@transaction.atomic
def issue(request_id: uuid.UUID, *, actor: User) -> list[str]:
    """Return one visa for each grant under which the actor may work now; none when none holds.

    Raises:
        governance.errors.NotAllowed: not a researcher.
        NotAllowed: visas are off, or she has no part in the request.
    """
    require(actor, Verb.ASK)
    key = visa_key()
    request = request_for_visas(actor, request_id)
    if key is None or request is None:
        raise NotAllowed("There are no visas for you here.")
    now = timezone.now()
    return [_issue(grant, actor, key, now) for grant in grants_to_vouch_for(request, at=now)]


def _issue(grant: Grant, actor: User, key: Key, now: datetime) -> str:
    issuer = settings.KINHOLD_VISA_ISSUER
    dataset = grant.review.dataset
    said = Said(
        subject=subject_for(
            actor.public_id, grant.community.slug, issuer=issuer, secret=visa_secret()
        ),
        dataset=_address("governance:dataset", dataset.community.slug, dataset.slug),
        source=_address("governance:community", grant.community.slug),
        asserted=grant.accepted_at or grant.granted_at,
        issued=now,
        expires=min(now + timedelta(hours=settings.KINHOLD_VISA_HOURS), grant.not_after),
        id=uuid.uuid4(),
    )
    visa = signed(said, issuer=issuer, key=key)
    record(
        "visa.issue",
        actor=actor,
        subject=f"grant:{grant.public_id}",
        community=grant.community,
        reason=f"Until {said.expires:%Y-%m-%d %H:%M} UTC.",
        document_digest=digest(visa.encode()),
        correlation=str(said.id),
    )
    return visa


def _address(name: str, *arguments: str) -> str:
    return str(settings.KINHOLD_ORIGIN) + reverse(name, args=arguments)
