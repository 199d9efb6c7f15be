"""Delegations: the list, one with its signatures, writing one, taking one back unsigned."""

from functools import partial
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consent.grants.delegation import parse_delegation
from governance.actions import delegations
from governance.actions.delegations import Terms
from governance.code_list import code_name, codes
from governance.errors import GovernanceError
from governance.forms.delegations import DelegationForm
from governance.listing import Filter, Sort, listing
from governance.models import Community
from governance.queries import charter_chain, datasets_of, roles_in, stewards_of
from governance.queries.delegations import delegations_of, in_state, state_of
from governance.rules import Verb, community_may
from governance.views.signing import signing_context, take_back, take_signature
from governance.views.visitor import community_for, user_of

STATES = {
    "open": gettext_lazy("put to the stewards"),
    "in-force": gettext_lazy("in force"),
    "stopped": gettext_lazy("stopped"),
    "used-up": gettext_lazy("used up"),
    "ended": gettext_lazy("ended"),
    "declined": gettext_lazy("declined"),
    "fallen": gettext_lazy("taken back"),
}


@require_safe
def delegation_list(request: HttpRequest, slug: str) -> HttpResponse:
    community = community_for(request, slug, Verb.READ_COMMUNITY)
    found = listing(
        request,
        delegations_of(community),
        search=("delegate__shown_name__icontains", "statement__text__icontains"),
        filters=[Filter("state", gettext_lazy("Show"), list(STATES.items()), in_state)],
        sorts=[
            Sort("new", gettext_lazy("newest first"), ("-pk",)),
            Sort("end", gettext_lazy("by end"), ("not_after", "pk")),
            Sort("name", gettext_lazy("by name"), ("delegate__shown_name", "pk")),
        ],
    )
    for row in found.page:
        _tell_state(row)
    may = community_may(roles_in(user_of(request), community), Verb.DELEGATE)
    context = {"community": community, "listing": found, "may_delegate": may}
    return render(request, "governance/delegation_list.html", context)


@require_http_methods(["GET", "POST"])
def delegation_new(request: HttpRequest, slug: str) -> HttpResponse:
    community = community_for(request, slug, Verb.DELEGATE)
    chain = charter_chain(community)
    named = chain[-1].bodies if chain else {}
    form = DelegationForm(
        request.POST or None,
        stewards=[s for s in stewards_of(community) if s.steward_id in named],
        datasets=datasets_of(community),
        codes=codes(),
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = delegations.draft(
                community_id=community.pk, actor=user_of(request), terms=_terms(form)
            )
        except GovernanceError as refusal:
            form.add_error(None, str(refusal))
        else:
            return HttpResponseRedirect(_url(community, made.public_id))
    context = {"community": community, "form": form, "ready": bool(chain)}
    status = 400 if form.errors else 200
    return render(request, "governance/delegation_new.html", context, status=status)


@require_safe
def delegation_detail(request: HttpRequest, slug: str, delegation_id: UUID) -> HttpResponse:
    row = _delegation(request, slug, delegation_id, Verb.READ_COMMUNITY)
    parsed = parse_delegation(row.statement.text.encode())
    _tell_state(row)
    user = user_of(request)
    may_pause = community_may(roles_in(user, row.community), Verb.PAUSE)
    context = {
        "community": row.community,
        "delegation": row,
        "parsed": parsed,
        "code": code_name(parsed.code),
        "may_stop": may_pause and row.state in ("in-force", "used-up"),
        **signing_context(request, row.statement),
    }
    return render(request, "governance/delegation_detail.html", context)


@require_POST
def delegation_sign(request: HttpRequest, slug: str, delegation_id: UUID) -> HttpResponse:
    row = _delegation(request, slug, delegation_id, Verb.DECIDE)
    url = _url(row.community, row.public_id)
    return take_signature(request, partial(delegations.sign, row.pk), url)


@require_http_methods(["GET", "POST"])
def delegation_take_back(request: HttpRequest, slug: str, delegation_id: UUID) -> HttpResponse:
    row = _delegation(request, slug, delegation_id, Verb.DELEGATE)
    return take_back(
        request,
        partial(delegations.take_back, row.pk),
        title=_("Take this delegation back"),
        url=_url(row.community, row.public_id),
    )


def _terms(form: DelegationForm) -> Terms:
    filled = form.cleaned_data
    return Terms(
        delegate=filled["delegate"],
        dataset=filled["dataset"],
        code=filled["code"],
        max_grants=filled["max_grants"],
        max_rounds=filled["max_rounds"],
        not_after=filled["until"],
        resolution=filled["resolution"],
    )


def _tell_state(row: Any) -> None:
    row.state = state_of(row, at=timezone.now())
    row.state_label = STATES[row.state]


def _delegation(request: HttpRequest, slug: str, delegation_id: UUID, verb: Verb) -> Any:
    """Return the row, with what ``delegations_of`` puts on it."""
    community = community_for(request, slug, verb)
    return get_object_or_404(delegations_of(community), public_id=delegation_id)


def _url(community: Community, delegation_id: UUID | str) -> str:
    return reverse("governance:delegation", args=[community.slug, delegation_id])
