"""What a draft or a version would have said to past requests. It informs; it decides nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from consent.agreement import Rulebook, rulebook_of
from consent.labels import LABELS, Text
from consent.models import RequestRevision
from consent.precheck import Verdict
from consent.queries.what_if import MOST, Outcome, baseline_of, revisions_put_to, what_if
from consent.what_if import Change, Difference, moves_in, rulebook_of_draft
from governance.clauses import library
from governance.listing import Filter, Listing, Rows, Sort, listing
from governance.models import Community, Protocol
from governance.protocol_content import preview, tidy
from governance.queries import protocols_of
from governance.queries.protocols import protocol_drafts_of
from governance.rules import Verb
from governance.views.visitor import community_for

_SORTS = (
    Sort("newest", gettext_lazy("newest first"), ("-submitted_at", "-pk")),
    Sort("oldest", gettext_lazy("oldest first"), ("submitted_at", "pk")),
    Sort("title", gettext_lazy("by title"), ("request__title", "-pk")),
)
# Checks that stand for no clause of the library.
_TITLES = {
    "ANSWERS": gettext_lazy("Every question answered"),
    "USE": gettext_lazy("Use"),
    "ANCESTRY": gettext_lazy("Research on ancestry"),
    "MIN_NODES": gettext_lazy("Fewest communities together"),
}


@dataclass(frozen=True)
class Step:
    """From one word to another, for one rule."""

    title: Text
    before: Text
    after: Text
    states: tuple[str, str]
    note: str
    times: int = 0


@dataclass(frozen=True)
class Row:
    revision: RequestRevision
    before: Verdict | None
    after: Verdict
    steps: list[Step]


@require_safe
def draft_what_if(request: HttpRequest, slug: str, draft_id: UUID) -> HttpResponse:
    community = community_for(request, slug, Verb.PREPARE)
    draft = get_object_or_404(protocol_drafts_of(community), public_id=draft_id)
    after = rulebook_of_draft(preview(tidy(draft.content)), line=draft.line)
    context = {
        "title": draft.title,
        "back": reverse("governance:protocol-draft-read", args=[slug, draft.public_id]),
        "here": reverse("consent:draft_what_if", args=[slug, draft.public_id]),
    }
    return _page(request, community, baseline_of(community, draft.line), after, context)


@require_safe
def protocol_what_if(request: HttpRequest, slug: str, protocol_id: int) -> HttpResponse:
    community = community_for(request, slug, Verb.PREPARE)
    protocol: Protocol = get_object_or_404(protocols_of(community), pk=protocol_id)
    after = rulebook_of(protocol.statement.text.encode())
    words = _("{title}, version {n}").format(title=protocol.title, n=protocol.number)
    context = {
        "title": words,
        "back": reverse("governance:protocol", args=[slug, protocol.pk]),
        "here": reverse("consent:protocol_what_if", args=[slug, protocol.pk]),
    }
    before = baseline_of(community, protocol.line, but=protocol)
    return _page(request, community, before, after, context)


def _page(
    request: HttpRequest,
    community: Community,
    before: Protocol | None,
    after: Rulebook,
    context: dict[str, Any],
) -> HttpResponse:
    outcome = what_if(community, before=before, after=after)
    found = _listed(request, community, outcome)
    rows = [_row(revision, outcome.differences.get(revision.pk)) for revision in found.page]
    context |= {
        "community": community,
        "before": before,
        "listing": found,
        "rows": [row for row in rows if row],
        "moves": _moves(outcome.differences.values()) if before else [],
        "changed": len(outcome.changed),
        "compared": len(outcome.differences),
        "total": outcome.total,
        "most": MOST,
    }
    return render(request, "consent/what_if.html", context)


def _listed(request: HttpRequest, community: Community, outcome: Outcome) -> Listing:
    changed = outcome.changed

    def keep(rows: Rows, value: str) -> Rows:
        return rows.filter(pk__in=changed) if value == "changed" else rows.exclude(pk__in=changed)

    choices = [("changed", _("changed only")), ("same", _("unchanged only"))]
    return listing(
        request,
        revisions_put_to(community).filter(pk__in=list(outcome.differences)),
        search=("request__title__icontains", "request__applicant__name__icontains"),
        filters=[Filter("which", _("Which"), choices, keep)],
        sorts=_SORTS,
    )


def _row(revision: RequestRevision, difference: Difference | None) -> Row | None:
    if difference is None:
        return None
    steps = [step_of(change) for change in difference.changes]
    return Row(revision, difference.before, difference.after, steps)


def step_of(change: Change) -> Step:
    return Step(
        title=_title(change.code),
        before=_word(change.before),
        after=_word(change.after),
        states=(str(change.before or "none"), str(change.after or "none")),
        note=change.sentence,
    )


def _moves(differences: Iterable[Difference]) -> list[Step]:
    return [
        Step(
            title=_title(move.code),
            before=_word(move.before),
            after=_word(move.after),
            states=(str(move.before or "none"), str(move.after or "none")),
            note="",
            times=move.times,
        )
        for move in moves_in(differences)
    ]


def _title(code: str) -> Text:
    known = library().get(code)
    return _(known.title) if known else _TITLES.get(code, code)


def _word(verdict: Verdict | None) -> Text:
    return LABELS[verdict.value] if verdict else _("no such rule")
