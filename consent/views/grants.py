"""Grants in words: for the community that gave them, and for the researcher who accepts them."""

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from consent.actions import notices
from consent.errors import ConsentError
from consent.expiry import FIRST_NOTICE
from consent.forms.answers import ReasonForm
from consent.labels import LABELS
from consent.queries import grants_to_stop, grants_visible_to
from consent.queries.grant_page import grant_page
from consent.queries.obligations import obligations_of_grant
from consent.rules import GrantState
from consent.views.visitor import posted
from governance.errors import GovernanceError
from governance.listing import Filter, Rows, Sort, choices_in, exactly, listing
from governance.queries import keepers_told_of
from governance.views.visitor import user_of
from governance.withdrawal import ALWAYS

_STATES = [(state.value, LABELS[state.value]) for state in GrantState]
_ENDS = [
    ("soon", gettext_lazy("within 90 days")),
    ("later", gettext_lazy("later")),
    ("over", gettext_lazy("over")),
]
_SORTS = [
    Sort("newest", gettext_lazy("newest first"), ("-granted_at", "-pk")),
    Sort("oldest", gettext_lazy("oldest first"), ("granted_at", "pk")),
    Sort("ends", gettext_lazy("ending soonest"), ("not_after", "pk")),
    Sort("title", gettext_lazy("by title"), ("review__revision__request__title", "pk")),
]


@require_GET
def grant_list(request: HttpRequest) -> HttpResponse:
    rows = grants_visible_to(user_of(request))
    datasets = choices_in(rows, "review__dataset__slug", "review__dataset__title")
    found = listing(
        request,
        rows,
        search=(
            "review__revision__request__title__icontains",
            "review__revision__request__applicant__name__icontains",
            "review__dataset__title__icontains",
        ),
        filters=[
            Filter("state", _("State"), _STATES, exactly("state")),
            Filter("ends", _("Ends"), _ENDS, _ending),
            Filter("dataset", _("Dataset"), datasets, exactly("review__dataset__slug")),
        ],
        sorts=_SORTS,
    )
    return render(request, "consent/grant_list.html", {"listing": found})


def _ending(grants: Rows, when: str) -> Rows:
    now = timezone.now()
    if when == "over":
        return grants.filter(not_after__lte=now)
    soon = now + timedelta(days=FIRST_NOTICE)
    if when == "later":
        return grants.filter(not_after__gt=soon)
    return grants.filter(not_after__gt=now, not_after__lte=soon)


@require_GET
def grant_detail(request: HttpRequest, grant_id: UUID) -> HttpResponse:
    user = user_of(request)
    grant = get_object_or_404(grants_visible_to(user), public_id=grant_id)
    context = {
        "grant": grant,
        "page": grant_page(grant, user, at=timezone.now()),
        "always": ALWAYS,
        "obligations": obligations_of_grant(grant),
        "may_stop": grants_to_stop(user).filter(pk=grant.pk).exists(),
    }
    return render(request, "consent/grant_detail.html", context)


@require_http_methods(["GET", "POST"])
def grant_revoke(request: HttpRequest, grant_id: UUID) -> HttpResponse:
    """Ask whether it is meant, then write the revocation; it is signed on its own page."""
    user = user_of(request)
    grant = get_object_or_404(grants_to_stop(user), public_id=grant_id)
    form = ReasonForm(posted(request), readers=keepers_told_of(grant.community))
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
