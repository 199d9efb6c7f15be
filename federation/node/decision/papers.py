"""What this community's grants are read under: its charters, and its newest stops."""

from dataclasses import dataclass
from datetime import datetime

from consent.grants.charter import Charter
from consent.grants.errors import StaleNotices
from consent.grants.notices import Notices, require_fresh
from federation.node.books.receipts import Account
from federation.node.books.state import State
from federation.node.errors import NoFreshStops, NotPinned
from federation.node.home import NodeConfig


def pinned_chain(state: State) -> tuple[Charter, ...]:
    """Give the charters the node holds.

    Raises:
        NotPinned: nobody has pinned one yet.
    """
    chain = state.chain()
    if not chain:
        raise NotPinned("This node has no charter yet; its operator must pin one.")
    return chain


def require_stops_fresh(state: State, config: NodeConfig, *, at: datetime) -> Notices:
    """Give the newest list of revocations and pauses.

    Raises:
        NoFreshStops: there is none, or it is older than this node's limit. Older means stop.
    """
    notices = state.notices()
    if notices is None:
        raise NoFreshStops("This node has never seen a list of notices.")
    try:
        require_fresh(notices, at=at, max_age_s=config.notice_max_age_s)
    except StaleNotices as refusal:
        raise NoFreshStops(str(refusal)) from refusal
    return notices


@dataclass(frozen=True)
class Papers:
    """What this community's grants are read under: its charters, and its newest stops."""

    chain: tuple[Charter, ...]
    notices: Notices


def papers_in_force(state: State, config: NodeConfig, account: Account, *, at: datetime) -> Papers:
    """Steps 102 and 103: the stops are fresh, and people pinned a charter.

    Raises:
        NoFreshStops, NotPinned: one is missing.
    """
    notices = require_stops_fresh(state, config, at=at)
    account.passed(NoFreshStops.local_step)
    chain = pinned_chain(state)
    account.passed(NotPinned.local_step)
    return Papers(chain, notices)
