"""A researcher's requests: what became of them, and what happens next."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from consent.actions import requests as drafts
from consent.document import read_back
from consent.errors import ConsentError, Incomplete
from consent.labels import LABELS
from consent.models import TrainingRequest
from consent.queries import requests_visible_to
from consent.queries.crew import requests_readable_by
from consent.queries.obligations import closed_out
from consent.rules import RequestState
from federation.actions import requests, runs
from federation.actions.requests import HeldAgainst
from federation.errors import FederationError
from federation.queries import job_titles
from federation.queries.reports import RequestReport, report_of_request
from federation.views.visitor import visitor_who_may
from governance.errors import GovernanceError
from governance.listing import Filter, Sort, exactly, listing
from governance.rules import Verb
from governance.views.visitor import user_of

_STATES = [(state.value, LABELS[state.value]) for state in RequestState]
_SORTS = [
    Sort("newest", gettext_lazy("newest first"), ("-created_at", "-pk")),
    Sort("oldest", gettext_lazy("oldest first"), ("created_at", "pk")),
    Sort("saved", gettext_lazy("last saved first"), ("-updated_at", "-pk")),
    Sort("title", gettext_lazy("by title"), ("title", "pk")),
]

_WITHDRAWING = {
    RequestState.DRAFT.value: gettext_lazy(
        "Nobody but you has read it. It stays in your list as withdrawn and cannot be written on; "
        "you can write a new one from it."
    ),
    RequestState.CHANGING.value: gettext_lazy(
        "The communities get no new text and stop deciding on the old one. A yes that was given "
        "stays an agreement, but nothing runs under it any more."
    ),
    "": gettext_lazy(
        "The communities stop deciding on it and are told so. It cannot be taken up again; you can "
        "write a new one from it."
    ),
}


@require_safe
def request_list(request: HttpRequest) -> HttpResponse:
    user = visitor_who_may(request, Verb.ASK)
    found = listing(
        request,
        requests_readable_by(user),
        search=("title__icontains",),
        filters=[
            Filter("state", _("State"), _STATES, exactly("state")),
            Filter("job", _("Job"), job_titles(), exactly("draft__job__name")),
        ],
        sorts=_SORTS,
    )
    return render(request, "federation/request_list.html", {"listing": found})


@require_safe
def request_detail(request: HttpRequest, request_id: UUID) -> HttpResponse:
    found: Any = get_object_or_404(requests_readable_by(user_of(request)), public_id=request_id)
    report = report_of_request(found)
    context: dict[str, Any] = {"report": report, "next": _next(report)}
    context["closed_out"] = closed_out(found, at=timezone.now())
    if report.revision:
        context["document"] = read_back(report.revision.text)
        if found.mine is not False:
            context["held"] = _held_against(context["document"])
    return render(request, "federation/request_detail.html", context)


@require_http_methods(["GET", "POST"])
def request_withdraw(request: HttpRequest, request_id: UUID) -> HttpResponse:
    user = user_of(request)
    found = _own(request, request_id)
    if request.method == "GET":
        context = {"found": found, "text": _WITHDRAWING.get(found.state, _WITHDRAWING[""])}
        return render(request, "federation/request_withdraw.html", context)
    try:
        drafts.withdraw(found.pk, actor=user)
    except (ConsentError, GovernanceError) as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Withdrawn."))
    return redirect("federation:request", request_id)


@require_http_methods(["GET", "POST"])
def request_start(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Run a decided request once more."""
    user = user_of(request)
    found = _own(request, request_id)
    if request.method == "GET":
        context = {"report": report_of_request(found)}
        return render(request, "federation/request_start.html", context)
    revision = report_of_request(found).to_run
    if revision is None:
        return redirect("federation:request", request_id)
    try:
        run = runs.plan(revision.pk, actor=user)
    except (FederationError, GovernanceError) as refusal:
        messages.error(request, str(refusal))
        return redirect("federation:request", request_id)
    return redirect("federation:run", run.public_id)


def _next(report: RequestReport) -> str:
    """Say in a sentence what happens next, and who has to do it."""
    state = RequestState(report.request.state)
    if state is RequestState.CHANGING:
        return _next_when_changing(report)
    if state is RequestState.DRAFT:
        return _("Finish it, look at the preview, and submit it.")
    if state is RequestState.WITHDRAWN:
        return _("Nothing. You took it back.")
    if any(said.awaits_acceptance for said in report.communities):
        return _("Read and accept the conditions; nothing runs before that.")
    if state is RequestState.IN_REVIEW and report.changed:
        return _("Changed: needs a new decision. The communities talk and decide.")
    if state is RequestState.IN_REVIEW:
        return _("The communities talk and decide. There is no date by which they must.")
    return _next_when_decided(report)


def _next_when_changing(report: RequestReport) -> str:
    if report.asked:
        return _("Read what the communities ask for, change the request, and submit it anew.")
    return _("Submit the change, or leave the request as it was. Nobody sees it before.")


def _next_when_decided(report: RequestReport) -> str:
    if not report.runs and report.can_start:
        return _("It is sent to the communities' nodes by itself, within seconds.")
    if not report.runs:
        return _("Nothing is sent out. {why}").format(why=report.why_not)
    if report.can_start:
        return _("You may run it once more while the communities' yes holds.")
    return report.why_not


def _held_against(document: dict[str, Any]) -> list[HeldAgainst]:
    """The text beside today's rules; nothing when what it asks for is not offered any more."""
    try:
        return requests.held_against_all(document).communities
    except Incomplete:
        return []


def _own(request: HttpRequest, request_id: UUID) -> TrainingRequest:
    found: TrainingRequest = get_object_or_404(
        requests_visible_to(user_of(request)), public_id=request_id
    )
    return found
