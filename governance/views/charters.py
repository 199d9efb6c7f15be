"""Charters: the chain of versions, one version in words, signing it."""

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consent.grants.charter import parse_charter
from governance.actions import charters
from governance.models import Charter
from governance.queries import charters_of
from governance.rules import Verb
from governance.views.signing import signing_context, take_back, take_signature
from governance.views.visitor import community_for
from governance.words import rules_in_words


@require_safe
def charter_list(request: HttpRequest, slug: str) -> HttpResponse:
    community = community_for(request, slug, Verb.READ_COMMUNITY)
    context = {"community": community, "charters": charters_of(community)}
    return render(request, "governance/charter_list.html", context)


@require_safe
def charter_detail(request: HttpRequest, slug: str, charter_id: int) -> HttpResponse:
    charter = _charter(request, slug, charter_id, Verb.READ_COMMUNITY)
    parsed = parse_charter(charter.statement.text.encode())
    context = {
        "community": charter.community,
        "charter": charter,
        "parsed": parsed,
        "rules": rules_in_words(parsed),
        **signing_context(request, charter.statement),
    }
    return render(request, "governance/charter_detail.html", context)


@require_POST
def charter_sign(request: HttpRequest, slug: str, charter_id: int) -> HttpResponse:
    charter = _charter(request, slug, charter_id, Verb.DECIDE)
    return take_signature(request, partial(charters.sign, charter.pk), _url(charter))


@require_http_methods(["GET", "POST"])
def charter_take_back(request: HttpRequest, slug: str, charter_id: int) -> HttpResponse:
    charter = _charter(request, slug, charter_id, Verb.PROPOSE_CHARTER)
    title = _("Take charter {number} back").format(number=charter.number)
    return take_back(
        request, partial(charters.take_back, charter.pk), title=title, url=_url(charter)
    )


def _charter(request: HttpRequest, slug: str, charter_id: int, verb: Verb) -> Charter:
    community = community_for(request, slug, verb)
    return get_object_or_404(charters_of(community), pk=charter_id)


def _url(charter: Charter) -> str:
    return reverse("governance:charter", args=[charter.community.slug, charter.pk])
