"""Protocols that leave as files and come in as drafts. Both are told in the community's log."""

from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any

from django.db import transaction

from governance.actions import protocol_drafts
from governance.actions.audit import record
from governance.actions.permissions import require_member
from governance.exchange import offer, own
from governance.exchange.errors import BadFile
from governance.exchange.reading import Imported, object_in
from governance.models import Community, Protocol, ProtocolDraft, User
from governance.queries.exchange import document_of
from governance.rules import Verb

FORMS: dict[str, Callable[[Mapping[str, Any]], str]] = {"json": own.export, "odrl": offer.export}


@transaction.atomic
def take_out(protocol_id: int, *, actor: User, form: str) -> str:
    """Return one version of a protocol as a file.

    Args:
        form: ``json`` or ``odrl``.
    Raises:
        NotAllowed: nobody of this community.
        NotReady: its text is older than what files can hold.
    """
    protocol = Protocol.objects.select_related("community", "statement").get(pk=protocol_id)
    require_member(actor, Verb.READ_COMMUNITY, protocol.community)
    text = FORMS[form](document_of(protocol))
    record(
        "protocol.export",
        actor=actor,
        subject=f"statement:{protocol.statement.public_id}",
        community=protocol.community,
        reason=f"As {form}.",
        document_digest=protocol.statement.digest,
    )
    return text


@transaction.atomic
def take_in(
    community_id: int, *, actor: User, data: bytes, line: str = ""
) -> tuple[ProtocolDraft, Imported]:
    """Make a draft out of a file, in either form: all of it, or nothing.

    Args:
        line: whose next version it shall be; empty begins a further protocol.
    Raises:
        NotAllowed: nobody who prepares protocols here.
        BadFile: with the place of what is wrong.
        NotReady: no such line, or too many drafts.
    """
    community = Community.objects.get(pk=community_id)
    require_member(actor, Verb.PREPARE, community)
    found = read(data)
    draft = protocol_drafts.start(
        community_id=community.pk,
        actor=actor,
        title=found.title,
        content=found.content,
        line=line,
    )
    record(
        "protocol.import",
        actor=actor,
        subject=f"protocol-draft:{draft.public_id}",
        community=community,
        document_digest=sha256(data).hexdigest(),
    )
    return draft, found


def read(data: bytes) -> Imported:
    """Read a file in either form.

    Raises:
        BadFile: it is in neither, or something in it does not fit.
    """
    whole = object_in(data)
    if "@context" in whole:
        return offer.read(data)
    if "format" in whole:
        return own.read(data)
    raise BadFile("", "This is neither a protocol in our own JSON nor an ODRL Offer.")
