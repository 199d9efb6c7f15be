"""What becomes of a running agreement when a new version of its protocol is in force (R-06).

Nothing happens by itself. Without a choice the agreement goes on as it was signed.
"""

from django.db import transaction
from django.utils import timezone

from consent.actions import notices
from consent.actions.standing import conclude
from consent.errors import ConflictOfInterest, TransitionRefused
from consent.models import AgreementChoice, Grant, Notice, Review, TrainingRequest
from consent.queries import agreement_today, has_part
from consent.queries.keeping import (
    Held,
    agreement_behind,
    choices_in_force,
    grants_replaced,
    review_anew,
    stop_put,
)
from consent.queries.revisions import conditions_of
from consent.rules import Keeping, ReviewState, ReviewVerb, next_review_state
from governance.actions import statements
from governance.actions.audit import record
from governance.actions.permissions import require_seated
from governance.models import Membership, Protocol, User
from governance.rules import StatementKind, Verb

CHOSEN_OTHERWISE = "The community chose otherwise for this agreement."


@transaction.atomic
def choose(
    grant_id: int, protocol_id: int, *, actor: User, choice: Keeping, reason: str = ""
) -> AgreementChoice:
    """Choose for one agreement, in view of one new version. It can be changed while it runs.

    *Keep*: it goes on as it was signed. *Renegotiate*: the same request is put to the stewards
    with today's text; until they agreed, the platform starts no new run under the old one.
    *Stop*: a revocation is put to the stewards; nothing is stopped before they have signed it.

    Args:
        reason: for a stop; it stands in the signed text, and may be empty.
    Raises:
        NotAllowed: not a steward whom the charter in force names; or a stop that somebody else
            put to the stewards would have to be taken back.
        ConflictOfInterest: she has a part in the request.
        TransitionRefused: there is no such question (any more), or this is chosen already.
        Incomplete, NotReady: under today's rules no agreement could be written.
        NoticeRefused: the reason is too long.
    """
    grant = _locked(grant_id)
    membership = require_seated(actor, Verb.DECIDE, grant.community)
    if has_part(grant.review, actor):
        raise ConflictOfInterest("You are named in this request, so you cannot choose here.")
    protocol = Protocol.objects.select_related("statement").get(pk=protocol_id)
    held = agreement_behind(grant, protocol)
    if held is None:
        raise TransitionRefused("This agreement is over, or its protocol is the newest.")
    _refuse_same(held, choice)
    _undo(held, choice, actor)
    chosen = _written(held, choice, membership)
    if choice is Keeping.RENEGOTIATE:
        _put_anew(grant, protocol, membership)
    elif choice is Keeping.STOP:
        _put_stop(grant, actor, reason)
    return chosen


def _written(held: Held, choice: Keeping, membership: Membership) -> AgreementChoice:
    """Write the choice down in the place of earlier ones, which are kept."""
    grant, protocol = held.grant, held.newest
    choices_in_force(grant, protocol.line).update(replaced_at=timezone.now())
    chosen = AgreementChoice.objects.create(
        grant=grant, protocol=protocol, choice=choice.value, chosen_by=membership
    )
    record(
        f"agreement.{choice}",
        actor=membership.user,
        subject=f"grant:{grant.public_id}",
        community=grant.community,
        document_digest=protocol.statement.digest,
        correlation=str(grant.review.revision.request.public_id),
    )
    return chosen


def _locked(grant_id: int) -> Grant:
    """Return the agreement with its request's row and its own locked, in that order."""
    request_id = Grant.objects.values_list("review__revision__request_id", flat=True).get(
        pk=grant_id
    )
    TrainingRequest.objects.select_for_update().get(pk=request_id)
    return (
        Grant.objects.select_for_update(of=("self",))
        .select_related("community", "statement", "review__dataset", "review__revision__request")
        .get(pk=grant_id)
    )


def _refuse_same(held: Held, choice: Keeping) -> None:
    agreed = held.replaced or held.grant.pk in grants_replaced([held.grant])
    if choice is Keeping.RENEGOTIATE and agreed:
        raise TransitionRefused("Your community has agreed anew already.")
    answered = held.chosen is not None and held.chosen.protocol_id == held.newest.pk
    if answered and held.choice is choice and not held.turned_down:
        raise TransitionRefused("This is what your community chose already.")


def _undo(held: Held, choice: Keeping, actor: User) -> None:
    """Take back what an earlier choice put to the stewards, as far as it is not decided."""
    if choice is not Keeping.STOP and held.choice is Keeping.STOP and held.stop is not None:
        notices.let_fall(held.stop.pk, actor=actor)
    if choice is not Keeping.RENEGOTIATE and held.deciding and not _wanted_elsewhere(held):
        assert held.anew is not None  # noqa: S101  ``deciding`` says so
        review = Review.objects.select_for_update().get(pk=held.anew.pk)
        review.state = next_review_state(ReviewState(review.state), ReviewVerb.WITHDRAW).value
        review.decided_at = timezone.now()
        review.save(update_fields=["state", "decided_at"])
        statements.let_fall(review.statement, actor=actor, reason=CHOSEN_OTHERWISE)
        conclude(held.grant.review.revision.request)


def _wanted_elsewhere(held: Held) -> bool:
    """Whether a new version of another line of the same agreement asks for the same review."""
    others = AgreementChoice.objects.filter(
        grant=held.grant, choice=Keeping.RENEGOTIATE.value, replaced_at__isnull=True
    )
    return others.exclude(protocol__line=held.newest.line).exists()


def _put_anew(grant: Grant, protocol: Protocol, membership: Membership) -> Review:
    """Put the same revision to the stewards with today's text; one such review at a time."""
    waiting = review_anew(grant)
    if waiting is not None and waiting.state == ReviewState.OPEN:
        return waiting
    old = grant.review
    document = agreement_today(
        old.revision,
        old.dataset,
        grant.community,
        at=timezone.now(),
        conditions=conditions_of(grant),
    )
    statement = statements.propose(
        community=grant.community,
        kind=StatementKind.GRANT,
        document=document,
        proposed_by=membership,
    )
    review = Review.objects.create(
        revision=old.revision,
        community=grant.community,
        dataset=old.dataset,
        statement=statement,
        changed_because=(
            f"“{protocol.title}”, version {protocol.number}, is in force now, and your community "
            "wants to agree anew. The earlier agreement stands until it is taken back or over."
        )[:400],
    )
    record(
        "review.open",
        actor=membership.user,
        subject=f"review:{review.public_id}",
        community=grant.community,
        document_digest=old.revision.digest,
        correlation=str(old.revision.request.public_id),
    )
    return review


def _put_stop(grant: Grant, actor: User, reason: str) -> Notice:
    return stop_put(grant) or notices.propose_revocation(grant.pk, actor=actor, reason=reason)
