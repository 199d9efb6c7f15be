"""What a researcher owes on one of her requests, and her reports of it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from consent.actions import obligations
from consent.errors import ConsentError, Incomplete
from consent.forms.promises import ReportForm
from consent.models import TrainingRequest
from consent.promise_labels import KINDS, STANDINGS
from consent.promises import Standing
from consent.queries import requests_visible_to
from consent.queries.obligations import (
    closed_out,
    is_standing,
    obligations_of_applicant,
    open_obligations,
)
from consent.reports import answers_in
from consent.rules import ObligationKind
from consent.views.visitor import posted
from governance.errors import GovernanceError
from governance.listing import Filter, Rows, Sort, choices_in, exactly, listing
from governance.views.visitor import user_of

_SORTS = [
    Sort("due", gettext_lazy("by day"), ("due_on", "pk")),
    Sort("community", gettext_lazy("by community"), ("community__name", "due_on", "pk")),
    Sort("kind", gettext_lazy("by kind"), ("kind", "due_on", "pk")),
]


@require_GET
def own_promises(request: HttpRequest, request_id: UUID) -> HttpResponse:
    wanted = own_request(request, request_id)
    rows = obligations_of_applicant(user_of(request)).filter(
        grant__review__revision__request=wanted
    )
    found = listing(
        request,
        rows,
        search=("text__icontains",),
        filters=[
            Filter("state", _("State"), [("open", _("not done yet")), *STANDINGS.items()], _keep),
            Filter("kind", _("Kind"), list(KINDS.items()), exactly("kind")),
            Filter(
                "community",
                _("Community"),
                choices_in(rows, "community__slug", "community__name"),
                exactly("community__slug"),
            ),
        ],
        sorts=_SORTS,
    )
    context = {
        "wanted": wanted,
        "listing": found,
        "closed_out": closed_out(wanted, at=timezone.now()),
    }
    return render(request, "consent/own_promises.html", context)


def _keep(rows: Rows, state: str) -> Rows:
    if state == "open":
        return rows.filter(open_obligations())
    return rows.filter(is_standing(Standing(state), timezone.localdate()))


@require_http_methods(["GET", "POST"])
def own_promise(request: HttpRequest, request_id: UUID, promise_id: UUID) -> HttpResponse:
    """One promise; while it is open, the form that reports it as kept."""
    wanted = own_request(request, request_id)
    rows = obligations_of_applicant(user_of(request)).filter(
        grant__review__revision__request=wanted
    )
    row = get_object_or_404(rows, public_id=promise_id)
    sent = posted(request)
    form = ReportForm(
        sent,
        request.FILES if sent is not None else None,
        kind=ObligationKind(row.kind),
        initial=answers_in(row.report),
    )
    if sent is not None and form.is_valid():
        try:
            obligations.report(
                row.pk,
                actor=user_of(request),
                answers=form.answers(),
                upload=form.cleaned_data["evidence"],
            )
        except Incomplete as refusal:
            take_over(form, refusal)
        except (ConsentError, GovernanceError) as refusal:
            messages.error(request, str(refusal))
            return redirect("consent:own_promise", request_id, promise_id)
        else:
            messages.success(request, _("Reported. It is done once a steward says so."))
            return redirect("consent:own_promises", request_id)
    context = {"wanted": wanted, "promise": row, "form": form}
    status = 400 if form.errors else 200
    return render(request, "consent/own_promise.html", context, status=status)


def own_request(request: HttpRequest, request_id: UUID) -> TrainingRequest:
    found: TrainingRequest = get_object_or_404(
        requests_visible_to(user_of(request)), public_id=request_id
    )
    return found


def take_over(form: Any, refusal: Incomplete) -> None:
    """Put each sentence of a refusal next to its field."""
    for name, sentence in refusal.fields.items():
        form.add_error(name if name in form.fields else None, sentence)
