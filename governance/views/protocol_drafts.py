"""The builder: begin a draft, write it, read what it means, put it to the stewards, or drop it."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from governance.actions import protocol_drafts, protocols
from governance.errors import GovernanceError
from governance.forms.protocols import ProtocolForm, StartForm
from governance.listing import Filter, Rows, Sort, listing
from governance.models import Community, ProtocolDraft
from governance.protocol_content import Content, Unfinished, blank, content_of, parts, preview
from governance.protocol_warnings import loosened
from governance.protocol_words import groups_of, meaning_of
from governance.queries import protocol_in_force, roles_in
from governance.queries.labels import confirmed_clauses
from governance.queries.protocols import (
    adopted_protocols,
    body_names,
    open_protocol,
    protocol_drafts_of,
    protocol_lines,
)
from governance.queries.voices import spoken_in
from governance.rules import Verb, community_may
from governance.views.labels import reader_languages
from governance.views.protocols import url_of
from governance.views.visitor import community_for, user_of
from governance.withdrawal import ALWAYS, level_of
from governance.words import settings_in_words

_SORTS = (
    Sort("newest", gettext_lazy("last changed first"), ("-updated_at", "-pk")),
    Sort("oldest", gettext_lazy("oldest change first"), ("updated_at", "pk")),
    Sort("title", gettext_lazy("by title"), ("title", "-pk")),
)


@require_safe
def draft_list(request: HttpRequest, slug: str) -> HttpResponse:
    community = community_for(request, slug, Verb.PREPARE)
    lines = protocol_lines(community)
    found = listing(
        request,
        protocol_drafts_of(community),
        search=("title__icontains", "made_by__name__icontains"),
        filters=(Filter("line", gettext_lazy("Protocol"), list(lines.items()), _in_line),),
        sorts=_SORTS,
    )
    context = {"community": community, "listing": found}
    return render(request, "governance/protocol_drafts.html", context)


@require_http_methods(["GET", "POST"])
def protocol_new(request: HttpRequest, slug: str) -> HttpResponse:
    community = community_for(request, slug, Verb.PREPARE)
    lines = protocol_lines(community)
    form = StartForm(
        request.POST if request.method == "POST" else None,
        lines=lines,
        versions=[(str(p.pk), _version(p)) for p in adopted_protocols(community)],
        begin=_begin(request, community),
    )
    if request.method == "POST" and form.is_valid():
        try:
            draft = protocol_drafts.start(
                community_id=community.pk,
                actor=user_of(request),
                title=form.chosen_title,
                line=form.cleaned_data["line"],
                content=_first_content(community, form.cleaned_data["start"]),
            )
        except GovernanceError as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect(_url("protocol-draft", draft))
    context = {"community": community, "form": form, "has_versions": bool(lines)}
    status = 400 if form.errors else 200
    return render(request, "governance/protocol_start.html", context, status=status)


@require_http_methods(["GET", "POST"])
def draft_edit(request: HttpRequest, slug: str, draft_id: UUID) -> HttpResponse:
    draft = _draft(request, slug, draft_id)
    form = _form(request, draft)
    if request.method == "POST" and form.is_valid():
        try:
            _save(request, draft, form)
        except GovernanceError as refusal:
            form.add_error(None, str(refusal))
        else:
            return _after_saving(request, draft)
    context = {
        "draft": draft,
        "form": form,
        "seen": _seen(request, draft),
        "spoken": spoken_in(draft.community, reader_languages(request)),
    }
    status = 400 if form.errors else 200
    return render(request, "governance/protocol_draft.html", context, status=status)


@require_POST
def draft_save(request: HttpRequest, slug: str, draft_id: UUID) -> HttpResponse:
    """Keep what is on the form while it is written; answer with one line for the page."""
    draft = _draft(request, slug, draft_id)
    form = _form(request, draft)
    refused = "" if form.is_valid() else _("Not saved yet: something in the form does not fit.")
    if not refused:
        try:
            draft = _save(request, draft, form)
        except GovernanceError as refusal:
            refused = str(refusal)
    seen = _seen(request, draft) if refused else draft.updated_at.isoformat()
    context = {"refused": refused, "seen": seen, "at": draft.updated_at}
    return render(request, "governance/_draft_saved.html", context)


@require_safe
def draft_read(request: HttpRequest, slug: str, draft_id: UUID) -> HttpResponse:
    draft = _draft(request, slug, draft_id)
    roles = roles_in(user_of(request), draft.community)
    context = {
        **_meaning(draft),
        "spoken": spoken_in(draft.community, reader_languages(request)),
        "may_put": community_may(roles, Verb.PROPOSE_PROTOCOL),
        "waiting": open_protocol(draft.community, draft.line),
        "before": protocol_in_force(draft.community, draft.line),
    }
    return render(request, "governance/protocol_draft_read.html", context)


@require_POST
def draft_put(request: HttpRequest, slug: str, draft_id: UUID) -> HttpResponse:
    draft = _draft(request, slug, draft_id, Verb.PROPOSE_PROTOCOL)
    try:
        protocol = protocols.put(
            draft.pk, actor=user_of(request), known=request.POST.get("known") == "yes"
        )
    except GovernanceError as refusal:
        messages.error(request, str(refusal))
        return redirect(_url("protocol-draft-read", draft))
    messages.success(request, _("It is put to the stewards. Each of them can sign now."))
    return redirect(url_of(protocol))


@require_http_methods(["GET", "POST"])
def draft_drop(request: HttpRequest, slug: str, draft_id: UUID) -> HttpResponse:
    draft = _draft(request, slug, draft_id)
    if request.method == "POST":
        try:
            protocol_drafts.drop(draft.pk, actor=user_of(request))
        except GovernanceError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The draft is dropped."))
        return redirect("governance:protocol-drafts", slug)
    return render(request, "governance/protocol_draft_drop.html", {"draft": draft})


def _draft(
    request: HttpRequest, slug: str, draft_id: UUID, verb: Verb = Verb.PREPARE
) -> ProtocolDraft:
    community = community_for(request, slug, verb)
    return get_object_or_404(protocol_drafts_of(community), public_id=draft_id)


def _form(request: HttpRequest, draft: ProtocolDraft) -> ProtocolForm:
    return ProtocolForm(
        request.POST if request.method == "POST" else None,
        title=draft.title,
        content=draft.content,
        asked_by=confirmed_clauses(draft.community),
        bodies=body_names(draft.community),
    )


def _save(request: HttpRequest, draft: ProtocolDraft, form: ProtocolForm) -> ProtocolDraft:
    return protocol_drafts.save(
        draft.pk,
        actor=user_of(request),
        title=form.cleaned_data["title"],
        content=form.content(),
        seen=_time_of(request.POST.get("seen", "")),
    )


def _after_saving(request: HttpRequest, draft: ProtocolDraft) -> HttpResponse:
    if request.POST.get("then") == "later":
        messages.success(request, _("Saved. You find it here when you go on."))
        return redirect("governance:protocol-drafts", draft.community.slug)
    return redirect(_url("protocol-draft-read", draft))


def _seen(request: HttpRequest, draft: ProtocolDraft) -> str:
    """Return when the draft was saved as this writer saw it, through failed attempts too."""
    return request.POST.get("seen") or draft.updated_at.isoformat()


def _time_of(text: str) -> datetime | None:
    """Read a time from a form; one that cannot be read, such as a month 13, is as if not sent."""
    try:
        return parse_datetime(text)
    except ValueError:
        return None


def _meaning(draft: ProtocolDraft) -> dict[str, Any]:
    document = preview(draft.content)
    missing: list[str] = []
    try:
        parts(draft.content)
    except Unfinished as unfinished:
        missing = list(dict.fromkeys(unfinished.problems.values()))
    return {
        "community": draft.community,
        "draft": draft,
        "missing": missing,
        "groups": groups_of(document),
        "meaning": meaning_of(document),
        "loosened": loosened(document),
        "settings": settings_in_words(document["settings"]),
        "law": document["law"],
        "level": level_of(document),
        "always": ALWAYS,
    }


def _first_content(community: Community, start: str) -> Content:
    """Return what a draft begins with: an earlier text or the defaults, and what labels ask for."""
    asked = confirmed_clauses(community)
    if not start:
        return blank(asked)
    chosen = adopted_protocols(community).get(pk=start)
    content = content_of(json.loads(chosen.statement.text))
    for code, held in blank(asked)["clauses"].items():
        if code in asked:
            content["clauses"].setdefault(code, held)
    return content


def _begin(request: HttpRequest, community: Community) -> str:
    """Return the version that is chosen at first: the one in the link, or the one in force."""
    wanted = request.GET.get("from", "")
    if wanted:
        return wanted
    before = protocol_in_force(community)
    return str(before.pk) if before else ""


def _version(protocol: Any) -> str:
    words = _("“{title}”, version {number}").format(title=protocol.title, number=protocol.number)
    return words + (" " + _("(in force)") if protocol.in_force else "")


def _url(name: str, draft: ProtocolDraft) -> str:
    return reverse(f"governance:{name}", args=[draft.community.slug, draft.public_id])


def _in_line(rows: Rows, line: str) -> Rows:
    return rows.filter(line=line)
