"""One message, checked in a fixed order and then worked on.

The order is the point: the pause switch, the newest stops, the charter chain, the grant, this
node's own conditions, the people in the data, the privacy budget, the round. Everything up to
the grant needs no data; no code of the job runs before the last of them. What refuses says so by
name, and nothing after it is tried. Source: docs/node.md, "The checks, in order".
"""

import contextlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from consent.grants.errors import WrongCommunity
from federation.catalogue.fab import BadBundle, component, unpack
from federation.node import flower_link
from federation.node.books.receipts import Account, keep_message
from federation.node.books.state import State
from federation.node.data.cohorts import Marks, admit
from federation.node.data.columns import hand_over
from federation.node.data.enough import require_enough
from federation.node.data.people import read_people
from federation.node.decision import sync
from federation.node.decision.gate import (
    Asked,
    Plan,
    dataset_meant,
    held_grant,
    make_plan,
    require_allowed,
)
from federation.node.decision.holders import Consent, Holders, as_all_agreed, reserve_rounds
from federation.node.decision.papers import papers_in_force, pinned_chain
from federation.node.decision.stops import Stops, Watch
from federation.node.errors import (
    BudgetSpent,
    HolderRefused,
    JobFailed,
    NearlySamePeople,
    NoGrant,
    NoRoundsLeft,
    NotHidden,
    PausedHere,
)
from federation.node.flower_link import Records, TaskLink
from federation.node.home import Home, NodeConfig
from federation.node.mixing.steps import Mixing, Reply, rounds_counted
from federation.node.platform import Platform, PlatformUnreachable
from federation.node.privacy.hiding import require_hidden
from federation.node.privacy.ledger import Spend, noise_for, reserve, settle
from federation.node.privacy.noise import add_noise, require_possible
from federation.node.privacy.replies import REPLY_LIMIT, check_reply
from federation.node.privacy.unpacked_replies import Names, rewritten
from federation.node.timing import Stopwatch
from federation.node.walls.folders import BUNDLE, give_to, private_folder
from federation.node.walls.jobs import Launcher, run_job
from federation.node.walls.launcher import Request
from federation.node.work import Work

CATALOGUE = "federation.catalogue"


class Post(Protocol):
    """What of the guard the work on one message needs."""

    home: Home
    config: NodeConfig
    launcher: Launcher
    watch: Stopwatch
    stopping: bool
    link: TaskLink
    state: State
    holders: Holders
    platform: Platform


@dataclass(frozen=True)
class Answer:
    """What may leave, once nobody stopped it meanwhile."""

    content: bytes
    records: Records
    stops: Stops
    outcome: str = "trained"
    reason: str = "The job ran and its reply was sent."


