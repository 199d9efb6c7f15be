"""Runs: how far they are, what each node says, the model, and the stop."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from federation.actions import results, runs
from federation.errors import FederationError
from federation.labels import LABELS
from federation.models import Run
from federation.queries import may_stop, runs_stopped_by, runs_visible_to, runs_with
from federation.queries.reports import RunReport, report_of_run
from federation.rules import RunState
from federation.views.visitor import visitor_who_may
from governance.listing import Filter, Rows, Sort, choices_in, exactly, listing
from governance.queries import communities_where
from governance.rules import Verb
from governance.views.visitor import user_of

_STATES = [(state.value, LABELS[state.value]) for state in RunState]
_SORTS = [
    Sort("newest", gettext_lazy("newest first"), ("-planned_at", "-pk")),
    Sort("oldest", gettext_lazy("oldest first"), ("planned_at", "pk")),
    Sort("title", gettext_lazy("by title"), ("revision__request__title", "-planned_at", "-pk")),
]


@require_safe
def run_list(request: HttpRequest) -> HttpResponse:
    rows = runs_visible_to(visitor_who_may(request, Verb.ASK, Verb.FOLLOW_RUN))
    communities = choices_in(rows, "sites__node__community__slug", "sites__node__community__name")
    found = listing(
        request,
        rows,
        search=("revision__request__title__icontains",),
        filters=[
            Filter("state", _("State"), _STATES, exactly("state")),
            Filter("community", _("Community"), communities, _with),
        ],
        sorts=_SORTS,
    )
    return render(request, "federation/run_list.html", {"listing": found})


def _with(runs: Rows, slug: str) -> Rows:
    """Runs in which a node of this community has part; each of them once."""
    return runs.filter(pk__in=runs_with(slug).values("pk"))


@require_safe
def run_detail(request: HttpRequest, run_id: UUID) -> HttpResponse:
    context = _context(request, report_of_run(_run(request, run_id)))
    return render(request, "federation/run_detail.html", context)


@require_safe
def run_progress(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """The part of the page that changes, for htmx: it asks again and again until the run is over.

    While nothing changed the answer is empty (204), so that nothing is read out anew.
    """
    report = report_of_run(_run(request, run_id))
    if request.GET.get("seen") == report.mark:
        return HttpResponse(status=204)
    return render(request, "federation/_progress.html", _context(request, report))


@require_http_methods(["GET", "POST"])
def run_stop(request: HttpRequest, run_id: UUID) -> HttpResponse:
    run = get_object_or_404(runs_stopped_by(user_of(request)), public_id=run_id)
    if request.method == "GET":
        return render(request, "federation/run_stop.html", {"run": run})
    try:
        runs.ask_stop(run.pk, actor=user_of(request))
    except FederationError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("It is being stopped. That takes a few seconds."))
    return redirect("federation:run", run_id)


@require_safe
def run_result(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """The model as a file. It goes to the person who asked for it, as the API does it."""
    run = _run(request, run_id)
    try:
        document = results.hand_out(run.pk, actor=user_of(request))
    except FederationError:
        raise Http404 from None
    answer = JsonResponse(document, json_dumps_params={"indent": 2})
    answer["Content-Disposition"] = f'attachment; filename="kinhold-{run_id}.json"'
    return answer


def _context(request: HttpRequest, report: RunReport) -> dict[str, Any]:
    user = user_of(request)
    return {
        "report": report,
        "may_stop": may_stop(user, report.run),
        "is_own": _is_own(request, report.run),
        "own": set(communities_where(user, Verb.FOLLOW_RUN).values_list("pk", flat=True)),
    }


def _is_own(request: HttpRequest, run: Run) -> bool:
    return run.revision.request.applicant_id == user_of(request).pk


def _run(request: HttpRequest, run_id: UUID) -> Run:
    found: Run = get_object_or_404(runs_visible_to(user_of(request)), public_id=run_id)
    return found
