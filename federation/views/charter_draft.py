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
from governance.errors import GovernanceError
from governance.models import Community
from governance.queries import charter_chain, credentials_of, stewards_of
from governance.rules import Verb
from governance.views.visitor import community_for, user_of


@require_http_methods(["GET", "POST"])
def charter_new(request: HttpRequest, slug: str) -> HttpResponse:
    """The form, then what it means, to be confirmed; then it is put to the stewards."""
    community = community_for(request, slug, Verb.PROPOSE_CHARTER)
    stewards = [(s, bool(credentials_of(s.user))) for s in stewards_of(community)]
    form = CharterForm(request.POST or None, stewards=len(stewards), before=_before(community))
    confirmed = "confirm" in request.POST
    if form.is_bound and form.is_valid() and confirmed:
        return _drafted(request, community, form)
    context = {
        "community": community,
        "form": form,
        "stewards": stewards,
        "nodes": nodes_enrolled(community),
        "asks_to_confirm": form.is_bound and form.is_valid(),
    }
    status = 400 if form.errors else 200
    return render(request, "federation/charter_new.html", context, status=status)


def _drafted(request: HttpRequest, community: Community, form: CharterForm) -> HttpResponse:
    try:
        charter = charters.draft(
            community_id=community.pk,
            actor=user_of(request),
            nodes=[_keys(node) for node in nodes_enrolled(community)],
            rules=form.rules(),
            floor=form.cleaned_data["floor"],
        )
    except GovernanceError as refusal:
        messages.error(request, str(refusal))
        return redirect("federation:charter_new", community.slug)
    messages.success(request, _("The charter is put to the stewards. Each signs it below."))
    return redirect("governance:charter", community.slug, charter.pk)


def _before(community: Community) -> Charter | None:
    chain = charter_chain(community)
    return chain[-1] if chain else None


def _keys(node: DataNode) -> NodeKeys:
    return NodeKeys(node.name, unb64u(node.receipt_key), node.supernode_key)
