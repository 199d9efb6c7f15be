"""From a decision to a grant, and the applicant's acceptance of its conditions."""

from dataclasses import replace

from django.db import transaction
from django.utils import timezone

from consent.actions.announce import announce
from consent.errors import NotAllowed
from consent.grants.delegation import require_granted
from consent.grants.grant import parse_grant
from consent.grants.statements import Signed
from consent.models import Grant, Review
from consent.queries import grants_counted
from consent.rules import GrantState, GrantVerb, next_grant_state
from governance.actions.audit import record
from governance.actions.permissions import require
from governance.models import Delegation, Statement, User
from governance.queries import charter_that_governs, signed
from governance.rules import Verb


def issue(
    review: Review, statement: Statement, *, actor: User, under: Delegation | None = None
) -> Grant:
    """Make the grant out of an adopted statement. Called inside the transaction that adopted it.

    The text and its ballots are put together here and checked as a node will check them, so that
    nothing leaves which no node would accept.

    Args:
        under: the delegation by which the delegate's yes was enough; None when the rule is met.
    Raises:
        GrantRefused: the ballots do not carry the text after all; nothing is saved.
    """
    envelope = _checked(statement, under)
    claims = parse_grant(envelope.statement)
    state = GrantState.AWAITING_ACCEPTANCE if claims.conditions else GrantState.ACTIVE
    grant = Grant.objects.create(
        public_id=claims.id,
        review=review,
        community=review.community,
        statement=statement,
        delegation=under,
        signed_text=envelope.to_json(),
        not_before=claims.not_before,
        not_after=claims.not_after,
        state=state.value,
    )
    record(
        "grant.issue",
        actor=actor,
        subject=f"grant:{grant.public_id}",
        community=review.community,
        document_digest=statement.digest,
        correlation=str(review.revision.request.public_id),
    )
    if state is GrantState.ACTIVE:
        announce(review.community_id)
    return grant


def _checked(statement: Statement, under: Delegation | None) -> Signed:
    """Return text, ballots and delegation as nodes receive them, checked as they will."""
    envelope = signed(statement)
    if under is not None:
        envelope = replace(envelope, under=signed(under.statement))
    require_granted(
        envelope,
        parse_grant(envelope.statement),
        charter=charter_that_governs(statement),
        at=timezone.now(),
        counted=grants_counted(under),
    )
    return envelope


@transaction.atomic
def accept_conditions(grant_id: int, *, actor: User) -> Grant:
    """Accept, as the applicant, every condition that stands in the signed text.

    Raises:
        governance.errors.NotAllowed: not a researcher.
        NotAllowed: not the applicant.
        TransitionRefused: nothing is waiting to be accepted.
    """
    require(actor, Verb.ASK)
    grant = (
        Grant.objects.select_for_update(of=("self",))
        .select_related("community", "statement", "review__revision__request")
        .get(pk=grant_id)
    )
    request = grant.review.revision.request
    if request.applicant_id != actor.pk:
        raise NotAllowed("Only the person who sent the request can accept its conditions.")
    grant.state = next_grant_state(GrantState(grant.state), GrantVerb.ACCEPT).value
    grant.accepted_at = timezone.now()
    grant.accepted_by = actor
    grant.save(update_fields=["state", "accepted_at", "accepted_by"])
    record(
        "grant.accept",
        actor=actor,
        subject=f"grant:{grant.public_id}",
        community=grant.community,
        document_digest=grant.statement.digest,
        correlation=str(request.public_id),
    )
    announce(grant.community_id)
    return grant
