"""Charters: written from who the stewards are now, signed by them, in force when they agree."""

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from consent.grants.charter import Charter as ParsedCharter
from consent.grants.charter import NodeKeys, parse_charter
from consent.grants.codec import b64u, canonical, time_text
from consent.grants.errors import Malformed
from consent.grants.statements import TYPES, Answer
from consent.grants.tally import can_be_decided
from governance.actions import second_looks, statements
from governance.actions.permissions import require_seated
from governance.actions.staffing import require_lasting
from governance.actions.statements import Assertion, CastResult
from governance.checkpoint import checkpoint_public
from governance.errors import NotReady
from governance.models import Charter, Community, Membership, Statement, User
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
    without: Collection[str] = (),
) -> Charter:
    """Write the next charter from the stewards and passkeys of today, and put it to the stewards.

    Args:
        nodes: the keys of the community's own nodes.
        rules: for each type of statement ``{"rule": "threshold", "m": 2}`` or the like.
        floor: least number of yes that any decision but a pause may rest on.
        without: ids of present stewards whom it is not to name. Their roles stay as they are.
    Raises:
        NotAllowed: not a steward here, or not one whom the charter in force names.
        NotReady: a steward has no passkey, another charter is open, or the rules do not fit.
        TooFewStewards: their terms end so that too few would be left to decide.
    """
    community = Community.objects.select_for_update().get(pk=community_id)
    membership = require_seated(actor, Verb.PROPOSE_CHARTER, community)
    _must_be_the_only_one(community)
    charter = _put(community, membership, _written(community, nodes, rules, floor, without))
    require_lasting(community, charter.statement)
    return charter


def preview(
    *,
    community: Community,
    nodes: Sequence[NodeKeys],
    rules: Mapping[str, Mapping[str, Any]],
    floor: int,
    without: Collection[str] = (),
) -> ParsedCharter:
    """Return the charter that ``draft`` would put to the stewards now; nothing is kept.

    Raises:
        NotReady: a steward has no passkey, or the rules do not fit.
    """
    document = _written(community, nodes, rules, floor, without)
    return _must_be_sound(canonical(_placed(community, document)))


@transaction.atomic
def draft_replacement(
    *, community_id: int, actor: User, membership_id: int, credential_ids: Collection[bytes]
) -> Charter:
    """Put the charter in force to the stewards again, with other passkeys of one of them.

    Everything else in it stays word for word. The rule of the charter in force decides.

    Args:
        membership_id: the steward whose passkeys change.
        credential_ids: which of the passkeys on her account today the next charter names.
    Raises:
        NotAllowed: not a steward here, or not one whom the charter in force names.
        NotReady: no charter, another one is open, it does not name her, a passkey is not on her
            account, or nothing would change.
    """
    community = Community.objects.select_for_update().get(pk=community_id)
    membership = require_seated(actor, Verb.PROPOSE_CHARTER, community)
    _must_be_the_only_one(community)
    before = charter_in_force(community)
    if before is None:
        raise NotReady("There is no charter yet in which a passkey could be replaced.")
    whose = Membership.objects.select_related("user").get(pk=membership_id, community=community)
    document: dict[str, Any] = json.loads(before.statement.text)
    seats = [seat for seat in document["stewards"] if seat["id"] == whose.steward_id]
    if not seats:
        raise NotReady(f"The charter in force does not name {whose.shown_name}.")
    keys = _chosen_keys(whose, credential_ids)
    if _same_keys(seats[0]["keys"], keys):
        raise NotReady("The charter in force names just these passkeys. Nothing would change.")
    seats[0]["keys"] = keys
    return _put(community, membership, document | {"created": time_text(timezone.now())})


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
    """Close what was to be decided by the charter before; its ballots no longer count.

    Every protocol of the community, delegations, and what a second steward was to confirm. What
    the app above keeps, it closes.
    """
    second_looks.let_fall_here(community)
    drafts = Statement.objects.filter(
        community=community,
        state=StatementState.OPEN,
        kind__in=(StatementKind.PROTOCOL, StatementKind.DELEGATION),
    )
    for statement in drafts.order_by("pk"):
        statements.let_fall(statement, actor=actor, reason="A new charter came into force.")


def _must_be_the_only_one(community: Community) -> None:
    if charters_of(community).filter(statement__state=StatementState.OPEN).exists():
        raise NotReady("A charter is put to the stewards already. Take it back first.")


def _put(community: Community, membership: Membership, document: Mapping[str, Any]) -> Charter:
    """Number a charter's text, bind it to the one in force, and put it to the stewards."""
    placed = _placed(community, document)
    statement = statements.propose(
        community=community, kind=StatementKind.CHARTER, document=placed, proposed_by=membership
    )
    _must_be_sound(statement.text.encode())
    number = placed["number"]
    return Charter.objects.create(community=community, number=number, statement=statement)


def _placed(community: Community, document: Mapping[str, Any]) -> dict[str, Any]:
    before = charter_in_force(community)
    return {
        **document,
        "number": before.number + 1 if before else 1,
        "previous": before.statement.digest if before else None,
    }


def _written(
    community: Community,
    nodes: Sequence[NodeKeys],
    rules: Mapping[str, Mapping[str, Any]],
    floor: int,
    without: Collection[str],
) -> dict[str, Any]:
    return {
        "rules": {name: dict(rules[name]) for name in sorted(TYPES & rules.keys())},
        "floor": floor,
        "nodes": [_node(node) for node in nodes],
        **_as_it_is(community, without),
    }


def _chosen_keys(whose: Membership, credential_ids: Collection[bytes]) -> list[dict[str, str]]:
    held = dict(credentials_of(whose.user))
    if not credential_ids:
        raise NotReady(f"Choose at least one passkey by which {whose.shown_name} is to sign.")
    if not held.keys() >= set(credential_ids):
        raise NotReady(f"That passkey is not on {whose.shown_name}'s account.")
    return [_key(key, cose) for key, cose in held.items() if key in credential_ids]


def _same_keys(one: Sequence[Mapping[str, str]], other: Sequence[Mapping[str, str]]) -> bool:
    return {key["cose"] for key in one} == {key["cose"] for key in other}


def _as_it_is(community: Community, without: Collection[str]) -> dict[str, Any]:
    """Return what of a charter is as it is: who is a steward now, and where they sign."""
    seated = [s for s in stewards_of(community) if s.steward_id not in without]
    return {
        "type": "charter",
        "version": 1,
        "community": community.slug,
        "created": time_text(timezone.now()),
        "stewards": [_steward(steward) for steward in seated],
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
        "keys": [_key(key, cose) for key, cose in keys],
    }


def _key(credential_id: bytes, cose: bytes) -> dict[str, str]:
    return {"credential_id": b64u(credential_id), "cose": b64u(cose)}


def _node(node: NodeKeys) -> dict[str, str]:
    return {
        "name": node.name,
        "receipt_key": b64u(node.receipt_key),
        "supernode_key": node.supernode_key,
    }


def _must_be_sound(text: bytes) -> ParsedCharter:
    """Refuse to ask for signatures on a charter that no node would read, or nobody could use."""
    try:
        charter = parse_charter(text)
    except Malformed as refusal:
        raise NotReady(str(refusal)) from refusal
    stuck = can_be_decided(
        charter.rules,
        stewards=charter.bodies.keys(),
        bodies=charter.bodies,
        floor=charter.floor,
    )
    if stuck:
        raise NotReady(
            f"With the stewards of today nobody could ever decide on: {', '.join(stuck)}. "
            "Ask for fewer signatures, or seat more people."
        )
    return charter
