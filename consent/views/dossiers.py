"""A request with all that became of it, as one PDF: for its applicant, and for a community."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from consent.actions.exports import note_dossier
from consent.errors import CannotPrint
from consent.printing import pdf_of
from consent.queries.dossier import Dossier, dossier_for_applicant, dossier_for_community
from consent.views.paper import require_pace
from governance.views.visitor import user_of


@never_cache
@require_GET
def request_dossier(request: HttpRequest, request_id: UUID) -> HttpResponse:
    dossier = dossier_for_applicant(user_of(request), request_id, at=timezone.now())
    return _sent(request, dossier)


@never_cache
@require_GET
def review_dossier(request: HttpRequest, review_id: UUID) -> HttpResponse:
    dossier = dossier_for_community(user_of(request), review_id, at=timezone.now())
    return _sent(request, dossier)


def _sent(request: HttpRequest, dossier: Dossier | None) -> HttpResponse:
    """Send the PDF and log who took it; say so in words if this machine cannot make one."""
    if dossier is None:
        raise Http404
    try:
        require_pace(user_of(request))
        pdf = pdf_of("print/dossier.html", {"dossier": dossier})
    except CannotPrint as refusal:
        messages.error(request, str(refusal))
        return redirect("consent:request_export", dossier.request.public_id)
    note_dossier(dossier, actor=user_of(request))
    name = f"dossier-{dossier.request.public_id}.pdf"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(pdf, content_type="application/pdf", headers=headers)
