"""Grants in words: for the community that gave them, and for the researcher who accepts them."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from consent.actions import notices
from consent.errors import ConsentError
from consent.forms import ReasonForm
from consent.grants.grant import in_words, parse_grant
from consent.labels import LABELS
from consent.queries import (
    ballot_box,
    grants_to_stop,
    grants_visible_to,
    notices_about,
    pauses_of,
)
from consent.queries.acceptance import acceptance_of
from consent.rules import GrantState
from consent.views.visitor import posted
from governance.errors import GovernanceError
from governance.listing import Filter, Sort, choices_in, exactly, listing
from governance.queries import keepers_told_of
from governance.views.visitor import user_of

_STATES = [(state.value, LABELS[state.value]) for state in GrantState]
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
            Filter("dataset", _("Dataset"), datasets, exactly("review__dataset__slug")),
        ],
        sorts=_SORTS,
    )
    return render(request, "consent/grant_list.html", {"listing": found})


@require_GET
def grant_detail(request: HttpRequest, grant_id: UUID) -> HttpResponse:
    user = user_of(request)
    grant = get_object_or_404(grants_visible_to(user), public_id=grant_id)
    pauses = pauses_of(grant)
    context = {
        "grant": grant,
        "accepted": acceptance_of(grant),
        "words": in_words(parse_grant(grant.statement.text.encode())),
        "box": ballot_box(grant.statement, user),
        "pauses": pauses,
        "notices": notices_about(grant),
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
