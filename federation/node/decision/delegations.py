"""Tells the operator of a delegation that came with a grant, and whether the grant rests on it."""

from datetime import UTC, datetime

from consent.grants.delegation import Delegation, in_words, require_granted
from consent.grants.errors import GrantRefused, UnknownCharter
from consent.grants.grant import parse_grant
from federation.node.books.state import HeldGrant, State


def delegation_words(state: State, held: HeldGrant) -> list[str]:
    """Say on what delegation a grant rests, in words that name it; nothing where none came."""
    if held.signed.under is None:
        return []
    try:
        delegation, delegate = _resting_on(state, held)
    except GrantRefused as refusal:
        return [f"A delegation came with this grant, and it does not count here: {refusal}"]
    if delegation is None:
        return ["A delegation came with this grant and is not needed: enough stewards signed."]
    used = len(state.counted().get(delegation.id, ()))
    return [
        f"It rests on delegation {delegation.id}, not on enough stewards' own signatures:",
        *(f"  {line}" for line in in_words(delegation, delegate=delegate)),
        f"  Grants used under it at this node: {used} of {delegation.max_grants}.",
    ]


def _resting_on(state: State, held: HeldGrant) -> tuple[Delegation | None, str]:
    """Give the delegation that the grant rests on now, if it does, and the delegate's name.

    Raises:
        GrantRefused: neither the ballots on the grant nor the delegation suffice.
    """
    claims = parse_grant(held.signed.statement)
    for charter in state.chain():
        if charter.digest == claims.charter_digest:
            at = datetime.now(UTC)
            found = require_granted(
                held.signed, claims, charter=charter, at=at, counted=state.counted()
            )
            names = {steward.id: steward.name for steward in charter.stewards}
            return found, names[found.delegate] if found else ""
    raise UnknownCharter("The grant names a charter that this node does not hold.")
