"""A request to the three communities that changes, as its pages do it."""

from typing import Any

from consent.actions import requests as drafts
from consent.actions import revisions
from consent.models import RequestRevision, TrainingRequest
from consent.rules import RequestState
from federation.actions import requests
from tests.cast import Person

NOTE = "The communities asked for it."


def rewrite(request: TrainingRequest, applicant: Person, **changed: Any) -> TrainingRequest:
    request.refresh_from_db()
    if request.state != RequestState.CHANGING:
        revisions.change(request.pk, actor=applicant.user)
    request.refresh_from_db()
    return drafts.save_draft(
        request.pk,
        actor=applicant.user,
        title=request.title_in_writing,
        fields=request.draft | changed,
    )


def revise(request: TrainingRequest, applicant: Person, **changed: Any) -> RequestRevision:
    """Have her change it and submit the change; return the new revision."""
    rewrite(request, applicant, **changed)
    requests.submit(request.pk, actor=applicant.user, note=NOTE)
    return RequestRevision.objects.select_related("request").get(
        request=request, number=request.revisions.count()
    )
