"""Reviews: opened by a submission, decided by signed answers, put anew when the text changes."""

from collections.abc import Sequence
from dataclasses import replace

from django.db import transaction
from django.utils import timezone

from consent.actions import delegated, grants
from consent.actions.standing import close, conclude, locked
from consent.agreement import checked_conditions
from consent.errors import ConflictOfInterest, Incomplete, TextReplaced
from consent.grants.grant import parse_grant
from consent.grants.statements import Answer
from consent.models import ConditionWish, RequestRevision, Review, TrainingRequest
from consent.queries import agreement_today, has_part, lines_of_text, text_outdated
from consent.queries.revisions import carried_over, conditions_of
from consent.rules import ReviewState, ReviewVerb, next_review_state
from governance.actions import statements
from governance.actions.audit import record
from governance.actions.permissions import require_member, require_seated
from governance.actions.statements import Assertion, CastResult
from governance.models import Community, Dataset, Membership, Statement, User
from governance.queries import holders_of_all
from governance.rules import StatementKind, Verb

CONDITIONS_ADDED = "Conditions were put into the agreement, so it must be signed anew."


def open_reviews(revision: RequestRevision, *, datasets: Sequence[Dataset]) -> list[Review]:
    """Put the revision to every community with a say over one of the datasets (R-40).

    Called inside the submitting transaction. Each decides by its own charter and protocols.

    Raises:
        Incomplete: a community's rules could never be met by this request, or a choice of
            protocol is missing.
        NotReady: a community lacks a charter or a protocol.
    """
    keepers = [dataset.community.slug for dataset in datasets]
    held = holders_of_all(datasets)
    return [
        _open(revision, dataset, holder.community, keepers)
        for dataset in datasets
        for holder in held[dataset.pk]
    ]


def _open(
    revision: RequestRevision, dataset: Dataset, community: Community, keepers: list[str]
) -> Review:
    carried = carried_over(revision, community, dataset)
    statement = _propose(
        revision,
        dataset,
        community,
        communities=keepers,
        # What was agreed under conditions is not put anew without them because a word changed.
        conditions=conditions_of(carried.get("amends")),
    )
    review = Review.objects.create(
        revision=revision, community=community, dataset=dataset, statement=statement, **carried
    )
    record(
        "review.open",
        actor=None,
        subject=f"review:{review.public_id}",
        community=community,
        document_digest=revision.digest,
        correlation=str(revision.request.public_id),
    )
    return review


def cast(
    review_id: int,
    *,
    actor: User,
    answer: Answer,
    assertion: Assertion,
    comment: str = "",
    conditions: str = "",
) -> CastResult:
    """Take one steward's signed answer; a yes that meets the rule makes the grant.

    Args:
        comment: for the community only.
        conditions: one on each line, with the answer yes-with-conditions. They bind nobody until
            ``put_conditions`` writes them into the text.
    Raises:
        NotAllowed: not a steward of this community, or not one whom its charter names.
        ConflictOfInterest: she has a part in the request, and this is not a recusal.
        TextReplaced: the text was out of date; a new one is there to be read and signed.
        TransitionRefused, StatementClosed: the review is over.
        SignatureRefused: the signature is not hers over this text and answer.
        Incomplete: yes-with-conditions without a condition; or a yes that today's rules rule out.
    """
    review = Review.objects.select_related("statement__community").get(pk=review_id)
    with statements.ballot_refusals_recorded(review.statement, actor=actor):
        if _renewed(review_id, actor, answer):
            raise TextReplaced(
                "The text was out of date, so your answer was not taken. "
                "A new text is here; please read and sign it."
            )
        return _cast(review_id, actor, answer, assertion, comment, conditions)


def _renewed(review_id: int, actor: User, answer: Answer) -> bool:
    """Put the text anew if it is out of date; say whether that was so."""
    try:
        return renew(review_id, actor=actor)
    except Incomplete:
        # Today's rules leave no text that anybody could say yes to. No is still an answer.
        if answer in (Answer.YES, Answer.YES_WITH_CONDITIONS):
            raise
        return False


@transaction.atomic
def _cast(
    review_id: int,
    actor: User,
    answer: Answer,
    assertion: Assertion,
    comment: str,
    conditions: str,
) -> CastResult:
    review = locked(review_id)
    membership = _steward(review, actor, answer)
    _keep_wishes(review, membership, answer, conditions)
    result = statements.cast(
        review.statement_id, actor=actor, answer=answer, assertion=assertion, comment=comment
    )
    under = None
    if answer is Answer.YES and not result.adopted and not result.declined:
        under = delegated.decide_alone(review.statement, membership, actor=actor)
        result = replace(result, adopted=under is not None)
    if result.adopted:
        close(review, ReviewVerb.APPROVE)
        grants.issue(review, result.statement, actor=actor, under=under)
    elif result.declined:
        close(review, ReviewVerb.DECLINE)
    if result.adopted or result.declined:
        conclude(review.revision.request)
    return result


