"""The researcher reads a community's conditions, and signs that she accepts them."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from consent.actions import acceptance
from consent.errors import ConsentError
from consent.forms.answers import AcceptanceForm
from consent.grant_rows import rows_of
from consent.grants.grant import parse_grant
from consent.models import Grant
from consent.queries import grants_of_applicant
from consent.queries.acceptance import acceptance_of, to_accept
from consent.queries.grant_page import around_of
from consent.rules import GrantState
from consent.views.visitor import posted
from governance.errors import GovernanceError
from governance.views.visitor import user_of


@require_http_methods(["GET", "POST"])
def grant_accept(request: HttpRequest, grant_id: UUID) -> HttpResponse:
    grants = grants_of_applicant(user_of(request))
    grant = get_object_or_404(grants, public_id=grant_id)
    form = AcceptanceForm(posted(request))
    if request.method == "POST" and form.is_valid():
        return _accept(request, grant, form)
    if form.errors:
        messages.error(request, _("Your signature did not come through. Please sign again."))
    now = timezone.now()
    claims = parse_grant(grant.statement.text.encode())
    waits = grant.state == GrantState.AWAITING_ACCEPTANCE and now < grant.not_after
    context = {
        "grant": grant,
        "conditions": claims.conditions,
        "rows": rows_of(claims, around_of(grant, claims, pages=False)),
        "accepted": acceptance_of(grant),
        "to_sign": to_accept(grant, user_of(request), at=now) if waits else None,
    }
    status = 400 if form.errors else 200
    return render(request, "consent/grant_accept.html", context, status=status)


def _accept(request: HttpRequest, grant: Grant, form: AcceptanceForm) -> HttpResponse:
    try:
        acceptance.accept_conditions(
            grant.pk,
            actor=user_of(request),
            text=form.cleaned_data["text"].encode(),
            assertion=form.assertion(),
        )
    except (ConsentError, GovernanceError) as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("You accepted the conditions. They bind you from now on."))
    return redirect("consent:grant_accept", grant.public_id)
