"""Protocols: the versions of each line, one version in plain words, and signing it."""

import json
from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from governance.actions import protocols
from governance.listing import Filter, Rows, Sort, listing
from governance.models import Protocol
from governance.protocol_warnings import loosened
from governance.protocol_words import ANCESTRY, USES, groups_of, meaning_of
from governance.queries import charter_in_force, protocols_of, roles_in
from governance.queries.protocols import adopted_protocols, protocol_drafts_of, protocol_lines
from governance.queries.voices import spoken_in
from governance.rules import Verb, community_may
from governance.views.labels import reader_languages
from governance.views.signing import signing_context, take_back, take_signature
from governance.views.versions import BY_STATE
from governance.views.visitor import community_for, user_of
from governance.withdrawal import ALWAYS, level_of
from governance.words import settings_in_words

_SORTS = (
    Sort("newest", gettext_lazy("newest first"), ("-statement__opened_at", "-pk")),
    Sort("oldest", gettext_lazy("oldest first"), ("statement__opened_at", "pk")),
    Sort("title", gettext_lazy("by title"), ("title", "line", "-number", "-pk")),
)


@require_safe
def protocol_list(request: HttpRequest, slug: str) -> HttpResponse:
    community = community_for(request, slug, Verb.READ_COMMUNITY)
    roles = roles_in(user_of(request), community)
    lines = protocol_lines(community)
    found = listing(
        request,
        protocols_of(community),
        search=("title__icontains",),
        filters=(
            BY_STATE,
            Filter("line", gettext_lazy("Protocol"), list(lines.items()), _in_line),
        ),
        sorts=_SORTS,
    )
    context = {
        "community": community,
        "listing": found,
        "has_charter": charter_in_force(community) is not None,
        "may_prepare": community_may(roles, Verb.PREPARE),
        "drafts": protocol_drafts_of(community).count(),
    }
    return render(request, "governance/protocol_list.html", context)


@require_safe
def protocol_detail(request: HttpRequest, slug: str, protocol_id: int) -> HttpResponse:
    protocol = _protocol(request, slug, protocol_id, Verb.READ_COMMUNITY)
    document = json.loads(protocol.statement.text)
    others = adopted_protocols(protocol.community).filter(line=protocol.line)
    context = {
        "community": protocol.community,
        "protocol": protocol,
        "others": others.exclude(pk=protocol.pk),
        "groups": groups_of(document),
        "spoken": spoken_in(protocol.community, reader_languages(request)),
        "meaning": meaning_of(document),
        "loosened": loosened(document),
        "settings": settings_in_words(document["settings"]),
        "use": USES[document.get("use", "")],
        "ancestry": ANCESTRY.get(document.get("ancestry", ""), ""),
        "law": document.get("law", {}),
        "level": level_of(document),
        "always": ALWAYS,
        "may_prepare": community_may(roles_in(user_of(request), protocol.community), Verb.PREPARE),
        **signing_context(request, protocol.statement),
    }
    return render(request, "governance/protocol_detail.html", context)


@require_POST
def protocol_sign(request: HttpRequest, slug: str, protocol_id: int) -> HttpResponse:
    protocol = _protocol(request, slug, protocol_id, Verb.DECIDE)
    return take_signature(request, partial(protocols.sign, protocol.pk), url_of(protocol))


@require_http_methods(["GET", "POST"])
def protocol_take_back(request: HttpRequest, slug: str, protocol_id: int) -> HttpResponse:
    protocol = _protocol(request, slug, protocol_id, Verb.PROPOSE_PROTOCOL)
    title = _("Take protocol {number} back").format(number=protocol.number)
    return take_back(
        request, partial(protocols.take_back, protocol.pk), title=title, url=url_of(protocol)
    )


def url_of(protocol: Protocol) -> str:
    return reverse("governance:protocol", args=[protocol.community.slug, protocol.pk])


def _protocol(request: HttpRequest, slug: str, protocol_id: int, verb: Verb) -> Protocol:
    community = community_for(request, slug, verb)
    return get_object_or_404(protocols_of(community), pk=protocol_id)


def _in_line(rows: Rows, line: str) -> Rows:
    return rows.filter(line=line)
