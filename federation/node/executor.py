"""The node at work: one SuperNode, one launcher, and a guard for each message.

The parent is single-threaded and warm, so a guard is forked in a few milliseconds. It never
loads a private key and never sees data.
"""

import json
import logging
import os
import select
import signal
import sqlite3
import time
from dataclasses import dataclass
from types import FrameType

from federation.catalogue.registry import installed_digests
from federation.node import keys
from federation.node.books import receipts
from federation.node.books.state import State
from federation.node.books.upkeep import Upkeep
from federation.node.decision.catching_up import synchronise
from federation.node.errors import NodeError
from federation.node.flower_link import Acquirer, LinkDown
from federation.node.guard import Broken, Guard
from federation.node.home import Home, NodeConfig
from federation.node.supernode_child import SuperNode
from federation.node.timing import Stopwatch
from federation.node.walls import confine
from federation.node.walls.folders import prepare_work, remove_left_over
from federation.node.walls.holding import decide
from federation.node.walls.job_user import job_user
from federation.node.walls.jobs import Launcher
from federation.node.walls.launcher import Setting

log = logging.getLogger(__name__)

_IDLE_S = 1.0
_UNTOLD_S = 0.1
_SYNC_EVERY_S = 30.0
_SYNC_LIMIT_S = 60
_HEARTBEAT_EVERY_S = 1.0
_RESTART_S = (1.0, 30.0)
_GRACE_S = 120
_ANSWERED = 3  # a guard's exit status: the server has its reply, the receipt is missing
_REFUSED = 4  # the same: no round was counted for the message, and all is in order


@dataclass
class Heard:
    """When things were last heard of, in seconds of the monotonic clock; 0 is never."""

    superlink: float = 0.0
    runtime: float = 0.0
    told: bool = False


