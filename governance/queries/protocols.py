"""Protocols that are being written, and the lines of versions that a community keeps."""

from django.db.models import QuerySet

from governance.models import Body, Community, Protocol, ProtocolDraft
from governance.queries.documents import protocols_of
from governance.rules import StatementState


def protocol_drafts_of(community: Community) -> QuerySet[ProtocolDraft]:
    """Drafts that are neither put to the stewards nor dropped, the last touched first."""
    rows = ProtocolDraft.objects.filter(
        community=community, put_at__isnull=True, dropped_at__isnull=True
    )
    return rows.select_related("community", "made_by").order_by("-updated_at", "-pk")


def protocol_lines(community: Community) -> dict[str, str]:
    """Return the title of each line, by its short name: of the version in force, or the newest.

    A line whose only text was never adopted is one too: it may be written anew.
    """
    titles: dict[str, str] = {}
    rows = Protocol.objects.filter(community=community).order_by("line", "number", "pk")
    for line, title, adopted_at in rows.values_list("line", "title", "adopted_at"):
        if adopted_at is not None or line not in titles:
            titles[line] = title
    return titles


def open_protocol(community: Community, line: str) -> Protocol | None:
    """Return the text of this line that is put to the stewards now."""
    return protocols_of(community).filter(line=line, statement__state=StatementState.OPEN).first()


def adopted_protocols(community: Community) -> QuerySet[Protocol]:
    """Every version that was in force at some time, by line, newest first."""
    rows = protocols_of(community).filter(adopted_at__isnull=False)
    return rows.order_by("line", "-number")


def body_names(community: Community) -> tuple[str, ...]:
    """Return the community's own names for its bodies of today."""
    rows = Body.objects.filter(community=community, ended_at__isnull=True)
    return tuple(rows.order_by("name").values_list("name", flat=True))
