"""From a decision to a grant. Its conditions are accepted in ``consent.actions.acceptance``."""

from dataclasses import replace

from django.urls import reverse
from django.utils import timezone

from consent.actions.announce import announce
from consent.actions.obligations import promise_all
from consent.grants.delegation import require_granted
from consent.grants.grant import parse_grant
from consent.grants.statements import Signed
from consent.models import Grant, Review
from consent.queries import grants_counted
from consent.rules import GrantState
from governance.actions.alerts import tell
from governance.actions.audit import record
from governance.models import Delegation, Statement, User
from governance.queries import charter_that_governs, signed


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
    _begin(grant)
    return grant


def _begin(grant: Grant) -> None:
    """Write down what it obliges to, and let those know who act next: nodes, or the applicant."""
    promise_all(grant)
    if grant.state == GrantState.ACTIVE:
        announce(grant.community_id)
        return
    tell(
        [grant.review.revision.request.applicant],
        key=f"grant:{grant.public_id}:conditions",
        path=reverse("consent:grant_accept", args=[grant.public_id]),
    )


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
