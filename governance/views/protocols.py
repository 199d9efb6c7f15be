"""Protocols: the chain of versions, writing one from the clause library, signing it."""

import json
from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from governance.actions import protocols
from governance.clauses import ENFORCEMENT
from governance.errors import GovernanceError
from governance.forms import ProtocolForm
from governance.models import Protocol
from governance.queries import charter_in_force, protocol_in_force, protocols_of, roles_in
from governance.rules import Verb, community_may
from governance.views.signing import signing_context, take_back, take_signature
from governance.views.visitor import community_for, user_of
from governance.words import settings_in_words


@require_safe
def protocol_list(request: HttpRequest, slug: str) -> HttpResponse:
    community = community_for(request, slug, Verb.READ_COMMUNITY)
    context = {
        "community": community,
        "protocols": protocols_of(community),
        "has_charter": charter_in_force(community) is not None,
        "may_propose": community_may(roles_in(user_of(request), community), Verb.PROPOSE_PROTOCOL),
    }
    return render(request, "governance/protocol_list.html", context)


@require_http_methods(["GET", "POST"])
def protocol_new(request: HttpRequest, slug: str) -> HttpResponse:
    community = community_for(request, slug, Verb.PROPOSE_PROTOCOL)
    before = protocol_in_force(community)
    document = json.loads(before.statement.text) if before else None
    form = ProtocolForm(request.POST or None, before=document)
    if request.method == "POST" and form.is_valid():
        try:
            protocol = protocols.draft(
                community_id=community.pk,
                actor=user_of(request),
                clauses=form.chosen(),
                settings=form.settings(),
            )
        except GovernanceError as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect(_url(protocol))
    context = {"community": community, "form": form, "before": before}
    status = 400 if form.errors else 200
    return render(request, "governance/protocol_new.html", context, status=status)


@require_safe
def protocol_detail(request: HttpRequest, slug: str, protocol_id: int) -> HttpResponse:
    protocol = _protocol(request, slug, protocol_id, Verb.READ_COMMUNITY)
    document = json.loads(protocol.statement.text)
    clauses = [
        {"text": clause["text"], "enforcement": ENFORCEMENT[clause["enforcement"]]}
        for clause in document["clauses"]
    ]
    context = {
        "community": protocol.community,
        "protocol": protocol,
        "clauses": clauses,
        "settings": settings_in_words(document["settings"]),
        **signing_context(request, protocol.statement),
    }
    return render(request, "governance/protocol_detail.html", context)


@require_POST
def protocol_sign(request: HttpRequest, slug: str, protocol_id: int) -> HttpResponse:
    protocol = _protocol(request, slug, protocol_id, Verb.DECIDE)
    return take_signature(request, partial(protocols.sign, protocol.pk), _url(protocol))


@require_http_methods(["GET", "POST"])
def protocol_take_back(request: HttpRequest, slug: str, protocol_id: int) -> HttpResponse:
    protocol = _protocol(request, slug, protocol_id, Verb.PROPOSE_PROTOCOL)
    title = _("Take protocol {number} back").format(number=protocol.number)
    return take_back(
        request, partial(protocols.take_back, protocol.pk), title=title, url=_url(protocol)
    )


def _protocol(request: HttpRequest, slug: str, protocol_id: int, verb: Verb) -> Protocol:
    community = community_for(request, slug, verb)
    return get_object_or_404(protocols_of(community), pk=protocol_id)


def _url(protocol: Protocol) -> str:
    return reverse("governance:protocol", args=[protocol.community.slug, protocol.pk])
