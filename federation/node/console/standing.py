"""Whether a grant may be used now, and if not, why and from when. Only a message's checks decide.

What is told here is what the operator can count on; it opens nothing. A message is checked
against everything, every time (docs/node.md, "The checks, in order").
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from consent.grants.errors import GrantRefused
from consent.grants.grant import Claims, parse_grant
from consent.grants.notices import ALL
from federation.node.books.state import HeldGrant, State
from federation.node.console.spans import moment, span_words
from federation.node.home import NodeConfig


@dataclass(frozen=True)
class Standing:
    """How a grant stands.

    Attributes:
        claims: None where the grant cannot be read.
        kind: one of unreadable, undecided, revoked, paused, ended, used-up, not-here, waiting,
            usable.
        usable_from: when cooling-off is over and the grant's time has begun; None while it is
            not decided.
    """

    grant: HeldGrant
    claims: Claims | None
    kind: str
    words: str
    usable_from: datetime | None = None
    rounds_used: int = 0


def standings(state: State, config: NodeConfig, at: datetime) -> list[Standing]:
    """Say of every grant the node holds how it stands, in the order of ``State.grants``."""
    return [standing_of(state, config, grant, at) for grant in state.grants()]


def standing_of(state: State, config: NodeConfig, grant: HeldGrant, at: datetime) -> Standing:
    """Say how one grant stands at ``at``."""
    try:
        claims = parse_grant(grant.signed.statement)
        under = frozenset({str(grant.signed.under.document["id"])} if grant.signed.under else ())
    except (GrantRefused, KeyError) as refusal:
        return Standing(grant, None, "unreadable", f"It cannot be read: {refusal}")
    used = state.rounds_used(grant.grant_id)
    start = _usable_from(grant, claims)
    kind, words = _stopped(state, frozenset({claims.id}) | under) or _by_itself(
        claims, start, used, at
    )
    if kind in {"usable", "waiting"} and claims.dataset not in config.datasets:
        kind, words = "not-here", f"Its dataset {claims.dataset} is not set up at this node."
    return Standing(grant, claims, kind, words, start, used)


def _usable_from(grant: HeldGrant, claims: Claims) -> datetime | None:
    if grant.first_seen is None:
        return None
    return max(grant.first_seen + timedelta(seconds=claims.cooling_off_s), claims.not_before)


def _stopped(state: State, ids: frozenset[str]) -> tuple[str, str] | None:
    notices = state.notices()
    if notices is None:
        return None
    if notices.revoked & ids:
        return "revoked", "Revoked by its community; it is never used again."
    if notices.paused & (ids | {ALL}):
        return "paused", "Paused by a steward."
    return None


def _by_itself(claims: Claims, start: datetime | None, used: int, at: datetime) -> tuple[str, str]:
    if at >= claims.not_after:
        return "ended", f"Its time ended on {moment(claims.not_after)}."
    if start is None:
        return "undecided", "It may not be used: signatures of stewards are missing."
    if used >= claims.max_rounds:
        one = claims.max_rounds == 1
        return (
            "used-up",
            "Its one round is used." if one else f"All its {claims.max_rounds} rounds are used.",
        )
    if at < start:
        # Up to the next minute: nobody is to come back too early.
        wait = span_words(math.ceil((start - at).total_seconds() / 60) * 60)
        return "waiting", f"It may be used in {wait}, from {moment(start)}."
    left = span_words((claims.not_after - at).total_seconds())
    rounds = claims.max_rounds - used
    count = f"{rounds} round{'' if rounds == 1 else 's'}"
    return "usable", f"It may be used now, for {left} more and {count} more."
