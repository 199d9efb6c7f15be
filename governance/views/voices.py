"""Our words: the list, one clause with all its versions, and what is done to them."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from governance.actions import voices as actions
from governance.clauses import GROUPS, Clause, library
from governance.forms.voices import ConfirmForm, RemoveForm, VoiceForm
from governance.listing import Filter, listing
from governance.models import ClauseVoice, Community
from governance.queries import roles_in
from governance.queries.voices import (
    ClauseWords,
    Words,
    keeps_words,
    progress_in,
    voices_seen,
    words_of,
    words_on,
)
from governance.rules import Verb, community_may
from governance.views.acting import fill_in
from governance.views.sound import send_sound
from governance.views.visitor import community_for, user_of
from governance.voices import language_name

_HOLDS: dict[str, Callable[[Words], bool]] = {
    "missing": lambda words: words.missing,
    "unconfirmed": lambda words: words.waiting is not None,
    "confirmed": lambda words: words.shown is not None,
    "machine": lambda words: words.machine is not None,
}
_STATES = {
    "missing": gettext_lazy("missing"),
    "confirmed": gettext_lazy("confirmed"),
}
_KEEPERS_STATES = {
    "missing": gettext_lazy("missing"),
    "unconfirmed": gettext_lazy("waiting for a second person"),
    "confirmed": gettext_lazy("confirmed"),
    "machine": gettext_lazy("only made by a machine"),
}


@require_safe
def voice_list(request: HttpRequest, slug: str) -> HttpResponse:
    community = community_for(request, slug, Verb.READ_COMMUNITY)
    keeper = keeps_words(user_of(request), community)
    rows = words_of(community, keeper=keeper)
    progress = progress_in(rows)
    languages = [(each.language, language_name(each.language)) for each in progress]
    states = _KEEPERS_STATES if keeper else _STATES
    found = listing(
        request,
        rows,
        search=_with_words,
        # The language first: a state then means the state in that language.
        filters=[
            Filter("language", gettext_lazy("Language"), languages, _in_language),
            Filter("state", gettext_lazy("State"), list(states.items()), _in_state),
            Filter("group", gettext_lazy("About"), _groups(), _in_group),
        ],
    )
    context = {"community": community, "listing": found, "progress": progress, "keeper": keeper}
    return render(request, "governance/voice_list.html", context)


@require_safe
def voice_clause(request: HttpRequest, slug: str, clause: str) -> HttpResponse:
    community = community_for(request, slug, Verb.READ_COMMUNITY)
    user = user_of(request)
    keeper = keeps_words(user, community)
    words = words_on(community, _known(clause), keeper=keeper)
    context = {
        **_clause_context(community, words),
        "written": [each for each in words.languages if each.texts or each.rest],
        "unwritten": [each.language for each in words.languages if keeper and each.missing],
        "keeper": keeper,
        "may_confirm": community_may(roles_in(user, community), Verb.DECIDE),
        "user_id": user.pk,
    }
    return render(request, "governance/voice_clause.html", context)


@require_http_methods(["GET", "POST"])
def voice_write(request: HttpRequest, slug: str, clause: str) -> HttpResponse:
    community = community_for(request, slug, Verb.NAME_BODIES)
    known = _known(clause)
    sent = request.method == "POST"
    form = VoiceForm(
        request.POST if sent else None,
        request.FILES if sent else None,
        initial={"language": request.GET.get("language", "")[:35]},
    )
    return fill_in(
        request,
        form,
        lambda _filled: actions.write(
            community_id=community.pk,
            actor=user_of(request),
            clause=known.code,
            wording=form.wording(),
        ),
        template="governance/voice_write.html",
        context=_clause_context(community, words_on(community, known, keeper=True)),
        url=_url(community, known.code),
        said=_written,
    )


@require_http_methods(["GET", "POST"])
def voice_confirm(request: HttpRequest, slug: str, voice_id: object) -> HttpResponse:
    voice = _voice(request, slug, voice_id, Verb.DECIDE)
    return fill_in(
        request,
        ConfirmForm(request.POST if request.method == "POST" else None),
        lambda _filled: actions.confirm(voice.pk, actor=user_of(request)),
        template="governance/voice_confirm.html",
        context=_context(request, voice),
        url=_url(voice.community, voice.clause),
        said=_("Confirmed. Your whole community can read it now."),
    )


@require_http_methods(["GET", "POST"])
def voice_remove(request: HttpRequest, slug: str, voice_id: object) -> HttpResponse:
    voice = _voice(request, slug, voice_id, Verb.NAME_BODIES)
    return fill_in(
        request,
        RemoveForm(request.POST if request.method == "POST" else None),
        lambda filled: actions.remove(voice.pk, actor=user_of(request), reason=filled["reason"]),
        template="governance/voice_remove.html",
        context=_context(request, voice),
        url=_url(voice.community, voice.clause),
        said=_("Taken away. Stewards and convenors can still read it."),
    )


@never_cache
@require_safe
def voice_audio(request: HttpRequest, slug: str, voice_id: object) -> HttpResponseBase:
    """Send the recording of a wording to who may read it, or the piece that a player asks for."""
    voice = _voice(request, slug, voice_id, Verb.READ_COMMUNITY)
    return send_sound(request, voice.audio, voice.audio_type, name=f"words-{voice.pk}")


def _voice(request: HttpRequest, slug: str, voice_id: object, verb: Verb) -> ClauseVoice:
    """Return a wording of the community if the visitor may do this there, and may read it.

    Raises:
        Http404: no such wording, or not for her; or its clause is not in the library any more.
    """
    community = community_for(request, slug, verb)
    keeper = keeps_words(user_of(request), community)
    voice = get_object_or_404(voices_seen(community, keeper=keeper), public_id=voice_id)
    _known(voice.clause)
    return voice


def _known(code: str) -> Clause:
    if code not in library():
        raise Http404
    return library()[code]


def _context(request: HttpRequest, voice: ClauseVoice) -> dict[str, Any]:
    words = words_on(voice.community, library()[voice.clause], keeper=True)
    (here,) = words.only(voice.language).languages
    return {
        **_clause_context(voice.community, words),
        "voice": voice,
        "own": voice.written_by.user_id == user_of(request).pk,
        "now": here.shown,
        "after": _after(here, voice),
    }


def _url(community: Community, clause: str) -> str:
    return reverse("governance:voice-clause", args=[community.slug, clause])


def _after(here: Words, voice: ClauseVoice) -> ClauseVoice | None:
    """Return the version that is shown in this language when this one is taken away."""
    if here.shown is None or here.shown.pk != voice.pk:
        return here.shown
    earlier = (each for each in here.rest if each.confirmed_at and not each.removed_at)
    return next(earlier, None)


def _clause_context(community: Community, words: ClauseWords) -> dict[str, Any]:
    return {
        "community": community,
        "clause": words.clause,
        "title": _(words.clause.title),
        "signed": words.text,
        "languages": words.languages,
    }


def _written(voice: ClauseVoice) -> str:
    if voice.machine:
        return _("Kept, and marked as made by a machine. Only stewards and convenors see it.")
    return _("Kept. Your community sees it as soon as a second steward has confirmed it.")


def _with_words(rows: list[ClauseWords], text: str) -> list[ClauseWords]:
    """Keep the clauses with every word of the search in their text, or in one of our own."""
    wanted = text.casefold().split()
    return [row for row in rows if all(word in _all_said(row) for word in wanted)]


def _all_said(row: ClauseWords) -> str:
    own = [text for words in row.languages for text in words.texts]
    return " ".join([row.clause.code, _(row.clause.title), row.text, *own]).casefold()


def _in_language(rows: list[ClauseWords], language: str) -> list[ClauseWords]:
    return [row.only(language) for row in rows]


def _in_state(rows: list[ClauseWords], state: str) -> list[ClauseWords]:
    holds = _HOLDS[state]
    # Before the first language is used, everything is missing.
    nothing = state == "missing"
    return [
        row
        for row in rows
        if any(holds(words) for words in row.languages) or (nothing and not row.languages)
    ]


def _in_group(rows: list[ClauseWords], group: str) -> list[ClauseWords]:
    return [row for row in rows if row.clause.group == group]


def _groups() -> list[tuple[str, str]]:
    return [(key, _(title)) for key, title in GROUPS.items()]
