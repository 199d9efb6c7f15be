"""Stands between a message and the community's data. One process for each message.

The order is the point: pull, fetch the newest notices, look at the pause switch and the
clock, check the grant, check the node's own conditions, count the round. Only then is the
dataset opened, and only then does any of the job's code run, in another process that gets the
granted columns and nothing else. While it runs, and once more before its reply leaves, stops
are looked for.
"""

import contextlib
import re
import signal
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import FrameType

from consent.grants.codec import digest
from consent.grants.errors import GrantRefused, WrongCommunity
from consent.grants.receipts import people_band
from federation.catalogue.fab import BadBundle, component, unpack
from federation.node import flower_link, keys, sync
from federation.node.data import hand_over, read_columns
from federation.node.errors import (
    CohortTooSmall,
    HolderRefused,
    JobFailed,
    JobStopped,
    NoGrant,
    NoRoundsLeft,
    PausedHere,
)
from federation.node.flower_link import FAILED, REFUSED, STOPPED, LinkDown, Records, TaskLink
from federation.node.gate import (
    Asked,
    Plan,
    dataset_meant,
    held_grant,
    make_plan,
    pinned_chain,
    read_asked,
    require_allowed,
)
from federation.node.holders import Holders, reserve_rounds
from federation.node.home import Home, NodeConfig
from federation.node.jobs import Launcher, run_job
from federation.node.launcher import Request
from federation.node.platform import Platform, PlatformUnreachable
from federation.node.receipts import Account, begin_message, write_receipt
from federation.node.replies import REPLY_LIMIT, check_reply
from federation.node.state import State
from federation.node.stops import Stops
from federation.node.timing import Stopwatch
from federation.node.work import Work

