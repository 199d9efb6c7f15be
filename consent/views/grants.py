"""Grants in words: for the community that gave them, and for the researcher who accepts them."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from consent.actions import notices, requests
from consent.errors import ConsentError
from consent.forms import ReasonForm
from consent.grants.grant import in_words, parse_grant
from consent.models import Grant
from consent.queries import (
    ballot_box,
    grants_of_applicant,
    grants_to_stop,
    grants_visible_to,
    notices_about,
    pauses_in_force,
)
from consent.views.visitor import posted
from governance.errors import GovernanceError
from governance.views.visitor import user_of

PAGE_SIZE = 25


@require_GET
def grant_list(request: HttpRequest) -> HttpResponse:
    paginator = Paginator(grants_visible_to(user_of(request)), PAGE_SIZE)
    page = paginator.get_page(request.GET.get("page"))
    return render(request, "consent/grant_list.html", {"page": page, "grants": page})


@require_GET
def grant_detail(request: HttpRequest, grant_id: UUID) -> HttpResponse:
    user = user_of(request)
    grant = get_object_or_404(grants_visible_to(user), public_id=grant_id)
    pauses = [p for p in pauses_in_force(grant.community) if p.grant_id in (None, grant.pk)]
    context = {
        "grant": grant,
        "words": in_words(parse_grant(grant.statement.text.encode())),
        "box": ballot_box(grant.statement, user),
        "pauses": pauses,
        "notices": notices_about(grant),
        "may_stop": grants_to_stop(user).filter(pk=grant.pk).exists(),
    }
    return render(request, "consent/grant_detail.html", context)


@require_http_methods(["GET", "POST"])
def grant_accept(request: HttpRequest, grant_id: UUID) -> HttpResponse:
    user = user_of(request)
    grant = get_object_or_404(grants_of_applicant(user), public_id=grant_id)
    if request.method == "POST":
        return _accept(request, grant)
    claims = parse_grant(grant.statement.text.encode())
    context = {"grant": grant, "conditions": claims.conditions, "words": in_words(claims)}
    return render(request, "consent/grant_accept.html", context)


@require_http_methods(["GET", "POST"])
def grant_revoke(request: HttpRequest, grant_id: UUID) -> HttpResponse:
    """Ask whether it is meant, then write the revocation; it is signed on its own page."""
    user = user_of(request)
    grant = get_object_or_404(grants_to_stop(user), public_id=grant_id)
    form = ReasonForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            notice = notices.propose_revocation(
                grant.pk, actor=user, reason=form.cleaned_data["reason"]
            )
        except (ConsentError, GovernanceError) as refusal:
            messages.error(request, str(refusal))
            return redirect("consent:grant", grant_id)
        return redirect("consent:notice", notice.public_id)
    context = {"grant": grant, "form": form}
    status = 400 if form.errors else 200
    return render(request, "consent/grant_revoke.html", context, status=status)


def _accept(request: HttpRequest, grant: Grant) -> HttpResponse:
    try:
        requests.accept_conditions(grant.pk, actor=user_of(request))
    except (ConsentError, GovernanceError) as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("You accepted the conditions. They bind you from now on."))
    return redirect("consent:grant_accept", grant.public_id)
