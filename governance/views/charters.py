"""Charters: the list, one version in words, signing it, what it changes, the printed chain."""

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consent.grants.charter import Charter as ParsedCharter
from consent.grants.charter import parse_charter
from governance.actions import charters
from governance.circle import in_own_words, listed
from governance.comparing import side_by_side, would_change
from governance.forms.charters import VersionForm
from governance.listing import Sort, listing
from governance.models import Charter
from governance.queries import charters_of, roles_in
from governance.queries.chain import links_of
from governance.queries.circle import circle_in
from governance.queries.people import body_names
from governance.rules import StatementState, Verb, community_may
from governance.views.signing import signing_context, take_back, take_signature
from governance.views.versions import BY_STATE
from governance.views.visitor import community_for, user_of
from governance.words import rules_in_words


@require_safe
def charter_list(request: HttpRequest, slug: str) -> HttpResponse:
    community = community_for(request, slug, Verb.READ_COMMUNITY)
    found = listing(
        request,
        charters_of(community),
        # The text holds the names of stewards and nodes, so that people find "when Cleo joined".
        search=["statement__text__icontains", "statement__digest__startswith"],
        filters=[BY_STATE],
        sorts=[
            Sort("newest", gettext_lazy("Newest first"), ("-number", "-pk")),
            Sort("oldest", gettext_lazy("Oldest first"), ("number", "pk")),
        ],
    )
    roles = roles_in(user_of(request), community)
    context = {
        "community": community,
        "listing": found,
        "may_propose": community_may(roles, Verb.PROPOSE_CHARTER),
    }
    return render(request, "governance/charter_list.html", context)


@require_safe
def charter_detail(request: HttpRequest, slug: str, charter_id: int) -> HttpResponse:
    charter = _charter(request, slug, charter_id, Verb.READ_COMMUNITY)
    parsed = _parsed(charter)
    words = body_names(charter.community)
    before = _before(charter)
    context = {
        "community": charter.community,
        "charter": charter,
        "parsed": parsed,
        "words": words,
        "rules": _rules(charter, parsed),
        "before": before,
        "changes": would_change(_parsed(before), parsed, words) if before else [],
        **signing_context(request, charter.statement),
    }
    context |= _awaited(context)
    return render(request, "governance/charter_detail.html", context)


@require_safe
def charter_compare(request: HttpRequest, slug: str, charter_id: int) -> HttpResponse:
    """Lay a charter beside another one: the one it is to follow, unless the visitor chooses."""
    charter = _charter(request, slug, charter_id, Verb.READ_COMMUNITY)
    others = charters_of(charter.community).exclude(pk=charter.pk)
    before = _before(charter)
    form = VersionForm(request.GET, versions=others, usual=before)
    other = form.chosen() or before or others.first()
    sections = []
    if other:
        first, second = sorted((other, charter), key=lambda row: (row.number, row.pk))
        words = body_names(charter.community)
        sections = side_by_side(_parsed(first), _parsed(second), words)
    context = {
        "community": charter.community,
        "charter": charter,
        "other": other,
        "first": first if other else None,
        "second": second if other else None,
        "sections": sections,
        "form": form,
    }
    return render(request, "governance/charter_compare.html", context)


@require_safe
def charter_chain(request: HttpRequest, slug: str) -> HttpResponse:
    """Every charter that was adopted, to be printed and carried to the node."""
    community = community_for(request, slug, Verb.READ_COMMUNITY)
    context = {"community": community, "links": links_of(community)}
    return render(request, "governance/charter_chain.html", context)


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


def _parsed(charter: Charter) -> ParsedCharter:
    return parse_charter(charter.statement.text.encode())


def _before(charter: Charter) -> Charter | None:
    """Return the charter that this one follows or is to follow, if there is one."""
    adopted = charters_of(charter.community).filter(adopted_at__isnull=False)
    return adopted.filter(number=charter.number - 1).exclude(pk=charter.pk).first()


def _rules(charter: Charter, parsed: ParsedCharter) -> list[dict[str, str]]:
    """Return each kind of decision with who must sign, and an example with this charter's own."""
    circle = circle_in(parsed, charter.community)
    return [
        {
            "matter": row.matter,
            "rule": row.rule,
            "example": circle.example(parsed.rules[row.kind], row.kind, parsed.floor),
        }
        for row in rules_in_words(parsed, circle.words)
    ]


def _awaited(context: dict[str, Any]) -> dict[str, str]:
    """Say what is missing, in the community's words, and whose answer is asked for next.

    Whoever has not answered is told of herself only: from who is awaited no more one could tell
    what the others said.
    """
    standing = context["standing"]
    outcome = standing.outcome
    names = {steward.id: steward.name for steward in standing.charter.stewards}
    asked = [names[steward] for steward in outcome.awaited if steward in names]
    is_open = context["statement"].state == StatementState.OPEN
    return {
        "missing": in_own_words(outcome.missing, context["words"]),
        "awaited": listed(asked) if is_open and standing.sees_answers else "",
    }


def _url(charter: Charter) -> str:
    return reverse("governance:charter", args=[charter.community.slug, charter.pk])
