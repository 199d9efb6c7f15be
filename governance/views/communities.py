"""A community's own page, and its people."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from governance.actions import invitations
from governance.errors import GovernanceError
from governance.forms import InviteForm
from governance.listing import Sort, listing
from governance.mail import send_invitation
from governance.models import Community
from governance.navigation import places_of
from governance.queries import (
    charter_chain,
    charter_in_force,
    communities_of,
    datasets_of,
    members_of,
    open_documents,
    protocol_in_force,
    roles_in,
)
from governance.rules import CommunityRole, Verb, community_may
from governance.views.visitor import community_for, user_of
from governance.words import rules_in_words

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
        "rules": rules_in_words(chain[-1]) if chain else [],
        "protocol": protocol_in_force(community),
        "open": open_documents(community),
        "datasets": datasets_of(community),
        "members": members_of(community),
        "places": places_of(user, community),
        "may_invite": community_may(roles, Verb.INVITE),
        "may_propose": community_may(roles, Verb.PROPOSE_PROTOCOL),
        "may_describe": community_may(roles, Verb.DESCRIBE_DATASET),
    }
    return render(request, "governance/community_detail.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def people(request: HttpRequest, slug: str) -> HttpResponse:
    """List the people and invite others. The link is shown on this one answer only."""
    community = community_for(request, slug, Verb.INVITE)
    form = InviteForm(request.POST or None)
    link = ""
    if request.method == "POST" and form.is_valid():
        try:
            link = _invite(request, community, form)
        except GovernanceError as refusal:
            form.add_error(None, str(refusal))
    context = {
        "community": community,
        "members": members_of(community),
        "form": InviteForm() if link else form,
        "link": link,
    }
    status = 400 if form.errors else 200
    return render(request, "governance/people.html", context, status=status)


def _invite(request: HttpRequest, community: Community, form: InviteForm) -> str:
    invitation, token = invitations.invite(
        actor=user_of(request),
        email=form.cleaned_data["email"],
        name=form.cleaned_data["name"],
        community=community,
        community_role=CommunityRole(form.cleaned_data["role"]),
    )
    link: str = settings.KINHOLD_ORIGIN + reverse("governance:join", args=[token])
    if send_invitation(invitation, link):
        messages.success(request, _("The invitation is on its way by mail."))
    else:
        messages.warning(request, _("The mail could not be sent. Hand over the link yourself."))
    return link
