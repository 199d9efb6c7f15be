"""A community's own page, and how it describes itself."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from governance.actions import communities
from governance.errors import GovernanceError
from governance.forms import CommunityForm
from governance.listing import Sort, listing
from governance.navigation import places_of
from governance.queries import (
    charter_chain,
    charter_in_force,
    communities_of,
    communities_where,
    datasets_of,
    members_of,
    open_documents,
    protocols_in_force,
    roles_in,
)
from governance.queries.labels import held
from governance.queries.people import absences_ahead, bodies_of, body_names
from governance.queries.quiet import quiet_ahead, quiet_now
from governance.rules import Verb, community_may
from governance.views.acting import fill_in
from governance.views.visitor import community_for, user_of
from governance.words import rules_in_words

_SHOWN = 5  # of each kind of thing on a community's page; the rest is one link away
_SORTS = [
    Sort("name", gettext_lazy("by name"), ("name", "pk")),
    Sort("newest", gettext_lazy("newest first"), ("-created_at", "-pk")),
]


@require_safe
def community_list(request: HttpRequest) -> HttpResponse:
    found = listing(
        request, communities_of(user_of(request)), search=("name__icontains",), sorts=_SORTS
    )
    return render(request, "governance/community_list.html", {"listing": found})


@require_safe
def community_detail(request: HttpRequest, slug: str) -> HttpResponse:
    community = community_for(request, slug, Verb.READ_COMMUNITY)
    user = user_of(request)
    roles = roles_in(user, community)
    chain = charter_chain(community)
    context = {
        "community": community,
        "charter": charter_in_force(community),
        "rules": rules_in_words(chain[-1], body_names(community)) if chain else [],
        "protocols": protocols_in_force(community),
        "open": open_documents(community),
        "datasets": datasets_of(community).annotate(held_back=held())[:_SHOWN],
        "members": members_of(community),
        "bodies": bodies_of(community),
        "away": absences_ahead(community)[:5],
        "quiet": quiet_now(community),
        "quiet_ahead": quiet_ahead(community).first(),
        "places": places_of(user, community),
        "may_name": community_may(roles, Verb.NAME_BODIES),
        "may_propose": community_may(roles, Verb.PROPOSE_PROTOCOL),
        "may_describe": community_may(roles, Verb.DESCRIBE_DATASET),
    }
    return render(request, "governance/community_detail.html", context)


@require_http_methods(["GET", "POST"])
def community_settings(request: HttpRequest, slug: str) -> HttpResponse:
    community = community_for(request, slug, Verb.NAME_BODIES)
    initial = {name: getattr(community, name) for name in ("name", "about", "contact")}
    return fill_in(
        request,
        CommunityForm(request.POST or None, initial=initial),
        lambda filled: communities.describe(community.pk, actor=user_of(request), **filled),
        template="governance/community_settings.html",
        context={
            "community": community,
            "may_tell": communities_where(user_of(request), Verb.DECIDE).filter(slug=slug).exists(),
        },
        url=reverse("governance:community", args=[slug]),
        said=_("It is changed."),
    )


@require_POST
def community_tells(request: HttpRequest, slug: str) -> HttpResponse:
    """Turn on or off that other communities asked about the same request learn the decision."""
    community = community_for(request, slug, Verb.DECIDE)
    tells = request.POST.get("tells") == "yes"
    try:
        communities.tell_decisions(community.pk, actor=user_of(request), tells=tells)
    except GovernanceError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("It is changed."))
    return redirect("governance:community-settings", slug)
