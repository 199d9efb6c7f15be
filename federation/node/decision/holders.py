"""Further communities that have a say over a dataset kept at this node.

``node.toml`` names them, and people pinned each one's first charter here as they did the
community's own. A message that would use such a dataset needs a grant of every one of them, decided
by its own charter, stopped by its own notices, with rounds of its own. The platform's word that
"they agreed" counts for nothing. Source: docs/node.md, "Data that several communities hold".
"""

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NoReturn

from consent.grants.errors import GrantRefused
from consent.grants.grant import Claims
from consent.grants.verify import RunFacts
from federation.node.books.state import HeldGrant, State
from federation.node.decision import sync
from federation.node.decision.gate import Plan, checked
from federation.node.errors import HolderRefused
from federation.node.home import Dataset, Home, NodeConfig
from federation.node.platform import Platform, PlatformUnreachable


@dataclass(frozen=True)
class HolderSource:
    """The platform, asked about one further holder instead of the node's own community."""

    platform: Platform
    community: str

    def charters(self) -> list[str]:
        return self.platform.charters(of=self.community)

    def grants(self) -> list[str]:
        return self.platform.grants(of=self.community)

    def notices(self) -> tuple[bytes, str]:
        return self.platform.notices(of=self.community)


@dataclass(frozen=True)
class Consent:
    """What one further holder allows: its claims, and where its stops are found."""

    community: str
    state: State
    claims: Claims


class Holders:
    """The states of all further holders that ``node.toml`` names, opened on first use."""

    def __init__(self, home: Home, config: NodeConfig) -> None:
        self._home, self._config = home, config
        self._open: dict[str, State] = {}

    def state(self, community: str) -> State:
        """Give what this node holds of one further holder.

        Raises:
            NodeError: the file cannot be used.
        """
        if community not in self._open:
            self._open[community] = holder_state(self._home, community)
        return self._open[community]

    def fetch(self, dataset: Dataset, platform: Platform, *, at: datetime) -> None:
        """Fetch what the dataset's further holders said since, as for the own community.

        Raises:
            HolderRefused: a list of notices does not verify, or is an older one.
        """
        for community in dataset.holders:
            state = self.state(community)
            findings = sync.fetch_all(state, HolderSource(platform, community), at=at)
            for warning in findings.warnings:
                state.note(warning, at)
            if findings.bad_notices is not None:
                _refuse(community, findings.bad_notices)

    def require_allowed(
        self,
        dataset: Dataset,
        facts: RunFacts,
        grants: Mapping[str, str],
        *,
        at: datetime,
        counted: int = 0,
    ) -> tuple[Consent, ...]:
        """Put the message to ``allow_run`` once for each further holder.

        Args:
            facts: as they were put to the own community's grant.
            grants: the grant that the message names for each further holder.
            counted: how many of the rounds used are the very one that the message belongs to.
        Raises:
            HolderRefused: one of them did not agree to this, or not any more.
        """
        return tuple(
            self._allowed(community, facts, grants.get(community, ""), counted, at=at)
            for community in dataset.holders
        )

    def _allowed(
        self, community: str, facts: RunFacts, grant: str, counted: int, *, at: datetime
    ) -> Consent:
        state = self.state(community)
        chain, notices = state.chain(), state.notices()
        if not chain:
            raise HolderRefused(f"The charter of {community} is not pinned at this node.")
        if notices is None:
            raise HolderRefused(f"This node has never seen a list of notices of {community}.")
        held = self._held(state, community, grant)
        asked = replace(
            facts,
            community=community,
            rounds_used=max(0, state.rounds_used(grant) - counted),
            holds_only=True,
        )
        try:
            claims = checked(held, asked, chain, notices, state=state, config=self._config, at=at)
        except GrantRefused as refusal:
            _refuse(community, refusal)
        return Consent(community, state, claims)

    @staticmethod
    def _held(state: State, community: str, grant: str) -> HeldGrant:
        held = state.grant(grant) if grant else None
        if held is None:
            raise HolderRefused(
                f"{community} holds this dataset too, and the run names no grant of {community} "
                "that this node was shown."
            )
        return held


def as_all_agreed(plan: Plan, consents: tuple[Consent, ...]) -> Plan:
    """Give the plan as every holder's own grant limits it: the strictest word counts.

    The code, the parameters and the request are the same in all grants. What is to hide people
    stands in each of them, and the platform writes them: it could ask one holder for less.

    Raises:
        HolderRefused: the node would hide less, or let more leave, than one of them signed.
    """
    for consent in consents:
        if (looser := _looser(plan.claims, consent.claims)) is not None:
            raise HolderRefused(
                f"{consent.community} holds this dataset too, and its grant and this community's "
                f"differ on {looser}. Ask all holders for the same."
            )
    return replace(plan, least=max(plan.least, *(c.claims.min_cohort for c in consents), 0))


def _looser(own: Claims, other: Claims) -> str | None:
    """Say in what a grant protects less than another holder's; None if in nothing.

    A round's noise is worked out from how many rounds there are, so fewer mean less of it.
    """
    if other.secure_aggregation and not own.secure_aggregation:
        return "whether answers are mixed"
    if not set(own.outputs) <= set(other.outputs):
        return "what leaves"
    if other.dp is None:
        return None
    if (
        own.dp is None
        or own.dp.unit != other.dp.unit
        or own.dp.epsilon > other.dp.epsilon
        or own.dp.delta > other.dp.delta
        or own.max_rounds < other.max_rounds
    ):
        return "privacy noise"
    return None


def reserve_rounds(consents: tuple[Consent, ...]) -> None:
    """Count the round on each further holder's grant too, for good.

    Raises:
        HolderRefused: one of them has no round left.
    """
    for consent in consents:
        try:
            consent.state.reserve_round(consent.claims)
        except GrantRefused as refusal:
            _refuse(consent.community, refusal)


def fetch_notices(consents: tuple[Consent, ...], platform: Platform) -> None:
    """Ask for each further holder's newest notices; no answer changes nothing.

    Raises:
        HolderRefused: a list does not verify, perhaps to hide a stop.
    """
    for consent in consents:
        findings = sync.Findings()
        with contextlib.suppress(PlatformUnreachable):
            sync.take_notices(consent.state, HolderSource(platform, consent.community), findings)
        if findings.bad_notices is not None:
            _refuse(consent.community, findings.bad_notices)


def holder_state(home: Home, community: str) -> State:
    """Open, or begin, what a node holds of one further holder.

    Raises:
        NodeError: the file cannot be used.
    """
    home.holders.mkdir(mode=0o700, exist_ok=True)
    return State(home.holders / f"{community}.sqlite")


def all_holders(config: NodeConfig) -> tuple[str, ...]:
    """Name every further holder of any dataset here, in order."""
    return tuple(sorted({name for d in config.datasets.values() for name in d.holders}))


def synchronise(
    home: Home, config: NodeConfig, platform: Platform, *, at: datetime, note: Callable[[str], None]
) -> None:
    """Fetch what every further holder said, in the node's own time and beside any message."""
    for community in all_holders(config):
        state = holder_state(home, community)
        try:
            findings = sync.fetch_all(state, HolderSource(platform, community), at=at)
        finally:
            state.close()
        for warning in findings.warnings:
            note(f"{community}: {warning}")


def _refuse(community: str, refusal: GrantRefused) -> NoReturn:
    raise HolderRefused(f"{community}, which holds this dataset too: {refusal}") from refusal
