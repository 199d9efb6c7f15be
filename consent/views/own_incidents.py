"""Incidents and complaints as researchers report and follow them."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from consent.actions import incidents
from consent.forms.incidents import EntryForm, ResearcherIncidentForm
from consent.labels import SEVERITY_LABELS
from consent.models import TrainingRequest
from consent.queries.crew import requests_readable_by
from consent.queries.incidents import asked_of, incidents_of_request, lines_for_researchers
from consent.rules import IncidentState
from consent.views.acting import filled_in
from consent.views.visitor import posted
from governance.listing import Filter, Sort, exactly, listing
from governance.views.visitor import user_of

_STATES = [
    (IncidentState.OPEN.value, gettext_lazy("open")),
    (IncidentState.CLOSED.value, gettext_lazy("closed")),
]


@require_safe
def own_incidents(request: HttpRequest, request_id: UUID) -> HttpResponse:
    wanted = _readable(request, request_id)
    found = listing(
        request,
        incidents_of_request(wanted),
        search=("title__icontains",),
        filters=[
            Filter("state", gettext_lazy("Show"), _STATES, exactly("state")),
            Filter(
                "severity",
                gettext_lazy("How bad"),
                list(SEVERITY_LABELS.items()),
                exactly("severity"),
            ),
        ],
        sorts=[
            Sort("newest", gettext_lazy("newest first"), ("-pk",)),
            Sort("oldest", gettext_lazy("oldest first"), ("pk",)),
        ],
    )
    context = {"wanted": wanted, "listing": found, "asked": asked_of(wanted)}
    return render(request, "consent/own_incidents.html", context)


@require_http_methods(["GET", "POST"])
def own_incident_new(request: HttpRequest, request_id: UUID) -> HttpResponse:
    wanted = _readable(request, request_id)
    if not (asked := asked_of(wanted)):
        raise Http404("no community knows of this request yet")
    user = user_of(request)
    contact = f"{user.name}, {user.email}"
    form = ResearcherIncidentForm(posted(request), asked=asked, initial={"contact": contact})
    return filled_in(
        request,
        form,
        lambda _form: incidents.report_on_request(
            wanted.pk,
            actor=user,
            report=form.report(),
            communities=form.cleaned_data["communities"],
        ),
        template="consent/own_incident_new.html",
        context=lambda: {"wanted": wanted},
        url=reverse("consent:own_incidents", args=[request_id]),
        said=_("It is reported. The communities are told now."),
    )


@require_http_methods(["GET", "POST"])
def own_incident(request: HttpRequest, request_id: UUID, incident_id: UUID) -> HttpResponse:
    wanted = _readable(request, request_id)
    found = get_object_or_404(incidents_of_request(wanted), public_id=incident_id)
    form = EntryForm(posted(request))
    return filled_in(
        request,
        form,
        lambda _form: incidents.note_of_researcher(
            found.pk, actor=user_of(request), text=form.cleaned_data["text"]
        ),
        template="consent/own_incident.html",
        context=lambda: {
            "wanted": wanted,
            "incident": found,
            "lines": lines_for_researchers(found),
        },
        url=reverse("consent:own_incident", args=[request_id, incident_id]),
        said=_("It is written down. Who is concerned is told."),
    )


def _readable(request: HttpRequest, request_id: UUID) -> TrainingRequest:
    rows = requests_readable_by(user_of(request))
    found: TrainingRequest = get_object_or_404(rows, public_id=request_id)
    return found