CATALOGUE = "federation.catalogue"

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SYNC_TIMEOUT_S = 3.0


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

    def work(self, token: str) -> None:
        """Answer one message.

        Raises:
            LinkDown: the SuperNode went away; nothing could be answered.
            Broken: the message was answered as failed, because the node itself is in trouble.
        """
        signal.signal(signal.SIGTERM, self._note_stop)
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
        try:
            content, records, stops = self._train(work, asked, account)
        except GrantRefused as refusal:
            account.refused(refusal)
        except JobStopped as stop:
            account.end("stopped", stop.code, str(stop))
            number = STOPPED
        except JobFailed as failure:
            account.end("failed", failure.code, str(failure))
            number = FAILED
        else:
            account.end("trained", "ok", "The job ran and its reply was sent.")
            account.bytes_out = len(content)
            account.reply_digest = digest(content)
            return partial(self._reply, records, stops)
        return partial(self.link.reply_error, number, account.code, account.reason)

    def _reply(self, records: Records, stops: Stops) -> None:
        """Send what the job produced, unless it was stopped since its receipt was written."""
        try:
            stops.require_none()
        except JobStopped as stop:
            # The receipt tells more than what left; it is never changed, so this is told too.
            self.state.note(f"A reply was held back after its receipt was written: {stop}")
            self.link.reply_error(STOPPED, stop.code, str(stop))
        else:
            self.link.reply(records)

    def _train(self, work: Work, asked: Asked, account: Account) -> tuple[bytes, Records, Stops]:
        self._require_not_paused()
        with self.watch.phase("sync"):
            self._fetch(asked)
        # The platform decides how long the fetch takes: only what holds after it counts.
        self._require_not_paused()
        at = datetime.now(UTC)
        with self.watch.phase("check"):
            claims, facts = require_allowed(
                held_grant(self.state, asked),
                asked,
                work,
                state=self.state,
                config=self.config,
                at=at,
            )
            account.allowed()
            plan = make_plan(claims, facts.variables, self.config, account)
            others = self.holders.require_allowed(plan.dataset, facts, asked.holders, at=at)
            account.passed(HolderRefused.local_step or 0)
            self.state.reserve_round(claims)
            reserve_rounds(others)
            account.passed(NoRoundsLeft.local_step or 0)
        with self.watch.phase("data"):
            data = self._open_data(plan, account)
        stops = Stops(self.home, self.config, self.state, self.platform, claims, others)
        with self.watch.phase("job"):
            content, records = self._run(work, plan, data, stops)
        stops.require_none()
        return content, records, stops

    def _fetch(self, asked: Asked) -> None:
        """Ask for the newest notices; for charters and grants only when one is missing.

        A grant that is missing is asked for once in a message, whatever the message says.
        No answer is no reason to stop: what the node holds counts until it is too old. A list
        that does not verify, or an older one, is.
        """
        pinned_chain(self.state)
        at = datetime.now(UTC)
        findings = sync.Findings()
        try:
            held_grant(self.state, asked)
        except NoGrant:
            findings = sync.fetch_all(self.state, self.platform, at=at)
        else:
            with contextlib.suppress(PlatformUnreachable):
                sync.take_notices(self.state, self.platform, findings)
        for warning in findings.warnings:
            self.state.note(warning, at)
        if findings.bad_notices is not None:
            raise findings.bad_notices
        held = self.state.grant(asked.grant) if asked.grant else None
        if dataset := self.config.datasets.get(dataset_meant(held, asked)):
            self.holders.fetch(dataset, self.platform, at=at)
        if asked.grant in findings.foreign and held is None:
            raise WrongCommunity(f"The grant is not {self.config.community}'s.")

    def _open_data(self, plan: Plan, account: Account) -> int:
        account.data_opened = True
        columns = read_columns(plan.dataset, plan.variables)
        people = len(next(iter(columns.values())))
        if people < plan.least:
            raise CohortTooSmall(
                f"Fewer than {plan.least} people have all the needed values at this node."
            )
        account.people = people_band(people)
        account.passed(CohortTooSmall.local_step or 0)
        return hand_over(columns)

    def _run(self, work: Work, plan: Plan, data: int, stops: Stops) -> tuple[bytes, Records]:
        with tempfile.TemporaryDirectory(dir=self.home.work, prefix="job-") as name:
            reference, folder = self._code(work, plan, Path(name))
            private = Path(name) / "home"
            private.mkdir()
            request = Request(
                reference=reference,
                folder=folder,
                home=str(private),
                errors=str(self.home.log / "job.log"),
                seconds=self.config.job_limit_s,
                memory_mb=self.config.job_memory_mb,
                writable=tuple(str(path) for path in self.config.job_folders),
            )
            content = run_job(
                self.launcher,
                request,
                job_input=work.job_input,
                data=data,
                most=REPLY_LIMIT,
                look=self._looker(stops),
            )
        try:
            records = flower_link.read_records(content)
        except ValueError as error:
            raise JobFailed("bad-reply", str(error)) from error
        check_reply(records, plan.job, plan.predictors)
        return content, records

    def _code(self, work: Work, plan: Plan, scratch: Path) -> tuple[str, str]:
        """Say which ClientApp runs; unpack the bundle only where the policy has it run."""
        if plan.job is not None:
            return f"{CATALOGUE}.{plan.job.package}.client_app:app", ""
        folder = scratch / "bundle"
        folder.mkdir()
        try:
            unpack(work.fab, folder)
            return component(folder, "clientapp"), str(folder)
        except BadBundle as error:
            raise JobFailed("bad-bundle", str(error)) from error

    def _looker(self, stops: Stops) -> Callable[[float], None]:
        """Make what the job's watcher calls every tick; it raises JobStopped."""
        next_notices, next_heartbeat = 5.0, 15.0

        def look(seconds: float) -> None:
            nonlocal next_notices, next_heartbeat
            stops.require_switch_off()
            if self.stopping:
                raise JobStopped("node-stopped", "The node was stopped.")
            if seconds >= self.config.job_limit_s:
                raise JobStopped("time-limit", "The job took longer than the node allows.")
            if seconds >= next_heartbeat:
                next_heartbeat = seconds + 15.0
                self.link.heartbeat()
            if seconds >= next_notices:
                next_notices = seconds + 5.0
                stops.fetch()

        return look

    def _require_not_paused(self) -> None:
        if self.home.paused.exists():
            raise PausedHere("The node's operator paused it.")

    def _note_stop(self, _number: int, _frame: FrameType | None) -> None:
        # Only noted: a receipt half written must not be broken off.
        self.stopping = True
