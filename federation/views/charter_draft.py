"""Writing the next charter: who the stewards are, which nodes, how each kind is decided."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from consent.grants.charter import Charter, NodeKeys
from consent.grants.codec import unb64u
from federation.forms import CharterForm
from federation.models import DataNode
from federation.queries import nodes_enrolled
from governance.actions import charters
from governance.comparing import would_change
from governance.errors import GovernanceError
from governance.models import Community
from governance.queries import charter_chain, membership_for, stewards_of
from governance.queries.circle import circle_today
from governance.queries.recovery import standings_of
from governance.rules import Verb
from governance.views.visitor import community_for, user_of


@require_http_methods(["GET", "POST"])
def charter_new(request: HttpRequest, slug: str) -> HttpResponse:
    """The form; then what it means, with all that was typed; then it is put to the stewards."""
    community = community_for(request, slug, Verb.PROPOSE_CHARTER)
    circle = circle_today(community, without=request.POST.getlist("leave_out"))
    before = _before(community)
    stewards = list(stewards_of(community))
    # The first charter needs the yes of everybody who is a steward: nobody is left out of it.
    choices = [(s.steward_id, s.shown_name) for s in stewards] if before else []
    form = CharterForm(request.POST or None, circle=circle, before=before, stewards=choices)
    written = _written(community, form) if form.is_bound and form.is_valid() else None
    if written and "confirm" in request.POST:
        return _drafted(request, community, form)
    context = {
        "community": community,
        "form": form,
        "circle": circle,
        "people": standings_of(community, stewards),
        "nodes": nodes_enrolled(community),
        "before": before,
        "asks_to_confirm": written is not None,
        "is_named": _is_named(request, community, before),
        "changes": would_change(before, written, circle.words) if before and written else [],
    }
    is_wrong = form.is_bound and written is None
    return render(request, "federation/charter_new.html", context, status=400 if is_wrong else 200)


def _written(community: Community, form: CharterForm) -> Charter | None:
    """Return the charter as it would be; None, with the reason on the form, if it cannot be."""
    if stuck := form.undecidable():
        text = _(
            "Today's stewards could never decide on: {matters}. Ask for fewer signatures there, or "
            "first seat more people."
        )
        form.add_error(None, text.format(matters=", ".join(stuck)))
        return None
    try:
        return charters.preview(
            community=community,
            nodes=_nodes(community),
            rules=form.rules(),
            floor=form.cleaned_data["floor"],
            without=form.left_out(),
        )
    except GovernanceError as refusal:
        form.add_error(None, str(refusal))
        return None


def _drafted(request: HttpRequest, community: Community, form: CharterForm) -> HttpResponse:
    try:
        charter = charters.draft(
            community_id=community.pk,
            actor=user_of(request),
            nodes=_nodes(community),
            rules=form.rules(),
            floor=form.cleaned_data["floor"],
            without=form.left_out(),
        )
    except GovernanceError as refusal:
        messages.error(request, str(refusal))
        return redirect("federation:charter_new", community.slug)
    messages.success(request, _("The charter is put to the stewards. Each signs it below."))
    return redirect("governance:charter", community.slug, charter.pk)


def _is_named(request: HttpRequest, community: Community, before: Charter | None) -> bool:
    """Say whether the charter in force names the visitor; before a first one her role will do."""
    named = {steward.id for steward in before.stewards} if before else set()
    held = membership_for(user_of(request), community)
    return before is None or any(membership.steward_id in named for membership in held)


def _before(community: Community) -> Charter | None:
    chain = charter_chain(community)
    return chain[-1] if chain else None


def _nodes(community: Community) -> list[NodeKeys]:
    return [_keys(node) for node in nodes_enrolled(community)]


def _keys(node: DataNode) -> NodeKeys:
    return NodeKeys(node.name, unb64u(node.receipt_key), node.supernode_key)
