"""Letters of ethics boards: entered, renewed, taken off."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from consent.actions import ethics
from consent.forms.files import ApprovalForm, RenewForm
from consent.models import EthicsApproval
from consent.queries import approvals_of
from consent.views.acting import confirmed, filled_in
from consent.views.files import files_url, own_request
from consent.views.visitor import posted
from governance.views.visitor import user_of


@require_http_methods(["GET", "POST"])
def approval_add(request: HttpRequest, request_id: UUID) -> HttpResponse:
    found = own_request(request, request_id)
    form = ApprovalForm(posted(request), request.FILES or None)
    return filled_in(
        request,
        form,
        lambda _form: ethics.add(found.pk, actor=user_of(request), wanted=form.wanted()),
        template="consent/approval_add.html",
        context=lambda: {"wanted": found},
        url=files_url(found),
        said=_("The approval stands with your request."),
    )


@require_http_methods(["GET", "POST"])
def approval_renew(request: HttpRequest, request_id: UUID, approval_id: UUID) -> HttpResponse:
    found = own_request(request, request_id)
    older: EthicsApproval = get_object_or_404(approvals_of(found), public_id=approval_id)
    initial = {"board": older.board, "number": older.number}
    form = RenewForm(posted(request), request.FILES or None, initial=initial)
    return filled_in(
        request,
        form,
        lambda _form: ethics.renew(older.pk, actor=user_of(request), wanted=form.wanted()),
        template="consent/approval_renew.html",
        context=lambda: {"wanted": found, "older": older},
        url=files_url(found),
        said=_("The new letter is kept, and the communities that were asked are told."),
    )


@require_http_methods(["GET", "POST"])
def approval_remove(request: HttpRequest, request_id: UUID, approval_id: UUID) -> HttpResponse:
    found = own_request(request, request_id)
    approval: EthicsApproval = get_object_or_404(approvals_of(found), public_id=approval_id)
    return confirmed(
        request,
        lambda: ethics.remove(approval.pk, actor=user_of(request)),
        template="consent/approval_remove.html",
        context={"wanted": found, "approval": approval},
        url=files_url(found),
        said=_("The approval is taken off."),
    )
