"""A request that changes, through the same actions that the pages use."""

from typing import Any

from consent.actions import requests, revisions
from consent.models import RequestRevision, Review, TrainingRequest
from consent.rules import RequestState, WhyBack
from governance.models import User
from tests.cast import Person
from tests.consent.factories import JOB, fields

NOTE = "The elders asked for a plainer summary."
CHANGED: dict[str, Any] = {"summary": "We look at weight, age and the illness."}


def send_back(
    review: Review, by: Person, why: WhyBack = WhyBack.UNCLEAR, note: str = "Too long."
) -> Review:
    return revisions.send_back(review.pk, actor=by.user, why=why, note=note)


def rewrite(request: TrainingRequest, applicant: User, **changed: Any) -> TrainingRequest:
    """Have her write a change, beginning one if nobody asked for it."""
    request.refresh_from_db()
    if request.state != RequestState.CHANGING:
        revisions.change(request.pk, actor=applicant)
    request.refresh_from_db()
    wanted = fields(**(request.draft | (changed or CHANGED)))
    return requests.save_draft(
        request.pk,
        actor=applicant,
        title=changed.get("title", request.title_in_writing),
        fields=wanted,
    )


def revise(
    request: TrainingRequest, applicant: User, *, note: str = NOTE, **changed: Any
) -> RequestRevision:
    """Have her write a change and submit it."""
    rewrite(request, applicant, **changed)
    requests.submit(request.pk, actor=applicant, job=JOB, note=note)
    request.refresh_from_db()
    return request.revisions.order_by("-number")[0]


def newest_review(request: TrainingRequest, community: str = "river") -> Review:
    return (
        Review.objects.select_related("statement", "community", "revision__request")
        .filter(revision__request=request, community__slug=community)
        .order_by("-revision__number", "-pk")[0]
    )
