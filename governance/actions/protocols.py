"""Protocols: made of clauses from the library, signed by the stewards, then never changed."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from consent.grants.codec import time_text
from consent.grants.statements import Answer
from governance.actions import statements
from governance.actions.audit import record
from governance.actions.permissions import require_seated
from governance.actions.statements import Assertion, CastResult
from governance.errors import NotReady
from governance.models import Community, Protocol, ProtocolDraft, Statement, User
from governance.models.protocols import MAIN
from governance.protocol_content import Content, Unfinished, parts, tidy
from governance.protocol_warnings import loosened
from governance.queries import protocol_in_force
from governance.queries.protocols import open_protocol
from governance.rules import StatementKind, Verb


@transaction.atomic
def put(draft_id: int, *, actor: User, known: bool) -> Protocol:
    """Put a draft to the stewards as the next version of its line.

    Args:
        known: whether the writer said that she knows where it is looser than recommended.
    Raises:
        NotAllowed: not a steward here whom the charter in force names.
        NotReady: the draft is gone, or as for ``propose``.
    """
    rows = ProtocolDraft.objects.select_for_update(of=("self",)).select_related("community")
    draft = rows.get(pk=draft_id)
    require_seated(actor, Verb.PROPOSE_PROTOCOL, draft.community)
    if draft.put_at is not None or draft.dropped_at is not None:
        raise NotReady("This draft is put to the stewards or dropped already.")
    protocol = propose(
        community_id=draft.community_id,
        actor=actor,
        content=tidy(draft.content),
        line=draft.line,
        title=draft.title,
        known=known,
    )
    draft.put_at = timezone.now()
    draft.save(update_fields=["put_at"])
    return protocol


@transaction.atomic
def propose(
    *,
    community_id: int,
    actor: User,
    content: Content,
    line: str = MAIN,
    title: str = "Our protocol",
    known: bool = False,
) -> Protocol:
    """Write the next version of a line and put it to the stewards.

    Args: ``content`` as ``governance.protocol_content`` says, ``known`` as for ``put``.
    Raises:
        NotAllowed: not a steward here whom the charter in force names.
        NotReady: no charter yet, a text of this line is open, something is missing or does not
            fit, or it is looser than recommended and nobody said that this is known.
    """
    community = Community.objects.select_for_update().get(pk=community_id)
    membership = require_seated(actor, Verb.PROPOSE_PROTOCOL, community)
    if open_protocol(community, line) is not None:
        raise NotReady("A protocol is put to the stewards already. Take it back first.")
    before = protocol_in_force(community, line)
    number = before.number + 1 if before else 1
    made, loose = _made(content, known)
    document = {
        "line": line,
        "title": title,
        "number": number,
        "previous": before.statement.digest if before else None,
        **_kind_and_place(community),
        **made,
    }
    statement = statements.propose(
        community=community, kind=StatementKind.PROTOCOL, document=document, proposed_by=membership
    )
    _tell_what_is_loose(statement, loose, actor)
    return Protocol.objects.create(
        community=community, line=line, title=title, number=number, statement=statement
    )


def _kind_and_place(community: Community) -> dict[str, Any]:
    return {
        "type": "protocol",
        "version": 1,
        "community": community.slug,
        "created": time_text(timezone.now()),
    }


def _made(content: Content, known: bool) -> tuple[dict[str, Any], list[str]]:
    """Return the parts of the statement, and what in them is looser than recommended."""
    try:
        made = parts(content)
    except Unfinished as refusal:
        raise NotReady(str(refusal)) from refusal
    loose = [each.code for each in loosened(made)]
    if loose and not known:
        raise NotReady(
            "This is looser than recommended. Read the warnings, and say that you know of them."
        )
    return made, loose


def _tell_what_is_loose(statement: Statement, loose: Sequence[str], actor: User) -> None:
    if loose:
        record(
            "protocol.loosen",
            actor=actor,
            subject=f"statement:{statement.public_id}",
            community=statement.community,
            reason="Put in the knowledge of the warnings on: " + ", ".join(loose),
            document_digest=statement.digest,
        )


def sign(
    protocol_id: int, *, actor: User, answer: Answer, assertion: Assertion, comment: str = ""
) -> CastResult:
    """Take a steward's answer to a protocol; when that settles it, it is in force at once.

    Raises: as ``statements.cast``.
    """
    protocol = Protocol.objects.select_related("statement__community").get(pk=protocol_id)
    with statements.ballot_refusals_recorded(protocol.statement, actor=actor):
        return _sign(protocol, actor, answer, assertion, comment)


@transaction.atomic
def _sign(
    protocol: Protocol, actor: User, answer: Answer, assertion: Assertion, comment: str
) -> CastResult:
    Community.objects.select_for_update().get(pk=protocol.community_id)
    result = statements.cast(
        protocol.statement_id, actor=actor, answer=answer, assertion=assertion, comment=comment
    )
    if result.adopted:
        Protocol.objects.filter(pk=protocol.pk).update(adopted_at=timezone.now())
    return result


@transaction.atomic
def take_back(protocol_id: int, *, actor: User, reason: str) -> Protocol:
    """Withdraw a protocol that is not decided yet.

    Raises:
        NotAllowed: not a steward here, or not one whom the charter in force names.
        StatementClosed: it is decided, or was taken back before.
    """
    protocol = Protocol.objects.select_related("community", "statement").get(pk=protocol_id)
    require_seated(actor, Verb.PROPOSE_PROTOCOL, protocol.community)
    statements.let_fall(protocol.statement, actor=actor, reason=reason)
    return protocol
