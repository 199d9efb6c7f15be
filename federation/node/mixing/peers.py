"""Other communities whose nodes take part in a sum, known by the charters pinned here.

Of a peer the node holds charters only: which keys its nodes have. Its grants and stops are its own.
"""

import contextlib
from collections.abc import Callable
from datetime import datetime

from federation.node.books.state import State
from federation.node.decision import sync
from federation.node.decision.holders import Holders, all_holders, holder_state
from federation.node.errors import NotHidden
from federation.node.home import Home, NodeConfig
from federation.node.platform import Platform, PlatformUnreachable


def all_peers(config: NodeConfig) -> tuple[str, ...]:
    """Name every other community whose charter is, or is to be, pinned here."""
    return tuple(sorted({*config.peers, *all_holders(config)} - {config.community}))


def pinned_peer(holders: Holders, config: NodeConfig, community: str) -> State:
    """Give what the node holds of a peer.

    Raises:
        NotHidden: its charter was never pinned here; the sentence says how it is.
    """
    # Asked first: a name that no operator wrote down must not even become a file.
    if community in all_peers(config):
        state = holders.state(community)
        if state.chain():
            return state
    raise NotHidden(
        f"The charter of {community} is not pinned at this node, so its node could not be told "
        f'from a made-up one. Write peers = ["{community}"] into node.toml and compare the words '
        f"with a steward of {community}: kinhold-node pin --holder {community}"
    )


def fetch(state: State, platform: Platform, community: str, *, at: datetime) -> list[str]:
    """Take over charters that a peer adopted since; give what was not taken over, in words."""
    findings = sync.Findings()
    with contextlib.suppress(PlatformUnreachable):
        sync.take_charters(state, platform.charters(of=community), at=at, findings=findings)
    return findings.warnings


def synchronise(
    home: Home, config: NodeConfig, platform: Platform, *, at: datetime, note: Callable[[str], None]
) -> None:
    """Keep the charters of all peers up to date, beside any message."""
    for community in set(all_peers(config)) - set(all_holders(config)):
        state = holder_state(home, community)
        try:
            if state.chain():
                for warning in fetch(state, platform, community, at=at):
                    note(f"{community}: {warning}")
        finally:
            state.close()