class Executor:
    """Runs until SIGTERM or SIGINT."""

    def __init__(self, home: Home, config: NodeConfig) -> None:
        self._home, self._config = home, config
        self._stopping = False
        self._heard = Heard()
        self._supernode: SuperNode | None = None
        self._syncer: int | None = None
        self._next_sync = self._next_heartbeat = self._not_before = 0.0
        self._backoff = _RESTART_S[0]
        self._confined: dict[str, bool] = {}
        self._guarding = 0
        self._upkeep = Upkeep(home)

    def run(self) -> None:
        """Work.

        Raises:
            NodeError: a setting or key cannot be used, or the launcher does not come up.
        """
        self._prepare()
        self._start_launcher()
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        try:
            while not self._stopping:
                self._turn()
        finally:
            self._stop_supernode()
            self._launcher.close()
            self._home.heartbeat.unlink(missing_ok=True)

    def _prepare(self) -> None:
        for folder in (self._home.run, self._home.log):
            folder.mkdir(mode=0o700, exist_ok=True)
        user = job_user(self._home, self._config)
        prepare_work(self._home.work, user)
        user, self._confined = decide(self._home, self._config)
        folders = (self._home.work, *self._config.job_folders)
        disk_held = self._confined["disk"]
        self._setting = Setting(user, tuple(map(str, folders)), disk_held=disk_held)
        keys.supernode_public_key(self._home)
        self._close_begun()

    def _turn(self) -> None:
        self._keep_supernode()
        self._keep_launcher()
        self._sync_now_and_then()
        self._beat()
        if self._supernode is None:
            time.sleep(0.2)
            return
        self._wait_for_message(self._supernode.wake)
        if not self._upkeep.may_take():
            time.sleep(0.2)
            return
        try:
            token = self._acquirer.acquire()
            self._heard.runtime = time.monotonic()
        except LinkDown as error:
            log.debug("the SuperNode does not answer yet: %s", error)
            time.sleep(0.2)
            return
        if token is not None:
            self._guard(token, self._supernode.address)

    def _wait_for_message(self, wake: int) -> None:
        """Sleep until the SuperNode says that a message waits, or for a while."""
        limit = _IDLE_S if self._heard.told else _UNTOLD_S
        ready, _, _ = select.select([wake], [], [], limit)
        if not ready:
            return
        signs = os.read(wake, 4096)
        if not signs:  # the SuperNode closed it: it is going down
            time.sleep(_UNTOLD_S)
            return
        self._heard.told = True
        self._heard.superlink = time.monotonic()
        self._backoff = _RESTART_S[0]  # SuperLink let it in

    def _guard(self, token: str, address: str) -> None:
        """Fork a guard and wait for it; put right what a guard that died leaves behind."""
        watch = Stopwatch()
        child = os.fork()
        if child == 0:
            self._be_guard(token, address, watch)
        give_up = time.monotonic() + self._config.job_limit_s + _GRACE_S
        ended = os.pidfd_open(child)
        self._guarding = child
        while not select.select([ended], [], [], _HEARTBEAT_EVERY_S)[0]:
            self._heard.superlink = time.monotonic()
            self._beat()
            if self._stopping:  # again and again: a guard just forked cannot listen yet
                os.kill(child, signal.SIGTERM)
            if time.monotonic() > give_up:
                os.kill(child, signal.SIGKILL)
        os.close(ended)
        self._guarding = 0
        _, status = os.waitpid(child, 0)
        if status == 0:
            return
        self._upkeep.refused()  # whatever ended it, no round bounds how often it is sent again
        if os.waitstatus_to_exitcode(status) == _REFUSED:
            return
        self._launcher.quiet()
        remove_left_over(self._home.work)
        if os.waitstatus_to_exitcode(status) != _ANSWERED:
            log.error("a guard ended early; the SuperNode is started afresh")
            self._stop_supernode()
        try:
            self._close_begun()
        except (NodeError, sqlite3.Error) as error:
            log.error("a receipt could not be written yet: %s", error)

    def _be_guard(self, token: str, address: str, watch: Stopwatch) -> None:
        """Be the guard of one message. Never returns."""
        status = 1
        try:
            confine.die_with_parent(signal.SIGTERM)
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            guard = Guard(self._home, self._config, self._launcher, address, watch)
            guard.work(token)
            status = _REFUSED if guard.turned_away else 0
        except Broken:
            log.exception("a message was answered as failed")
            status = _ANSWERED
        except Exception:
            log.exception("a message could not be answered")
        finally:
            os._exit(status)

    def _sync_now_and_then(self) -> None:
        """Let a child fetch what is new and deliver receipts; the parent must not wait."""
        if self._syncer is not None:
            done, _ = os.waitpid(self._syncer, os.WNOHANG)
            if done:
                self._syncer = None
        if self._syncer is not None or time.monotonic() < self._next_sync:
            return
        self._next_sync = time.monotonic() + _SYNC_EVERY_S
        self._upkeep.tidy()
        child = os.fork()
        if child:
            self._syncer = child
            return
        try:
            confine.die_with_parent()
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            # The kernel ends it, since the parent may be waiting for a guard by then.
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.alarm(_SYNC_LIMIT_S)
            synchronise(self._home, self._config)
        except Exception:
            log.exception("could not synchronise")
        finally:
            os._exit(0)

    def _close_begun(self) -> None:
        state = State(self._home.state)
        key = keys.receipt_key(self._home)
        receipts.close_begun(
            state, community=self._config.community, node=self._config.name, key=key
        )
        state.close()

    def _keep_launcher(self) -> None:
        if not self._launcher.alive():
            log.error("the process that starts jobs ended; it is started afresh")
            self._start_launcher()

    def _start_launcher(self) -> None:
        """Start what jobs are forked from, sure that it loaded the code the digests are of.

        Guards inherit the digests taken here. Taken anew for each message they would follow
        the files, while the launcher goes on with what it loaded before an update.

        Raises:
            NodeError: it does not come up, or the catalogue changed under it.
        """
        before = installed_digests()
        self._launcher = Launcher(self._home.log / "node.log", self._setting)
        self._launcher.wait_ready()
        if installed_digests() != before:
            raise NodeError("The catalogue's files changed while the node started; start it again.")

    def _keep_supernode(self) -> None:
        if self._supernode is not None and self._supernode.alive():
            return
        if self._supernode is not None:
            log.warning("the SuperNode ended; it is started again in %.0f s", self._backoff)
            self._stop_supernode()
            self._not_before = time.monotonic() + self._backoff
            self._backoff = min(self._backoff * 2, _RESTART_S[1])
        if time.monotonic() >= self._not_before:
            self._heard = Heard()
            self._supernode = SuperNode(self._home, self._config)
            self._acquirer = Acquirer(self._supernode.address, self._supernode.secret)

    def _stop_supernode(self) -> None:
        if self._supernode is not None:
            self._supernode.stop()
            self._supernode = None

    def _beat(self) -> None:
        now = time.monotonic()
        if now < self._next_heartbeat:
            return
        self._next_heartbeat = now + _HEARTBEAT_EVERY_S
        answered = self._heard.superlink if self._heard.told else self._heard.runtime
        beat = {
            "pid": os.getpid(),
            "at": time.time(),
            "supernode": self._supernode.pid if self._supernode else None,
            "answered_s_ago": round(now - answered, 1) if answered else None,
            "confined": self._confined,
        }
        draft = self._home.heartbeat.with_suffix(".tmp")
        try:
            draft.write_text(json.dumps(beat))
            draft.replace(self._home.heartbeat)
        except OSError as error:  # a full disk must not end the node, least of all a stop
            log.error("the heartbeat could not be written: %s", error)

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True
        if self._guarding:  # told at once; it is not reaped before this is 0 again
            os.kill(self._guarding, signal.SIGTERM)
