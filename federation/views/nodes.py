"""A community's own machines: enrol, look after, retire."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from federation.actions import nodes
from federation.errors import CardRefused, FederationError
from federation.forms import CardForm
from federation.labels import LABELS
from federation.models import DataNode
from federation.queries import nodes_of
from federation.queries.nodes import standing_of_nodes
from governance.listing import Filter, Listing, Sort, exactly, listing
from governance.models import Community
from governance.queries import communities_where
from governance.rules import NodeState, Verb
from governance.views.visitor import community_for, user_of

_STATES = [(state.value, LABELS[state.value]) for state in NodeState]
_SORTS = [
    Sort("state", gettext_lazy("working ones first"), ("state", "name", "pk")),
    Sort("name", gettext_lazy("by name"), ("name", "pk")),
    Sort("newest", gettext_lazy("newest first"), ("-pk",)),
]


@require_http_methods(["GET", "POST"])
def node_list(request: HttpRequest, slug: str) -> HttpResponse:
    verb = Verb.ENROL_NODE if request.method == "POST" else Verb.READ_COMMUNITY
    community = community_for(request, slug, verb)
    may_enrol = communities_where(user_of(request), Verb.ENROL_NODE).filter(slug=slug).exists()
    form = CardForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _enrolled(request, community, form):
        return redirect("federation:nodes", slug)
    found = _found(request, community)
    context = {
        "community": community,
        "listing": found,
        "nodes": standing_of_nodes(community, found.page),
        "form": form if may_enrol else None,
    }
    status = 400 if form.errors else 200
    return render(request, "federation/node_list.html", context, status=status)


@require_http_methods(["GET", "POST"])
def node_retire(request: HttpRequest, slug: str, node_id: int) -> HttpResponse:
    community = community_for(request, slug, Verb.ENROL_NODE)
    node: DataNode = get_object_or_404(nodes_of(community), pk=node_id)
    if request.method == "GET":
        return render(request, "federation/node_retire.html", {"node": node})
    try:
        nodes.retire(node.pk, actor=user_of(request))
    except FederationError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("{node} is retired.").format(node=node.name))
    return redirect("federation:nodes", slug)


def _found(request: HttpRequest, community: Community) -> Listing:
    return listing(
        request,
        nodes_of(community),
        search=("name__icontains",),
        filters=[Filter("state", _("State"), _STATES, exactly("state"))],
        sorts=_SORTS,
    )


def _enrolled(request: HttpRequest, community: Community, form: CardForm) -> bool:
    try:
        node = nodes.enrol(
            community_id=community.pk, actor=user_of(request), card=form.cleaned_data["card"]
        )
    except CardRefused as refusal:
        form.add_error("card", str(refusal))
        return False
    messages.success(
        request,
        _("{node} is enrolled. It gets work once a charter names it.").format(node=node.name),
    )
    return True
