"""Incidents and complaints as a community sees them."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consent.actions import incidents
from consent.forms.incidents import CommunityEntryForm, MemberIncidentForm
from consent.labels import SEVERITY_LABELS
from consent.models import IncidentCommunity
from consent.queries import reviews_visible_to
from consent.queries.incidents import (
    has_part_in,
    incidents_of,
    lines_for,
    lines_for_researchers,
    reported_by_researchers,
)
from consent.views.acting import confirmed, filled_in
from consent.views.visitor import posted
from governance.listing import Filter, Rows, Sort, exactly, listing
from governance.models import Community, User
from governance.queries import roles_in
from governance.rules import Verb, community_may
from governance.views.visitor import community_for, user_of


def _keep(rows: Rows, state: str) -> Rows:
    return rows.filter(closed_at__isnull=state == "open")


_FILTERS = [
    Filter(
        "state",
        gettext_lazy("Show"),
        [("open", gettext_lazy("open with us")), ("closed", gettext_lazy("done with"))],
        _keep,
    ),
    Filter(
        "severity",
        gettext_lazy("How bad"),
        list(SEVERITY_LABELS.items()),
        exactly("incident__severity"),
    ),
]
_SORTS = [
    Sort("newest", gettext_lazy("newest first"), ("-pk",)),
    Sort("oldest", gettext_lazy("oldest first"), ("pk",)),
    Sort("due", gettext_lazy("to be looked at first"), ("incident__answer_due_at", "pk")),
]


@require_safe
def incident_list(request: HttpRequest, slug: str) -> HttpResponse:
    community = community_for(request, slug, Verb.READ_COMMUNITY)
    found = listing(
        request,
        incidents_of(community),
        search=("incident__title__icontains", "incident__request__title__icontains"),
        filters=_FILTERS,
        sorts=_SORTS,
    )
    context = {"community": community, "listing": found, "now": timezone.now()}
    return render(request, "consent/incident_list.html", context)


@require_http_methods(["GET", "POST"])
def incident_new(request: HttpRequest, slug: str) -> HttpResponse:
    community = community_for(request, slug, Verb.READ_COMMUNITY)
    user = user_of(request)
    form = MemberIncidentForm(
        posted(request),
        reviews=_requests_of(community, user),
        initial={"request": request.GET.get("request", ""), "contact": user.name},
    )
    return filled_in(
        request,
        form,
        lambda _form: incidents.report_in_community(
            community.pk, actor=user, report=form.report(), review_id=form.review_id()
        ),
        template="consent/incident_new.html",
        context=lambda: {"community": community},
        url=reverse("consent:incidents", args=[slug]),
        said=_("It is reported. Your stewards and convenors are told."),
    )


@require_http_methods(["GET", "POST"])
def incident(request: HttpRequest, slug: str, incident_id: UUID) -> HttpResponse:
    """One incident; who deals with it writes on the same page."""
    verb = Verb.READ_COMMUNITY if request.method == "GET" else Verb.HANDLE_INCIDENT
    community = community_for(request, slug, verb)
    held = _held(community, incident_id)
    roles = roles_in(user_of(request), community)
    part = has_part_in(held.incident, community, user_of(request))
    form = CommunityEntryForm(posted(request))
    return filled_in(
        request,
        form,
        lambda _form: incidents.note(
            held.incident_id,
            community_id=community.pk,
            actor=user_of(request),
            text=form.cleaned_data["text"],
            to_all=form.cleaned_data["readers"] == "all",
        ),
        template="consent/incident.html",
        context=lambda: {
            "held": held,
            "lines": lines_for_researchers(held.incident)
            if part
            else lines_for(held.incident, community),
            "outside": reported_by_researchers().filter(pk=held.incident_id).exists(),
            "may_handle": not part and community_may(roles, Verb.HANDLE_INCIDENT),
            "may_pause": community_may(roles, Verb.PAUSE),
            "now": timezone.now(),
        },
        url=_url(held),
        said=_("It is written down."),
    )


@require_POST
def incident_seen(request: HttpRequest, slug: str, incident_id: UUID) -> HttpResponse:
    community = community_for(request, slug, Verb.HANDLE_INCIDENT)
    held = _held(community, incident_id)
    return confirmed(
        request,
        lambda: incidents.see(held.incident_id, community_id=community.pk, actor=user_of(request)),
        template="",
        context={},
        url=_url(held),
        said=_("Noted: your community has seen it."),
    )


@require_http_methods(["GET", "POST"])
def incident_close(request: HttpRequest, slug: str, incident_id: UUID) -> HttpResponse:
    community = community_for(request, slug, Verb.HANDLE_INCIDENT)
    held = _held(community, incident_id)
    return confirmed(
        request,
        lambda: incidents.close(
            held.incident_id, community_id=community.pk, actor=user_of(request)
        ),
        template="consent/incident_close.html",
        context={"held": held, "url": _url(held)},
        url=_url(held),
        said=_("Your community is done with it."),
    )


def _held(community: Community, incident_id: UUID) -> IncidentCommunity:
    rows = incidents_of(community)
    found: IncidentCommunity = get_object_or_404(rows, incident__public_id=incident_id)
    return found


def _url(held: IncidentCommunity) -> str:
    return reverse("consent:incident", args=[held.community.slug, held.incident.public_id])


def _requests_of(community: Community, user: User) -> list[tuple[str, str]]:
    """The community's requests, each once: its newest review stands for it."""
    rows = reviews_visible_to(user).filter(community=community).order_by("-pk")
    newest: dict[int, tuple[str, str]] = {}
    for review in rows:
        asked = review.revision.request
        newest.setdefault(asked.pk, (str(review.public_id), asked.title))
    return list(newest.values())
