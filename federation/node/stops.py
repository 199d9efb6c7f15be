"""What ends a job that runs: whoever may stop it did, or what allowed it no longer holds."""

import contextlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from consent.grants.errors import StaleNotices
from consent.grants.grant import Claims
from consent.grants.notices import ALL, require_fresh
from federation.node import sync
from federation.node.errors import HolderRefused, JobStopped
from federation.node.flower_link import TaskLink
from federation.node.holders import Consent, fetch_notices
from federation.node.home import Home, NodeConfig
from federation.node.platform import Platform, PlatformUnreachable
from federation.node.state import State


@dataclass(frozen=True)
class Stops:
    """Where stops are found for the job of one grant."""

    home: Home
    config: NodeConfig
    state: State
    platform: Platform
    claims: Claims
    others: tuple[Consent, ...] = ()

    def fetch(self) -> None:
        """Ask for the newest notices, then look at everything.

        No answer is no reason to stop until what the node holds is too old.

        Raises:
            JobStopped: the list does not verify, perhaps to hide a stop; or as ``require_none``.
        """
        findings = sync.Findings()
        with contextlib.suppress(PlatformUnreachable):
            sync.take_notices(self.state, self.platform, findings)
        try:
            fetch_notices(self.others, self.platform)
        except HolderRefused as refusal:
            raise JobStopped(refusal.code, str(refusal)) from refusal
        # The fetch took a while: whatever was said in that time counts as well.
        self.require_none()
        if findings.bad_notices is not None:
            raise JobStopped(findings.bad_notices.code, str(findings.bad_notices))

    def require_switch_off(self) -> None:
        """Look at the operator's own switch.

        Raises:
            JobStopped: it is on.
        """
        if self.home.paused.exists():
            raise JobStopped("paused", "The node's operator paused it.")

    def require_none(self) -> None:
        """Look at what is known here and now; the platform is not asked.

        Raises:
            JobStopped: paused, revoked, expired, or the notices are too old.
        """
        self.require_switch_off()
        at = datetime.now(UTC)
        self._require_in_force(self.state, self.claims, at)
        for other in self.others:
            self._require_in_force(other.state, other.claims, at)

    def _require_in_force(self, state: State, claims: Claims, at: datetime) -> None:
        notices = state.notices()
        if notices is None:
            raise JobStopped(StaleNotices.code, "This node has never seen a list of notices.")
        if notices.revoked & claims.stopped_with:
            raise JobStopped("revoked", "The community revoked this grant, or what it rests on.")
        if notices.paused & ({ALL} | claims.stopped_with):
            raise JobStopped("paused", "A steward paused this grant, its delegation or all work.")
        if at >= claims.not_after:
            raise JobStopped("expired", "The grant's time ended.")
        if claims.under is not None and at >= claims.under.not_after:
            raise JobStopped("outside-delegation", "The delegation's time ended.")
        try:
            require_fresh(notices, at=at, max_age_s=self.config.notice_max_age_s)
        except StaleNotices as refusal:
            raise JobStopped(refusal.code, str(refusal)) from refusal


class Guarding(Protocol):
    """What of the guard the watch over its job needs."""

    config: NodeConfig
    link: TaskLink
    stopping: bool


class Watch:
    """What the job's watcher calls every tick."""

    def __init__(self, stops: Stops, guard: Guarding) -> None:
        self._stops, self._guard = stops, guard
        self._next_notices, self._next_heartbeat = 5.0, 15.0

    def look(self, seconds: float) -> None:
        """Look for a reason to end the job, ``seconds`` after it began.

        Raises:
            JobStopped: there is one.
        """
        self._stops.require_switch_off()
        if self._guard.stopping:
            raise JobStopped("node-stopped", "The node was stopped.")
        if seconds >= self._guard.config.job_limit_s:
            raise JobStopped("time-limit", "The job took longer than the node allows.")
        if seconds >= self._next_heartbeat:
            self._next_heartbeat = seconds + 15.0
            self._guard.link.heartbeat()
        if seconds >= self._next_notices:
            self._next_notices = seconds + 5.0
            self._stops.fetch()
