"""What ends a job that runs: whoever may stop it did, or what allowed it no longer holds."""

import contextlib
import threading
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import TracebackType
from typing import Protocol, Self

from consent.grants.errors import StaleNotices
from consent.grants.grant import Claims
from consent.grants.notices import ALL, require_fresh
from federation.node import keys
from federation.node.books.state import State
from federation.node.clock import Clock
from federation.node.decision import sync
from federation.node.decision.holders import Consent, fetch_notices, holder_state
from federation.node.decision.listening import Listener
from federation.node.errors import HolderRefused, JobStopped
from federation.node.flower_link import TaskLink
from federation.node.home import Home, NodeConfig
from federation.node.platform import Platform, PlatformUnreachable

_HEARTBEAT_EVERY_S = 15.0
_CALL_S = 3.0


@dataclass(frozen=True)
class Stops:
    """Where stops are found for the job of one grant.

    Attributes:
        clock: begun with the job; setting the machine's back prolongs nothing.
    """

    home: Home
    config: NodeConfig
    state: State
    platform: Platform
    claims: Claims
    others: tuple[Consent, ...] = ()
    clock: Clock = field(default_factory=Clock)

    def anew(self) -> Self:
        """Give the same on connections of its own, for another process."""
        return replace(
            self,
            state=State(self.home.state),
            platform=Platform.of(self.config, keys.receipt_key(self.home), timeout_s=_CALL_S),
            others=tuple(
                replace(other, state=holder_state(self.home, other.community))
                for other in self.others
            ),
        )

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
        if not self.home.state.exists():  # an open file can still be read after it was lost
            raise JobStopped(StaleNotices.code, "The node's list of notices is gone.")
        at = self.clock.now()
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
    """What the job's watcher calls every tick. Nothing in it waits for anybody.

    While it is entered, a process of its own listens for stops, and a thread tells the
    SuperNode that the task is alive.
    """

    def __init__(self, stops: Stops, guard: Guarding) -> None:
        self._stops, self._guard = stops, guard
        self._over = threading.Event()

    def __enter__(self) -> Self:
        self._listener = Listener(self._stops)  # before there is a thread: it is a fork
        threading.Thread(target=self._tell_alive, daemon=True).start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._listener.close()

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
        self._listener.require_nothing()
        self._stops.require_none()

    def _tell_alive(self) -> None:
        while not self._over.wait(_HEARTBEAT_EVERY_S):
            self._guard.link.heartbeat()
