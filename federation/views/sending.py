"""The last step of a request: look at it as the communities would, take on the terms, submit."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from consent.errors import ConsentError, Incomplete
from consent.models import TrainingRequest
from consent.queries import requests_visible_to
from consent.queries.obligations import late_promises_for_applicant
from consent.readability import reading_of
from consent.rules import RequestState
from consent.terms import TERMS, TERMS_DIGEST
from federation.actions import requests
from federation.steps import LAST, before, lacks_of, marks_of
from governance.errors import GovernanceError
from governance.views.visitor import user_of

_WRITTEN_IN = (RequestState.DRAFT.value, RequestState.CHANGING.value)


@require_safe
def request_preview(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """The draft as it would be read, or all that is missing."""
    found = _draft(request, request_id)
    lacking = requests.missing(found)
    context: dict[str, Any] = {
        "draft": found,
        "marks": marks_of(lacking),
        "here": marks_of(lacking)[-1],
        "before": before(LAST),
        "lacks": lacks_of(lacking),
    }
    if not lacking:
        context |= _as_read(found)
    return render(request, "federation/request_preview.html", context)


@require_POST
def request_submit(request: HttpRequest, request_id: UUID) -> HttpResponse:
    user = user_of(request)
    found = get_object_or_404(requests_visible_to(user), public_id=request_id)
    try:
        requests.submit(found.pk, actor=user, terms=request.POST.get("terms", ""))
    except Incomplete as refusal:
        if refusal.fields.keys() <= {"", "datasets", "terms"}:
            # What only a community's rules rule out: the preview tells what the form lacks.
            messages.error(request, str(refusal))
        return redirect("federation:request_preview", request_id)
    except (ConsentError, GovernanceError) as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Submitted. Each community now decides for itself."))
    return redirect("federation:request", request_id)


def _as_read(found: TrainingRequest) -> dict[str, Any]:
    preview = requests.preview(found)
    today = timezone.localdate()
    return {
        "preview": preview,
        "late": late_promises_for_applicant(found.applicant, preview.document, today=today),
        "reading": reading_of(preview.document["summary"]),
        "terms": [_(sentence) for sentence in TERMS],
        "terms_digest": TERMS_DIGEST,
    }


def _draft(request: HttpRequest, request_id: UUID) -> TrainingRequest:
    mine = requests_visible_to(user_of(request)).filter(state__in=_WRITTEN_IN)
    found: TrainingRequest = get_object_or_404(mine, public_id=request_id)
    return found
