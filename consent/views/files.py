"""A request's files and people: the page, what is put to it and taken off, and each download."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from consent.actions import attachments
from consent.downloads import as_download
from consent.forms.files import AttachmentForm
from consent.models import TrainingRequest
from consent.queries import approvals_of, attachments_of, requests_visible_to
from consent.queries.crew import crew_page, requests_readable_by
from consent.queries.files import attachment_of, attachments_readable_by
from consent.rules import AttachmentKind, RequestState
from consent.views.acting import confirmed, filled_in
from consent.views.visitor import posted
from governance.scanning import scanner_on
from governance.views.visitor import user_of


@require_safe
def request_files(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Files, letters and people of a request: for its applicant, and for who took on its terms."""
    rows = requests_readable_by(user_of(request))
    found: Any = get_object_or_404(rows, public_id=request_id)
    files = list(attachments_of(found))
    context = {
        "wanted": found,
        "files": files,
        "used": sum(file.size for file in files),
        "most_files": attachments.MOST_FILES,
        "most_bytes": attachments.MOST_BYTES,
        "approvals": approvals_of(found),
        "people": crew_page(found),
        "writing": found.mine and found.state in attachments.WRITING,
        "may_renew": found.mine and found.state != RequestState.WITHDRAWN,
        "scanned": scanner_on(),
    }
    return render(request, "consent/request_files.html", context)


@require_http_methods(["GET", "POST"])
def attachment_add(request: HttpRequest, request_id: UUID) -> HttpResponse:
    found = own_request(request, request_id)
    form = AttachmentForm(posted(request), request.FILES or None)
    return filled_in(
        request,
        form,
        lambda form: attachments.add(
            found.pk,
            actor=user_of(request),
            kind=AttachmentKind(form.cleaned_data["kind"]),
            title=form.cleaned_data["title"],
            upload=form.cleaned_data["upload"],
        ),
        template="consent/attachment_add.html",
        context=lambda: {"wanted": found, "scanned": scanner_on()},
        url=files_url(found),
        said=_("The file lies with your request."),
    )


@require_http_methods(["GET", "POST"])
def attachment_remove(request: HttpRequest, request_id: UUID, attachment_id: UUID) -> HttpResponse:
    found = own_request(request, request_id)
    attachment = attachment_of(found, attachment_id)
    if attachment is None:
        raise Http404
    return confirmed(
        request,
        lambda: attachments.remove(attachment.pk, actor=user_of(request)),
        template="consent/attachment_remove.html",
        context={"wanted": found, "attachment": attachment},
        url=files_url(found),
        said=_("The file is taken off."),
    )


@require_safe
def attachment(request: HttpRequest, attachment_id: UUID) -> HttpResponse:
    """Hand a file out to who may read it, to be saved and never shown; written into the log."""
    user = user_of(request)
    wanted = get_object_or_404(attachments_readable_by(user), public_id=attachment_id)
    try:
        return as_download(wanted, attachments.hand_out(wanted, actor=user))
    except FileNotFoundError:
        raise Http404 from None


def own_request(request: HttpRequest, request_id: UUID) -> TrainingRequest:
    found: TrainingRequest = get_object_or_404(
        requests_visible_to(user_of(request)), public_id=request_id
    )
    return found


def files_url(request: TrainingRequest) -> str:
    return reverse("consent:request_files", args=[request.public_id])
