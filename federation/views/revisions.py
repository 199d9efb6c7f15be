"""Changing a request: begin, leave it as it was, look at the change and submit it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from consent.actions import revisions
from consent.errors import ConsentError, Incomplete
from consent.models import TrainingRequest
from consent.queries import requests_visible_to
from consent.queries.revisions import changes_asked
from consent.rules import RequestState
from consent.terms import TERMS, TERMS_DIGEST
from federation.actions import requests
from federation.actions.revisions import pending_changes
from federation.forms.revisions import NoteForm
from federation.queries.reports import report_of_request
from governance.errors import GovernanceError
from governance.models import User
from governance.views.visitor import user_of


@require_http_methods(["GET", "POST"])
def request_change(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Say what a change means; a POST begins it."""
    user = user_of(request)
    found = _own(user, request_id)
    if request.method == "GET":
        context = {"found": found, "report": report_of_request(found)}
        return render(request, "federation/request_change.html", context)
    if not _done(request, revisions.change, found, user):
        return redirect("federation:request", request_id)
    messages.success(request, _("Change what you want. Nobody sees it before you submit it."))
    return redirect("federation:request_edit", request_id)


@require_http_methods(["GET", "POST"])
def request_keep(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Ask whether it is to stay as it was; a POST leaves it so."""
    user = user_of(request)
    found = _own(user, request_id)
    if request.method == "GET":
        context = {"found": found, "asked": changes_asked(found)}
        return render(request, "federation/request_keep.html", context)
    if _done(request, revisions.keep, found, user):
        messages.success(request, _("It stays as it was."))
    return redirect("federation:request", request_id)


@require_http_methods(["GET", "POST"])
def request_revise(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Show what differs from the text that the communities have; a POST submits it."""
    user = user_of(request)
    changing = requests_visible_to(user).filter(state=RequestState.CHANGING.value)
    found: TrainingRequest = get_object_or_404(changing, public_id=request_id)
    form = NoteForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            requests.submit(
                found.pk,
                actor=user,
                terms=request.POST.get("terms", ""),
                note=form.cleaned_data["note"],
            )
        except Incomplete as refusal:
            for name, sentence in refusal.fields.items():
                form.add_error("note" if name == "note" else None, sentence)
        except (ConsentError, GovernanceError) as refusal:
            messages.error(request, str(refusal))
            return redirect("federation:request", request_id)
        else:
            messages.success(request, _("Submitted. Each community decides on the new text."))
            return redirect("federation:request", request_id)
    context = {
        "found": found,
        "form": form,
        "asked": changes_asked(found),
        # Asked for again only when they are others than those that she took on.
        "terms": [] if found.terms_digest == TERMS_DIGEST else [_(each) for each in TERMS],
        "terms_digest": TERMS_DIGEST,
        **_pending(found),
    }
    status = 400 if form.errors else 200
    return render(request, "federation/request_revise.html", context, status=status)


def _pending(found: TrainingRequest) -> dict[str, Any]:
    """What the submitted text would change, or what it still lacks."""
    try:
        return {"changes": pending_changes(found)}
    except Incomplete as refusal:
        return {"problems": list(dict.fromkeys(refusal.fields.values()))}


def _done(
    request: HttpRequest, act: Callable[..., object], found: TrainingRequest, user: User
) -> bool:
    try:
        act(found.pk, actor=user)
    except (ConsentError, GovernanceError) as refusal:
        messages.error(request, str(refusal))
        return False
    return True


def _own(user: User, request_id: UUID) -> TrainingRequest:
    found: TrainingRequest = get_object_or_404(requests_visible_to(user), public_id=request_id)
    return found
