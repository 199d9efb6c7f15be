"""Protocols that are still being written: begun, saved, dropped. Nobody signs a draft."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from governance.actions.audit import record
from governance.actions.permissions import require_member
from governance.errors import NotReady
from governance.models import Community, ProtocolDraft, User
from governance.models.protocols import MAIN
from governance.protocol_content import BROAD, SAY_ANCESTRY, tidy
from governance.queries.protocols import protocol_drafts_of, protocol_lines
from governance.rules import Verb

MAX_DRAFTS = 50  # open ones in one community
SITTING = timedelta(minutes=10)
"""Saves that follow each other faster than this are one entry in the log."""


@transaction.atomic
def start(
    *, community_id: int, actor: User, title: str, content: Mapping[str, Any], line: str = ""
) -> ProtocolDraft:
    """Begin a draft.

    Args:
        content: as ``governance.protocol_content`` says; what is odd in it falls away.
        line: whose next version it shall be; empty begins a further protocol.
    Raises:
        NotAllowed: nobody who prepares protocols here.
        NotReady: no title, no such line, or too many drafts.
    """
    community = Community.objects.select_for_update().get(pk=community_id)
    require_member(actor, Verb.PREPARE, community)
    title = _title(title)
    lines = protocol_lines(community)
    if line and line not in lines and not (line == MAIN and not lines):
        raise NotReady("There is no such protocol of which this could be the next version.")
    if protocol_drafts_of(community).count() >= MAX_DRAFTS:
        raise NotReady(f"There are {MAX_DRAFTS} drafts already. Drop some that nobody needs.")
    draft = ProtocolDraft.objects.create(
        community=community,
        line=line or _new_line(community, title, set(lines)),
        title=title,
        content=tidy(content),
        made_by=actor,
    )
    _record("protocol.draft", draft, actor)
    return draft


@transaction.atomic
def save(
    draft_id: int,
    *,
    actor: User,
    title: str,
    content: Mapping[str, Any],
    seen: datetime | None = None,
) -> ProtocolDraft:
    """Keep what was written.

    Args:
        seen: when the draft was last saved, as the writer saw it; None does not look.
    Raises:
        NotAllowed: nobody who prepares protocols here.
        NotReady: the draft is gone, somebody else saved it meanwhile, or the use lets ancestry
            research in and nobody has said whether that is meant (R-09).
    """
    draft = _locked(draft_id)
    require_member(actor, Verb.PREPARE, draft.community)
    if seen is not None and seen != draft.updated_at:
        raise NotReady(
            "Somebody else saved this draft after you opened it. Copy what you changed, open the "
            "draft again, and put it in there."
        )
    kept = tidy(content)
    if kept["use"] in BROAD and not kept["ancestry"]:
        raise NotReady(SAY_ANCESTRY)
    first = timezone.now() - draft.updated_at > SITTING or draft.made_by_id != actor.pk
    draft.title, draft.content = _title(title), kept
    draft.save(update_fields=["title", "content", "updated_at"])
    if first:
        _record("protocol.save-draft", draft, actor)
    return draft


@transaction.atomic
def drop(draft_id: int, *, actor: User) -> ProtocolDraft:
    """Put a draft away for good.

    Raises:
        NotAllowed: nobody who prepares protocols here.
        NotReady: it is gone already.
    """
    draft = _locked(draft_id)
    require_member(actor, Verb.PREPARE, draft.community)
    draft.dropped_at = timezone.now()
    draft.save(update_fields=["dropped_at"])
    _record("protocol.drop-draft", draft, actor)
    return draft


def _locked(draft_id: int) -> ProtocolDraft:
    rows = ProtocolDraft.objects.select_for_update(of=("self",)).select_related("community")
    draft = rows.get(pk=draft_id)
    if draft.put_at is not None:
        raise NotReady("This draft is put to the stewards already.")
    if draft.dropped_at is not None:
        raise NotReady("This draft was dropped.")
    return draft


def _title(title: str) -> str:
    title = " ".join(title.split())
    if not 1 <= len(title) <= 120:
        raise NotReady("A protocol needs a title of at most 120 characters.")
    return title


def _new_line(community: Community, title: str, taken: set[str]) -> str:
    """Return a short name that no line of this community has, nor a draft of a new one.

    Until one protocol was put to the stewards, every draft is one for the first.
    """
    if not taken:
        return MAIN
    drafts = ProtocolDraft.objects.filter(community=community).values_list("line", flat=True)
    taken = taken | set(drafts)
    # A title in letters that make no address gets a plain name with a number.
    stem = slugify(title)[:32].strip("-") or "protocol"
    number, line = 1, stem
    while line in taken:
        number += 1
        line = f"{stem}-{number}"
    return line


def _record(verb: str, draft: ProtocolDraft, actor: User) -> None:
    record(
        verb,
        actor=actor,
        subject=f"protocol-draft:{draft.public_id}",
        community=draft.community,
    )
