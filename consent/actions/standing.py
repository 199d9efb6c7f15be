"""How a review and its request stand: taken for an act, closed, concluded."""

from django.utils import timezone

from consent.models import Review, TrainingRequest
from consent.rules import (
    RequestState,
    RequestVerb,
    ReviewState,
    ReviewVerb,
    next_request_state,
    next_review_state,
)
from governance.actions.audit import record


def locked(review_id: int) -> Review:
    """Return the review with its request's row and its own locked, always in that order."""
    request_id = Review.objects.values_list("revision__request_id", flat=True).get(pk=review_id)
    TrainingRequest.objects.select_for_update().get(pk=request_id)
    return (
        Review.objects.select_for_update(of=("self",))
        .select_related("community", "dataset__community", "statement", "revision__request")
        .get(pk=review_id)
    )


def close(review: Review, verb: ReviewVerb) -> None:
    """End a review that is locked.

    Raises:
        TransitionRefused: it is over.
    """
    review.state = next_review_state(ReviewState(review.state), verb).value
    review.decided_at = timezone.now()
    review.save(update_fields=["state", "decided_at"])


def conclude(request: TrainingRequest) -> None:
    """Close the request once no community is still deciding on it. Its row is locked.

    Only the newest revision is looked at: a community that agrees anew on an older one decides
    on a request that was concluded before.
    """
    if request.state != RequestState.IN_REVIEW:
        return
    newest = request.revisions.order_by("-number").first()
    if Review.objects.filter(revision=newest, state=ReviewState.OPEN.value).exists():
        return
    request.state = next_request_state(RequestState(request.state), RequestVerb.CONCLUDE).value
    request.save(update_fields=["state", "updated_at"])
    record("request.conclude", actor=None, subject=f"request:{request.public_id}")
