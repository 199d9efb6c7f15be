"""Stands between a message and the community's data. One process for each message.

It pulls the message, has it checked and worked on (``training.py``), writes the receipt, and
only then lets anything leave: a reply, or the reason why there is none.
"""

import re
import resource
import signal
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from types import FrameType

from consent.grants.codec import digest
from consent.grants.errors import GrantRefused
from federation.node import keys
from federation.node.books.receipts import Account, begin_message, write_receipt
from federation.node.books.state import State
from federation.node.decision import sync
from federation.node.decision.gate import Asked, read_asked
from federation.node.decision.holders import Holders
from federation.node.errors import JobFailed, JobStopped
from federation.node.flower_link import FAILED, REFUSED, STOPPED, LinkDown, TaskLink
from federation.node.home import Home, NodeConfig
from federation.node.platform import Platform
from federation.node.timing import Stopwatch
from federation.node.training import Answer, Training
from federation.node.walls.folders import left_over
from federation.node.walls.jobs import Launcher
from federation.node.work import Work

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SYNC_TIMEOUT_S = 3.0
_MOST_MEMORY = 6 << 30


class Broken(Exception):
    """The node's own trouble (a full disk, a lost key): answered, with no receipt yet."""


@dataclass
class Guard:
    """One message, from its token to its receipt."""

    home: Home
    config: NodeConfig
    launcher: Launcher
    address: str
    watch: Stopwatch
    stopping: bool = False
    turned_away: bool = False
    """Whether no round was counted for the message: only a pace bounds how many of those come."""

    def work(self, token: str) -> None:
        """Answer one message.

        Raises:
            LinkDown: the SuperNode went away; nothing could be answered.
            Broken: the message was answered as failed, because the node itself is in trouble.
        """
        signal.signal(signal.SIGTERM, self._note_stop)
        # A message that unpacks to very much ends this process, never the node.
        resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
        self.link = TaskLink(self.address, token)
        with self.watch.phase("pull"):
            work = self.link.pull()
        try:
            self._work(work)
        except LinkDown:
            raise
        except Exception as error:
            # The server must not wait for a reply that will never come. The receipt is
            # written by the parent, from what was noted when the message was begun.
            self.link.reply_error(FAILED, "internal", "The node could not work on this message.")
            raise Broken from error

    def _work(self, work: Work) -> None:
        self.state = State(self.home.state)
        self.holders = Holders(self.home, self.config)
        self.key = keys.receipt_key(self.home)
        self.platform = Platform.of(self.config, self.key, timeout_s=_SYNC_TIMEOUT_S)
        asked = read_asked(work.config, self.config.community)
        account = Account(
            run=asked.run if _UUID.fullmatch(asked.run) else "",
            flower_run=str(work.flower_run),
            grant=asked.grant if _UUID.fullmatch(asked.grant) else "",
            round=work.round,
        )
        begin_message(self.state, account)
        send = self._answer(work, asked, account)
        if left_over(self.home.work):
            self.state.note("What a job left behind could not be removed; the next start will.")
        # On disk before anything leaves: there is no reply without a receipt.
        sequence = write_receipt(
            self.state,
            account,
            community=self.config.community,
            node=self.config.name,
            key=self.key,
        )
        with self.watch.phase("reply"):
            send()
        with self.watch.phase("receipt"):
            sync.send_receipts(self.state, self.platform)
        self.watch.write(self.home, sequence, work.flower_run)

    def _answer(self, work: Work, asked: Asked, account: Account) -> Callable[[], None]:
        """Do what was asked or refuse; fill in the account; return how to send the reply."""
        number = REFUSED
        training = Training(self, work, asked, account)
        try:
            answer = training.run()
        except GrantRefused as refusal:
            account.refused(refusal)
        except JobStopped as stop:
            account.end("stopped", stop.code, str(stop))
            number = STOPPED
        except JobFailed as failure:
            account.end("failed", failure.code, str(failure))
            number = FAILED
        else:
            account.end(answer.outcome, "ok", answer.reason)
            account.bytes_out = len(answer.content)
            account.reply_digest = digest(answer.content)
            return partial(self._reply, answer, training)
        self.turned_away = not account.counted
        training.nothing_leaves()
        return partial(self.link.reply_error, number, account.code, account.reason)

    def _reply(self, answer: Answer, training: Training) -> None:
        """Send what the job produced, unless it was stopped since its receipt was written."""
        try:
            answer.stops.require_none()
        except JobStopped as stop:
            # The receipt tells more than what left; it is never changed, so this is told too.
            self.state.note(f"A reply was held back after its receipt was written: {stop}")
            training.nothing_leaves()
            self.link.reply_error(STOPPED, stop.code, str(stop))
        else:
            self.link.reply(answer.records)
            training.has_left()

    def _note_stop(self, _number: int, _frame: FrameType | None) -> None:
        # Only noted: a receipt half written must not be broken off.
        self.stopping = True
