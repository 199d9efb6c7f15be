"""Two texts of a community's protocols side by side: versions, or a draft and a version."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from governance.forms.protocols import CompareForm
from governance.models import Community, Protocol, ProtocolDraft
from governance.protocol_content import preview
from governance.protocol_diff import compare
from governance.queries import protocols_of, roles_in
from governance.queries.protocols import protocol_drafts_of
from governance.rules import Verb, community_may
from governance.views.visitor import community_for, user_of


@require_safe
def protocol_compare(request: HttpRequest, slug: str) -> HttpResponse:
    community = community_for(request, slug, Verb.READ_COMMUNITY)
    texts = _texts(request, community)
    names = [(key, _name(text)) for key, text in texts.items()]
    form = CompareForm(request.GET or None, texts=names)
    chosen = form.cleaned_data if form.is_valid() else {}
    left, right = texts.get(chosen.get("left", "")), texts.get(chosen.get("right", ""))
    context: dict[str, Any] = {"community": community, "form": form, "texts": names}
    if left and right:
        context |= {
            "left": _name(left),
            "right": _name(right),
            "parts": compare(_document(left), _document(right)),
        }
    return render(request, "governance/protocol_compare.html", context)


def _texts(request: HttpRequest, community: Community) -> dict[str, Protocol | ProtocolDraft]:
    """Return everything that may be compared, by its key in the address.

    Drafts are only for those who write them.
    """
    versions = protocols_of(community).order_by("line", "-number", "-pk")
    found: dict[str, Protocol | ProtocolDraft] = {str(p.pk): p for p in versions}
    if community_may(roles_in(user_of(request), community), Verb.PREPARE):
        found |= {str(draft.public_id): draft for draft in protocol_drafts_of(community)}
    return found


def _document(text: Protocol | ProtocolDraft) -> dict[str, Any]:
    if isinstance(text, ProtocolDraft):
        return preview(text.content) | {"title": text.title}
    return dict(json.loads(text.statement.text))


def _name(text: Protocol | ProtocolDraft) -> str:
    if isinstance(text, ProtocolDraft):
        return _("Draft “{title}”").format(title=text.title)
    return _("“{title}”, version {number} ({state})").format(
        title=text.title, number=text.number, state=_state(text)
    )


def _state(protocol: Any) -> str:
    if protocol.in_force:
        return _("in force")
    if protocol.adopted_at:
        return _("replaced")
    return _("not in force")
