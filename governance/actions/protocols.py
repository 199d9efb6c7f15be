"""Protocols: made of clauses from the library, signed by the stewards, then never changed."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from consent.grants.codec import time_text
from consent.grants.statements import Answer
from governance.actions import statements
from governance.actions.permissions import require_member, require_seated
from governance.actions.statements import Assertion, CastResult
from governance.clauses import compose, library
from governance.errors import NotReady
from governance.models import Community, Protocol, User
from governance.queries import protocol_in_force, protocols_of
from governance.rules import CODE_POLICIES, PROTOCOL_NUMBERS, StatementKind, StatementState, Verb

Settings = Mapping[str, int | str]


@transaction.atomic
def draft(
    *,
    community_id: int,
    actor: User,
    clauses: Mapping[str, Mapping[str, str]],
    settings: Settings,
) -> Protocol:
    """Write the next protocol and put it to the stewards.

    Args:
        clauses: the codes chosen, each with what fills the holes in its text.
        settings: every number of ``PROTOCOL_NUMBERS``, and ``code_policy``.
    Raises:
        NotAllowed: not a steward here.
        NotReady: no charter yet, another protocol is open, or something does not fit.
    """
    community = Community.objects.select_for_update().get(pk=community_id)
    membership = require_member(actor, Verb.PROPOSE_PROTOCOL, community)
    if protocols_of(community).filter(statement__state=StatementState.OPEN).exists():
        raise NotReady("A protocol is put to the stewards already. Take it back first.")
    before = protocol_in_force(community)
    number = before.number + 1 if before else 1
    checked = _settings(settings)
    document = {
        "type": "protocol",
        "version": 1,
        "community": community.slug,
        "number": number,
        "previous": before.statement.digest if before else None,
        "created": time_text(timezone.now()),
        "clauses": _clauses(clauses, checked),
        "settings": checked,
    }
    statement = statements.propose(
        community=community, kind=StatementKind.PROTOCOL, document=document, proposed_by=membership
    )
    return Protocol.objects.create(community=community, number=number, statement=statement)


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


def _settings(wanted: Settings) -> dict[str, int | str]:
    if wanted.keys() != PROTOCOL_NUMBERS.keys() | {"code_policy"}:
        raise NotReady("A protocol needs every one of its settings, and no others.")
    for name, (least, most) in PROTOCOL_NUMBERS.items():
        value = wanted[name]
        if not isinstance(value, int) or not least <= value <= most:
            raise NotReady(f"The setting {name} must be a whole number from {least} to {most}.")
    if wanted["code_policy"] not in CODE_POLICIES:
        raise NotReady(f"The setting code_policy must be one of {', '.join(CODE_POLICIES)}.")
    return dict(wanted)


def _clauses(chosen: Mapping[str, Mapping[str, str]], settings: Settings) -> list[dict[str, Any]]:
    """Return the chosen clauses in the library's order, the locked ones always with them."""
    if unknown := sorted(chosen.keys() - library().keys()):
        raise NotReady(f"There is no clause {unknown[0]} in the library.")
    codes = [clause.code for clause in library().values() if clause.code in chosen or clause.locked]
    try:
        return [compose(code, chosen.get(code, {}), settings) for code in codes]
    except ValueError as refusal:
        raise NotReady(str(refusal)) from refusal
