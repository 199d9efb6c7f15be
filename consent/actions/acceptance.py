"""The applicant accepts a grant's conditions with her own passkey. Before that, nothing runs."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from consent.actions.announce import announce
from consent.errors import AcceptanceRefused, NotAllowed
from consent.grants.acceptance import (
    Acceptance,
    SignedAcceptance,
    acceptance_challenge,
    verify_acceptance,
)
from consent.grants.errors import GrantRefused
from consent.grants.notices import CLOCK_SKEW_S
from consent.models import Grant
from consent.queries.acceptance import FRESH_S
from consent.rules import GrantState, GrantVerb, next_grant_state
from governance.actions.alerts import tell
from governance.actions.assertions import Assertion, verify_again
from governance.actions.audit import record, refusals_recorded
from governance.actions.permissions import require
from governance.errors import SignatureRefused
from governance.models import User
from governance.queries import credentials_of, is_stopped
from governance.queries.communities import people_with
from governance.rules import Verb


def accept_conditions(grant_id: int, *, actor: User, text: bytes, assertion: Assertion) -> Grant:
    """Accept, as the applicant, every condition that stands in the signed grant.

    Args:
        text: as ``queries.acceptance.to_accept`` wrote it for her.
        assertion: of a passkey of her account, over that text.
    Raises:
        governance.errors.NotAllowed: not a researcher.
        NotAllowed: not the applicant.
        TransitionRefused: nothing is waiting to be accepted.
        AcceptanceRefused: the grant's time is over, or the text is too old.
        SignatureRefused: another text, another person's key, or the signature does not hold.
    """
    grant = Grant.objects.select_related("community").get(pk=grant_id)
    subject = f"grant:{grant.public_id}"
    with refusals_recorded("grant.accept", actor=actor, subject=subject, community=grant.community):
        return _accept(grant_id, actor, text, assertion)


@transaction.atomic
def _accept(grant_id: int, actor: User, text: bytes, assertion: Assertion) -> Grant:
    grant = (
        Grant.objects.select_for_update(of=("self",))
        .select_related("community", "statement", "review__revision__request")
        .get(pk=grant_id)
    )
    require(actor, Verb.ASK)
    if grant.review.revision.request.applicant_id != actor.pk:
        raise NotAllowed("Only the person who sent the request can accept its conditions.")
    now = timezone.now()
    grant.state = next_grant_state(GrantState(grant.state), GrantVerb.ACCEPT).value
    if now >= grant.not_after:
        raise AcceptanceRefused("The time of this agreement is over. Nothing can run under it.")
    signed = _verified(grant, actor, text, assertion, now)
    grant.acceptance = signed.to_json()
    grant.accepted_at = now
    grant.accepted_by = actor
    grant.save(update_fields=["state", "acceptance", "accepted_at", "accepted_by"])
    _tell_of(grant, actor)
    return grant


def _verified(
    grant: Grant, actor: User, text: bytes, assertion: Assertion, now: datetime
) -> SignedAcceptance:
    """Verify text and signature twice, by two programs that share no code."""
    # From her account, never from what was sent: whoever chose the key could be anybody.
    cose = dict(credentials_of(actor)).get(assertion.credential_id)
    if cose is None:
        raise SignatureRefused("This passkey is not one of your account.")
    if is_stopped(assertion.credential_id):
        raise SignatureRefused("This passkey was reported as stolen. It signs nothing any more.")
    signed = SignedAcceptance(
        text=text,
        cose=cose,
        credential_id=assertion.credential_id,
        authenticator_data=assertion.authenticator_data,
        client_data_json=assertion.client_data_json,
        signature=assertion.signature,
    )
    rp_id, origins = settings.KINHOLD_RP_ID, (settings.KINHOLD_ORIGIN,)
    try:
        said = verify_acceptance(
            signed, grant=grant.statement.text.encode(), rp_id=rp_id, origins=origins
        )
    except GrantRefused as refusal:
        raise SignatureRefused(str(refusal)) from refusal
    _require_hers(said, actor, now)
    wanted = acceptance_challenge(text)
    verify_again(assertion, wanted=wanted, cose=cose, rp_id=rp_id, origins=origins)
    return signed


def _require_hers(said: Acceptance, actor: User, now: datetime) -> None:
    if (said.name, said.email) != (actor.name, actor.email):
        raise SignatureRefused("The text names another person than you.")
    # A text that was signed long ago, or for later, must not turn up when it suits somebody.
    if not -CLOCK_SKEW_S <= (now - said.accepted) / timedelta(seconds=1) <= FRESH_S:
        raise AcceptanceRefused("This text is too old. Please open the page anew and sign again.")


def _tell_of(grant: Grant, actor: User) -> None:
    record(
        "grant.accept",
        actor=actor,
        subject=f"grant:{grant.public_id}",
        community=grant.community,
        document_digest=grant.statement.digest,
        correlation=str(grant.review.revision.request.public_id),
    )
    tell(
        people_with(grant.community, Verb.DECIDE),
        key=f"grant:{grant.public_id}:accepted",
        path=reverse("consent:grant", args=[grant.public_id]),
        community=grant.community,
    )
    announce(grant.community_id)