@transaction.atomic
def put_conditions(review_id: int, *, actor: User, conditions: Sequence[str]) -> Review:
    """Write conditions into the agreement. It is a new text, so every answer so far falls.

    Raises:
        NotAllowed, ConflictOfInterest: as for ``cast``.
        TransitionRefused: the review is over.
        Incomplete: a condition cannot stand in a text, or nothing would change.
    """
    review = locked(review_id)
    membership = _steward(review, actor)
    require_seated(actor, Verb.DECIDE, review.community)
    # A new text asks her anew: whoever stepped aside must not make one herself.
    statements.refuse_after_recusal(review.statement, membership)
    wanted = checked_conditions(conditions)
    if tuple(wanted) == _conditions_of(review):
        raise Incomplete({"conditions": "The agreement says exactly this already."})
    _replace_text(review, wanted, why=CONDITIONS_ADDED, by=membership)
    return review


@transaction.atomic
def renew(review_id: int, *, actor: User) -> bool:
    """Put the text anew if charter, protocol or time went past it; say whether that was so.

    Raises:
        NotAllowed: not a steward of this community, or not one whom its charter names.
        Incomplete: under today's rules no node would ever accept the request.
    """
    review = locked(review_id)
    # Whoever may sign may renew: nothing in it is hers to choose.
    membership = require_seated(actor, Verb.DECIDE, review.community)
    why = text_outdated(review, at=timezone.now())
    if why:
        _replace_text(review, _conditions_of(review), why=why, by=membership)
    return bool(why)


def withdraw_all(request: TrainingRequest, *, actor: User) -> None:
    """Close every open review of a request. Called inside the withdrawing transaction."""
    reviews = (
        Review.objects.select_for_update(of=("self",))
        .filter(revision__request=request, state=ReviewState.OPEN.value)
        .select_related("community", "statement")
        .order_by("pk")
    )
    for review in reviews:
        close(review, ReviewVerb.WITHDRAW)
        statements.let_fall(review.statement, actor=actor, reason="The request was withdrawn.")


def _steward(review: Review, actor: User, answer: Answer | None = None) -> Membership:
    """Return the steward's membership, if she may act on this open review.

    Raises:
        NotAllowed, ConflictOfInterest, TransitionRefused: as for ``cast``.
    """
    membership = require_member(actor, Verb.DECIDE, review.community)
    if answer is not Answer.RECUSE and has_part(review, actor):
        raise ConflictOfInterest(
            "You are named in this request, so you cannot decide on it. You can step aside."
        )
    # Any verb of an open review would do: what matters is that it is not over.
    next_review_state(ReviewState(review.state), ReviewVerb.APPROVE)
    return membership


def _keep_wishes(review: Review, membership: Membership, answer: Answer, conditions: str) -> None:
    wanted = checked_conditions(conditions.splitlines())
    if answer is Answer.YES_WITH_CONDITIONS and not wanted:
        raise Incomplete({"conditions": "Please say which conditions, one on each line."})
    ConditionWish.objects.filter(
        review=review, membership=membership, replaced_at__isnull=True
    ).update(replaced_at=timezone.now())
    if answer is Answer.YES_WITH_CONDITIONS:
        ConditionWish.objects.bulk_create(
            ConditionWish(review=review, membership=membership, text=text) for text in wanted
        )


def _propose(
    revision: RequestRevision,
    dataset: Dataset,
    community: Community,
    *,
    communities: list[str] | None = None,
    by: Membership | None = None,
    **text: Sequence[str],
) -> Statement:
    """``text`` is what ``agreement_today`` takes besides."""
    document = agreement_today(
        revision, dataset, community, at=timezone.now(), communities=communities, **text
    )
    return statements.propose(
        community=community, kind=StatementKind.GRANT, document=document, proposed_by=by
    )


def _replace_text(
    review: Review, conditions: Sequence[str], *, why: str, by: Membership | None
) -> None:
    old = review.statement
    review.statement = _propose(
        review.revision,
        review.dataset,
        review.community,
        by=by,
        conditions=conditions,
        fallback=lines_of_text(review),
    )
    review.changed_because = why
    review.save(update_fields=["statement", "changed_because"])
    statements.let_fall(old, actor=by.user if by else None, reason=why)


def _conditions_of(review: Review) -> tuple[str, ...]:
    return parse_grant(review.statement.text.encode()).conditions
