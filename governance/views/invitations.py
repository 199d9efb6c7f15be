"""Invitations: make one, see what became of it, send it anew, revoke it."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from governance.actions import invitations
from governance.errors import GovernanceError
from governance.forms import DaysForm, InviteForm
from governance.listing import Filter, Rows, Sort, listing
from governance.mail import send_invitation
from governance.models import Community, Invitation
from governance.queries import roles_in
from governance.queries.people import bodies_of, invitations_to
from governance.queries.quiet import quiet_now
from governance.rules import CommunityRole, Verb, community_may
from governance.views.acting import confirm
from governance.views.visitor import community_for, user_of

_STATES = [
    ("open", gettext_lazy("open")),
    ("used", gettext_lazy("used")),
    ("expired", gettext_lazy("out of date")),
    ("revoked", gettext_lazy("revoked")),
]
_SORTS = [
    Sort("new", gettext_lazy("newest first"), ("-invited_at", "-pk")),
    Sort("name", gettext_lazy("by name"), ("name", "pk")),
    Sort("end", gettext_lazy("by last day of the link"), ("expires_at", "pk")),
]


def _keep(rows: Rows, state: str) -> Rows:
    now = timezone.now()
    if state == "used":
        return rows.filter(used_at__isnull=False)
    if state == "revoked":
        return rows.filter(revoked_at__isnull=False)
    left = rows.filter(used_at__isnull=True, revoked_at__isnull=True)
    if state == "expired":
        return left.filter(expires_at__lte=now)
    return left.filter(expires_at__gt=now)


@require_safe
def invitation_list(request: HttpRequest, slug: str) -> HttpResponse:
    community = community_for(request, slug, Verb.INVITE)
    found = listing(
        request,
        invitations_to(community),
        search=("name__icontains", "email__icontains"),
        filters=[Filter("state", gettext_lazy("Show"), _STATES, _keep)],
        sorts=_SORTS,
    )
    context = {"community": community, "listing": found, "now": timezone.now()}
    return render(request, "governance/invitation_list.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def invite(request: HttpRequest, slug: str) -> HttpResponse:
    """Invite somebody. The link is shown on this one answer only."""
    community = community_for(request, slug, Verb.INVITE)
    offers = community_may(roles_in(user_of(request), community), Verb.MANAGE_PEOPLE)
    form = InviteForm(request.POST or None, bodies=bodies_of(community), steward=offers)
    if request.method == "POST" and form.is_valid():
        try:
            invitation, token = _make(request, community, form)
        except GovernanceError as refusal:
            form.add_error(None, str(refusal))
        else:
            return _shown(request, community, invitation, token)
    context = {"community": community, "form": form}
    status = 400 if form.errors else 200
    return render(request, "governance/invitation_new.html", context, status=status)


@never_cache
@require_http_methods(["GET", "POST"])
def invitation_anew(request: HttpRequest, slug: str, invitation_id: int) -> HttpResponse:
    """Make a new link for the same invitation; the one before works no more."""
    community = community_for(request, slug, Verb.INVITE)
    invitation = get_object_or_404(invitations_to(community), pk=invitation_id)
    form = DaysForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            invitation, token = invitations.send_anew(
                invitation.pk, actor=user_of(request), days=form.cleaned_data["days"]
            )
        except GovernanceError as refusal:
            form.add_error(None, str(refusal))
        else:
            return _shown(request, community, invitation, token)
    context = {"community": community, "invitation": invitation, "form": form}
    status = 400 if form.errors else 200
    return render(request, "governance/invitation_anew.html", context, status=status)


@require_http_methods(["GET", "POST"])
def invitation_revoke(request: HttpRequest, slug: str, invitation_id: int) -> HttpResponse:
    community = community_for(request, slug, Verb.INVITE)
    invitation = get_object_or_404(invitations_to(community), pk=invitation_id)
    return confirm(
        request,
        lambda: invitations.revoke(invitation.pk, actor=user_of(request)),
        template="governance/invitation_revoke.html",
        context={
            "community": community,
            "title": _("Revoke the invitation of {name}").format(name=invitation.name),
        },
        url=reverse("governance:invitations", args=[slug]),
        said=_("The link works no more."),
    )


def _make(request: HttpRequest, community: Community, form: InviteForm) -> tuple[Invitation, str]:
    filled = form.cleaned_data
    return invitations.invite(
        actor=user_of(request),
        email=filled["email"],
        name=filled["name"],
        community=community,
        community_role=CommunityRole(filled["role"]),
        days=filled["days"],
        bodies=form.seats,
        term_until=filled["until"],
    )


def _shown(
    request: HttpRequest, community: Community, invitation: Invitation, token: str
) -> HttpResponse:
    """Send the link if mail may leave today, and show it this once."""
    link: str = settings.KINHOLD_ORIGIN + reverse("governance:join", args=[token])
    if quiet_now(community):
        messages.warning(
            request, _("You keep a quiet time, so no mail left. Hand over the link yourself.")
        )
    elif send_invitation(invitation, link):
        messages.success(request, _("The invitation is on its way by mail."))
    else:
        messages.warning(request, _("The mail could not be sent. Hand over the link yourself."))
    context = {"community": community, "invitation": invitation, "link": link}
    return render(request, "governance/invitation_made.html", context)