class Training:
    """The checks and the work of one message."""

    def __init__(self, post: Post, work: Work, asked: Asked, account: Account) -> None:
        self._post, self._work, self._asked, self._account = post, work, asked, account
        self._people = 0
        self._spend: Spend | None = None
        self._mixing: Mixing | None = None

    def run(self) -> Answer:
        """Go through every check, run the job, and give what may leave.

        Raises:
            GrantRefused: a check refused; it is named in the account.
            JobStopped, JobFailed: the job was begun.
        """
        watch = self._post.watch
        self._require_not_paused()
        with watch.phase("sync"):
            self._fetch()
        # The platform decides how long the fetch takes: only what holds after it counts.
        self._require_not_paused()
        at = datetime.now(UTC)
        with watch.phase("check"):
            plan, others = self._check(at)
            step = self._mixing.take() if self._mixing is not None else None
            self._account.passed(NotHidden.local_step)
        if step is not None:
            return self._prepared(step, self._stops(plan, others))
        with watch.phase("data"):
            data, people = self._open_data(plan)
            self._reserve(plan, others, people)
        stops = self._stops(plan, others)
        with watch.phase("job"):
            content, records = self._run(plan, data, stops)
        stops.require_none()
        return Answer(content, records, stops)

    def nothing_leaves(self) -> None:
        """Give back the noise that was reserved: the message was refused, stopped or failed."""
        if self._spend is not None:
            settle(self._post.state, self._spend, left=False)
        self._spend = self._account.spent = None

    def has_left(self) -> None:
        """Settle what was reserved, after the reply was handed over."""
        if self._spend is not None:
            settle(self._post.state, self._spend, left=True)

    def _check(self, at: datetime) -> tuple[Plan, tuple[Consent, ...]]:
        """Steps 101 to 110: everything that needs no data."""
        state, config, account = self._post.state, self._post.config, self._account
        account.passed(PausedHere.local_step)
        papers = papers_in_force(state, config, account, at=at)
        held = held_grant(state, self._asked)
        counted = rounds_counted(state, self._work, held.grant_id)
        claims, facts = require_allowed(
            held,
            self._asked,
            self._work,
            papers,
            state=state,
            config=config,
            at=at,
            counted=counted,
        )
        account.allowed()
        plan = make_plan(claims, facts, config, account, self._work.fab)
        others = self._post.holders.require_allowed(
            plan.dataset, facts, self._asked.holders, at=at, counted=counted
        )
        plan = as_all_agreed(plan, others)
        account.passed(HolderRefused.local_step)
        require_hidden(plan, self._work)
        require_possible(plan, self._work.question)
        if self._work.mixing:
            self._mixing = Mixing(self._post, self._work, self._asked, plan, at=at)
        return plan, others

    def _prepared(self, step: Reply, stops: Stops) -> Answer:
        """Reply to a step of secure aggregation for which no data is needed."""
        records = flower_link.mixing_records(step)
        stops.require_none()
        content = flower_link.write_records(records)
        return Answer(
            content, records, stops, "prepared", "A step of secure aggregation was taken."
        )

    def _open_data(self, plan: Plan) -> tuple[int, Marks]:
        """Steps 111 and 112: who is in the data, and whether they are enough."""
        account = self._account
        account.data_opened = True
        people = read_people(
            self._post.home, plan.dataset, plan.variables, clip=plan.claims.dp is not None
        )
        account.dataset_version, account.optouts = people.version, people.optouts
        require_enough(plan, people.count, account)
        self._people = people.count
        return hand_over(people.columns), people.marks

    def _reserve(self, plan: Plan, others: tuple[Consent, ...], people: Marks) -> None:
        """Steps 113 to 115: spend budget and round before anything runs, for good."""
        state, account, claims = self._post.state, self._account, plan.claims
        # Found before the file is locked: it takes a second or two.
        multiplier = noise_for(state, plan.dataset, claims) if claims.dp else 0.0
        with state.writing():
            if claims.dp is None:
                admit(state, plan.dataset, claims.digest, people)
            account.passed(NearlySamePeople.local_step)
            spend = None
            if claims.dp:
                spend = reserve(state, plan.dataset, claims, multiplier, datetime.now(UTC))
                account.spent = spend.told()
            account.passed(BudgetSpent.local_step)
            state.count_round(claims)
            keep_message(state, account)
        self._spend = spend
        reserve_rounds(others)
        account.passed(NoRoundsLeft.local_step)

    def _stops(self, plan: Plan, others: tuple[Consent, ...]) -> Stops:
        post = self._post
        return Stops(post.home, post.config, post.state, post.platform, plan.claims, others)

    def _fetch(self) -> None:
        """Ask for the newest notices; for charters and grants only when one is missing.

        A grant that is missing is asked for once in a message, whatever the message says.
        No answer is no reason to stop: what the node holds counts until it is too old. A list
        that does not verify, or an older one, is.
        """
        post, asked = self._post, self._asked
        pinned_chain(post.state)
        at = datetime.now(UTC)
        findings = sync.Findings()
        try:
            held_grant(post.state, asked)
        except NoGrant:
            findings = sync.fetch_all(post.state, post.platform, at=at)
        else:
            with contextlib.suppress(PlatformUnreachable):
                sync.take_notices(post.state, post.platform, findings)
        for warning in findings.warnings:
            post.state.note(warning, at)
        if findings.bad_notices is not None:
            raise findings.bad_notices
        held = post.state.grant(asked.grant) if asked.grant else None
        if dataset := post.config.datasets.get(dataset_meant(held, asked)):
            post.holders.fetch(dataset, post.platform, at=at)
        if asked.grant in findings.foreign and held is None:
            raise WrongCommunity(f"The grant is not {post.config.community}'s.")

    def _run(self, plan: Plan, data: int, stops: Stops) -> tuple[bytes, Records]:
        post = self._post
        with private_folder(post.home.work) as folder, Watch(stops, post) as watch:
            reference, bundle = self._code(plan, folder)
            request = Request(
                reference=reference,
                folder=bundle,
                home=str(give_to(post.launcher.user, folder)),
                errors=str(post.home.log / "job.log"),
                seconds=post.config.job_limit_s,
                memory_mb=post.config.job_memory_mb,
                writable=tuple(str(path) for path in post.config.job_folders),
                processes=post.config.job_processes,
            )
            content = run_job(
                post.launcher,
                request,
                job_input=self._work.job_input,
                data=data,
                most=REPLY_LIMIT,
                look=watch.look,
            )
        try:
            records = flower_link.read_records(content)
        except ValueError as error:
            raise JobFailed("bad-reply", str(error)) from error
        records = self._fit_to_leave(records, plan)
        return flower_link.write_records(records), records

    def _fit_to_leave(self, records: Records, plan: Plan) -> Records:
        """Look through the reply, and add noise where the grant promises it."""
        if plan.job is None:
            names = Names(plan.claims.outputs, self._work.names)
            return rewritten(records, names, self._people)
        check_reply(records, plan.job, plan.predictors)
        if self._spend is not None:
            records = add_noise(records, plan, self._work.question, float(self._spend.noise))
        if self._mixing is not None:
            hidden = self._mixing.hide(records[plan.job.record])
            records, self._account.mixed = flower_link.mixing_records(hidden), True
        return records

    def _code(self, plan: Plan, scratch: Path) -> tuple[str, str]:
        """Say which ClientApp runs; unpack the bundle only where the policy has it run."""
        if plan.job is not None:
            return f"{CATALOGUE}.{plan.job.package}.client_app:app", ""
        folder = scratch / BUNDLE
        folder.mkdir()
        try:
            unpack(self._work.fab, folder)
            return component(folder, "clientapp"), str(folder)
        except BadBundle as error:
            raise JobFailed("bad-bundle", str(error)) from error

    def _require_not_paused(self) -> None:
        if self._post.home.paused.exists():
            raise PausedHere("The node's operator paused it.")
