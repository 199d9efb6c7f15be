"""Charters: written from who the stewards are now, signed by them, in force when they agree."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from consent.grants.charter import NodeKeys, parse_charter
from consent.grants.codec import b64u, time_text
from consent.grants.errors import Malformed
from consent.grants.statements import TYPES, Answer
from governance.actions import statements
from governance.actions.permissions import require_member, require_seated
from governance.actions.statements import Assertion, CastResult
from governance.checkpoint import checkpoint_public
from governance.errors import NotReady
from governance.models import Charter, Community, Membership, Protocol, Statement, User
from governance.queries import charter_in_force, charters_of, credentials_of, stewards_of
from governance.rules import StatementKind, StatementState, Verb


@transaction.atomic
def draft(
    *,
    community_id: int,
    actor: User,
    nodes: Sequence[NodeKeys],
    rules: Mapping[str, Mapping[str, Any]],
    floor: int,
) -> Charter:
    """Write the next charter from the stewards and passkeys of today, and put it to the stewards.

    Args:
        nodes: the keys of the community's own nodes.
        rules: for each type of statement ``{"rule": "threshold", "m": 2}`` or the like.
        floor: least number of yes that any decision but a pause may rest on.
    Raises:
        NotAllowed: not a steward here.
        NotReady: a steward has no passkey, another charter is open, or the rules do not fit.
    """
    community = Community.objects.select_for_update().get(pk=community_id)
    membership = require_member(actor, Verb.PROPOSE_CHARTER, community)
    if charters_of(community).filter(statement__state=StatementState.OPEN).exists():
        raise NotReady("A charter is put to the stewards already. Take it back first.")
    before = charter_in_force(community)
    number = before.number + 1 if before else 1
    document = {
        "number": number,
        "previous": before.statement.digest if before else None,
        "rules": {name: dict(rules[name]) for name in sorted(TYPES & rules.keys())},
        "floor": floor,
        "nodes": [_node(node) for node in nodes],
        **_as_it_is(community),
    }
    statement = statements.propose(
        community=community, kind=StatementKind.CHARTER, document=document, proposed_by=membership
    )
    _must_be_readable(statement)
    return Charter.objects.create(community=community, number=number, statement=statement)


def sign(
    charter_id: int, *, actor: User, answer: Answer, assertion: Assertion, comment: str = ""
) -> CastResult:
    """Take a steward's answer to a charter; when that settles it, it is in force at once.

    Raises: as ``statements.cast``.
    """
    charter = Charter.objects.select_related("community", "statement__community").get(pk=charter_id)
    with statements.ballot_refusals_recorded(charter.statement, actor=actor):
        return _sign(charter, actor, answer, assertion, comment)


@transaction.atomic
def _sign(
    charter: Charter, actor: User, answer: Answer, assertion: Assertion, comment: str
) -> CastResult:
    # One charter at a time: two drafts could otherwise both become the next one.
    Community.objects.select_for_update().get(pk=charter.community_id)
    result = statements.cast(
        charter.statement_id, actor=actor, answer=answer, assertion=assertion, comment=comment
    )
    if result.adopted:
        Charter.objects.filter(pk=charter.pk).update(adopted_at=timezone.now())
        _let_older_drafts_fall(charter.community, actor)
    return result


@transaction.atomic
def take_back(charter_id: int, *, actor: User, reason: str) -> Charter:
    """Withdraw a charter that is not decided yet.

    Raises:
        NotAllowed: not a steward here, or not one whom the charter in force names.
        StatementClosed: it is decided, or was taken back before.
    """
    charter = Charter.objects.select_related("community", "statement").get(pk=charter_id)
    require_seated(actor, Verb.PROPOSE_CHARTER, charter.community)
    statements.let_fall(charter.statement, actor=actor, reason=reason)
    return charter


def _let_older_drafts_fall(community: Community, actor: User) -> None:
    """Close what was to be decided by the charter before; its ballots no longer count."""
    drafts = Protocol.objects.filter(community=community, statement__state=StatementState.OPEN)
    for row in drafts.select_related("statement"):
        statements.let_fall(row.statement, actor=actor, reason="A new charter came into force.")


def _as_it_is(community: Community) -> dict[str, Any]:
    """Return what of a charter is as it is: who is a steward now, and where they sign."""
    return {
        "type": "charter",
        "version": 1,
        "community": community.slug,
        "created": time_text(timezone.now()),
        "stewards": [_steward(steward) for steward in stewards_of(community)],
        "relying_party": {"id": settings.KINHOLD_RP_ID, "origins": [settings.KINHOLD_ORIGIN]},
        "checkpoint_key": b64u(checkpoint_public()),
    }


def _steward(membership: Membership) -> dict[str, Any]:
    keys = credentials_of(membership.user)
    if not keys:
        raise NotReady(
            f"{membership.shown_name} has no passkey yet. A charter names every steward's passkey."
        )
    return {
        "id": membership.steward_id,
        "name": membership.shown_name,
        "bodies": list(membership.bodies),
        "keys": [{"credential_id": b64u(key), "cose": b64u(cose)} for key, cose in keys],
    }


def _node(node: NodeKeys) -> dict[str, str]:
    return {
        "name": node.name,
        "receipt_key": b64u(node.receipt_key),
        "supernode_key": node.supernode_key,
    }


def _must_be_readable(statement: Statement) -> None:
    """Refuse to ask for signatures on a charter that no node would read."""
    try:
        parse_charter(statement.text.encode())
    except Malformed as refusal:
        raise NotReady(str(refusal)) from refusal
