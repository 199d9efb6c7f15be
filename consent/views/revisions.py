"""Sending a request back, and reading what changed in it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from consent.actions import revisions
from consent.errors import ConsentError, Incomplete
from consent.forms.revisions import CompareForm, SendBackForm
from consent.models import RequestRevision, Review, TrainingRequest
from consent.queries import requests_visible_to, reviews_of_steward, reviews_visible_to
from consent.queries.amendments import compared, revisions_put_to
from consent.queries.revisions import changes_asked, revisions_of
from consent.rules import EDITABLE, RequestState, ReviewState, WhyBack
from consent.views.visitor import posted
from governance.errors import GovernanceError, SteppedAside
from governance.views.visitor import user_of


@require_http_methods(["GET", "POST"])
def review_send_back(request: HttpRequest, review_id: UUID) -> HttpResponse:
    """Say what sending back does and ask for the note; a POST does it."""
    user = user_of(request)
    review: Review = get_object_or_404(reviews_of_steward(user), public_id=review_id)
    form = SendBackForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            revisions.send_back(
                review.pk,
                actor=user,
                why=WhyBack(form.cleaned_data["why"]),
                note=form.cleaned_data["note"],
            )
        except Incomplete as refusal:
            form.add_error("note", str(refusal))
        except SteppedAside as refusal:
            raise PermissionDenied(str(refusal)) from refusal
        except (ConsentError, GovernanceError) as refusal:
            messages.error(request, str(refusal))
            return redirect("consent:review", review_id)
        else:
            messages.success(request, _("Sent back. The researcher and your people are told."))
            return redirect("consent:review", review_id)
    context = {"review": review, "form": form, "is_open": review.state == ReviewState.OPEN}
    status = 400 if form.errors else 200
    return render(request, "consent/review_send_back.html", context, status=status)


@require_safe
def review_changes(request: HttpRequest, review_id: UUID) -> HttpResponse:
    """What differs between the texts that were put to this community."""
    review: Review = get_object_or_404(reviews_visible_to(user_of(request)), public_id=review_id)
    context = _side_by_side(request, list(revisions_put_to(review)))
    return render(request, "consent/review_changes.html", {"review": review, **context})


@require_safe
def request_changes(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """What communities want changed, and what the researcher changed so far."""
    wanted: TrainingRequest = get_object_or_404(
        requests_visible_to(user_of(request)), public_id=request_id
    )
    context = {
        "wanted": wanted,
        "asked": changes_asked(wanted),
        "editable": wanted.state in EDITABLE and wanted.state != RequestState.DRAFT,
        **_side_by_side(request, list(revisions_of(wanted))),
    }
    return render(request, "consent/request_changes.html", context)


def _side_by_side(request: HttpRequest, among: list[RequestRevision]) -> dict[str, Any]:
    """Compare the two that were chosen, else the last two.

    Raises:
        Http404: one was chosen that is not among them.
    """
    form = CompareForm(request.GET, among=among)
    if not form.is_valid():
        raise Http404
    found = compared(among, **form.cleaned_data)
    chosen = {"older": found.older.number, "newer": found.newer.number} if found else {}
    shown = CompareForm(initial=chosen, among=among)
    return {"compared": found, "compare_form": shown, "among": among}
