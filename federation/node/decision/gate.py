"""Decides whether this node works on a message. Nothing here opens the bundle or the data.

The facts are what the node finds for itself: the digest of the bytes it was sent, the run
configuration as the job would get it, its own count of rounds. The platform's word is taken
for nothing that a grant does not bind.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from consent.grants.charter import Charter
from consent.grants.codec import config_digest, digest
from consent.grants.errors import GrantRefused, WrongCode
from consent.grants.grant import Claims
from consent.grants.notices import Notices
from consent.grants.verify import RunFacts, allow_run
from federation.catalogue.registry import JOBS, Job, code_digest, job_variables
from federation.node.books.receipts import Account
from federation.node.books.state import HeldGrant, State
from federation.node.decision.code_here import require_code_here
from federation.node.decision.papers import Papers
from federation.node.errors import (
    CodeNotHere,
    DatasetNotHere,
    NoGrant,
    NotOnTheList,
    OutputsNotDeclared,
    VariablesNotHere,
)
from federation.node.home import LEAST_COHORT, Dataset, NodeConfig
from federation.node.work import ConfigValue, Work


@dataclass(frozen=True)
class Plan:
    """What the node will do, once every check that needs no data was passed.

    Attributes:
        job: the catalogue's entry when the granted code is the one installed here, else None:
            then the bundle itself is unpacked.
        variables: columns to read; ``predictors`` of them are predictors.
        least: fewest people with complete values.
        communities: how many take part in the aggregate, this one among them.
    """

    claims: Claims
    dataset: Dataset
    variables: tuple[str, ...]
    predictors: int
    job: Job | None
    least: int
    communities: int


@dataclass(frozen=True)
class Asked:
    """The platform's keys of a run configuration that concern this community."""

    run: str
    request: str
    grant: str
    dataset: str
    communities: tuple[str, ...]
    holders: Mapping[str, str] = field(default_factory=dict)
    """The grant that the run names for each further holder of the dataset."""


def read_asked(config: Mapping[str, ConfigValue], community: str) -> Asked:
    """Read the ``kinhold.*`` keys. What is missing or odd is empty, and then refuses."""
    dataset = _pairs(config.get("kinhold.datasets", "")).get(community, "")
    return Asked(
        run=str(config.get("kinhold.run", "")),
        request=str(config.get("kinhold.request", "")),
        grant=_pairs(config.get("kinhold.grants", "")).get(community, ""),
        dataset=dataset,
        communities=tuple(_words(config.get("kinhold.communities", ""))),
        holders=_of_holders(config.get("kinhold.holders", ""), dataset),
    )


def _of_holders(value: ConfigValue, dataset: str) -> dict[str, str]:
    """Read ``river-diabetes/coast=id``: further holders' grants for this node's dataset."""
    begin = f"{dataset}/"
    pairs = _pairs(value).items()
    return {name.removeprefix(begin): grant for name, grant in pairs if name.startswith(begin)}


def held_grant(state: State, asked: Asked) -> HeldGrant:
    """Find the grant that the run names.

    Raises:
        NoGrant: the run names none, or one that was never served to this node.
    """
    if not asked.grant:
        raise NoGrant("The run names no grant of this community.")
    held = state.grant(asked.grant)
    if held is None:
        raise NoGrant("The run names a grant that this node was never shown.")
    return held


def dataset_meant(held: HeldGrant | None, asked: Asked) -> str:
    """Name the dataset of a run: one that names none can only mean the granted one."""
    return asked.dataset or (_granted_dataset(held) if held else "")


def require_allowed(
    held: HeldGrant,
    asked: Asked,
    work: Work,
    papers: Papers,
    *,
    state: State,
    config: NodeConfig,
    at: datetime,
    counted: int = 0,
) -> tuple[Claims, RunFacts]:
    """Put the message to ``allow_run``; return the claims, and the facts that were put to it.

    Args:
        counted: how many of the rounds used are the very one that the message belongs to.
    Raises:
        GrantRefused: one subclass per reason.
    """
    used = state.rounds_used(held.grant_id) - counted
    facts = _facts(held, asked, work, config.community, max(0, used))
    claims = checked(held, facts, papers.chain, papers.notices, state=state, config=config, at=at)
    return claims, facts


def checked(
    held: HeldGrant,
    facts: RunFacts,
    chain: tuple[Charter, ...],
    notices: Notices,
    *,
    state: State,
    config: NodeConfig,
    at: datetime,
) -> Claims:
    """Put one grant to ``allow_run`` with all that this node holds of its community.

    Args:
        state: where the grant is held: the community's own, or a further holder's.
    Raises:
        GrantRefused: one subclass per reason.
    """
    return allow_run(
        held.signed,
        facts=facts,
        chain=chain,
        notices=notices,
        first_seen=held.first_seen or at,
        first_seen_charter=held.first_seen_charter or chain[-1].number,
        max_notice_age_s=config.notice_max_age_s,
        at=at,
        counted=state.counted(),
    )


def _facts(held: HeldGrant, asked: Asked, work: Work, community: str, used: int) -> RunFacts:
    code = digest(work.fab)
    if code != work.code_claimed:
        raise WrongCode("The bundle is not the one that Flower says it is.")
    return RunFacts(
        community=community,
        code=code,
        config=config_digest(work.config),
        request=asked.request,
        keeper=community,
        dataset=dataset_meant(held, asked),
        variables=job_variables(work.config) or _granted_variables(held),
        message_type=work.message_type,
        rounds_used=used,
        communities=asked.communities,
    )


def make_plan(
    claims: Claims, facts: RunFacts, config: NodeConfig, account: Account, fab: bytes
) -> Plan:
    """Go through the node's own checks that need no data; nothing of the bundle is unpacked.

    Raises:
        DatasetNotHere, VariablesNotHere, OutputsNotDeclared, NotOnTheList, CodeNotHere: what
            this node does not have, or does not do.
    """
    dataset = config.datasets.get(claims.dataset)
    if dataset is None:
        raise DatasetNotHere(f"The dataset {claims.dataset} is not set up at this node.")
    account.passed(DatasetNotHere.local_step)
    _require_variables(dataset, facts.variables)
    account.passed(VariablesNotHere.local_step)
    job = _installed_job(claims)
    if job is not None and not set(claims.outputs) <= set(job.outputs):
        raise OutputsNotDeclared("The grant names outputs that the job does not declare.")
    account.passed(OutputsNotDeclared.local_step)
    _require_on_the_list(claims, config)
    account.passed(NotOnTheList.local_step)
    require_code_here(job, dataset.code_policy or config.code_policy, fab)
    account.passed(CodeNotHere.local_step)
    return Plan(
        claims=claims,
        dataset=dataset,
        variables=facts.variables,
        predictors=len(facts.variables) - 1,
        job=job,
        least=max(claims.min_cohort, dataset.min_cohort, LEAST_COHORT),
        communities=len(set(facts.communities)),
    )


def _require_variables(dataset: Dataset, variables: tuple[str, ...]) -> None:
    for name in variables:
        if name not in dataset.variables:
            raise VariablesNotHere(f"The variable {name} is not set up at this node.")
        if dataset.variables[name] == "category":
            raise VariablesNotHere(f"The variable {name} is a category; jobs need numbers.")


def _require_on_the_list(claims: Claims, config: NodeConfig) -> None:
    allowed = config.allowed
    if allowed.people and not {p.email for p in claims.people} <= set(allowed.people):
        raise NotOnTheList("The grant names people whom this node does not work for.")
    names = {claims.institution_name, claims.institution_ror}
    if allowed.institutions and not names & set(allowed.institutions):
        raise NotOnTheList("The grant names an institution that this node does not work for.")
    if allowed.jobs and claims.job not in allowed.jobs:
        raise NotOnTheList("This node does not run this job.")


def _installed_job(claims: Claims) -> Job | None:
    """Give the catalogue's job if its own bundle, built here and now, is the granted one."""
    job = JOBS.get(claims.job)
    return job if job is not None and code_digest(job.name) == claims.code else None


def _granted_variables(held: HeldGrant) -> tuple[str, ...]:
    """For code outside the catalogue, whose parameters do not tell: all it may have."""
    try:
        return tuple(str(name) for name in held.signed.document["data"]["variables"])
    except (GrantRefused, KeyError, TypeError):
        return ()  # allow_run will say what is wrong with it


def _granted_dataset(held: HeldGrant) -> str:
    try:
        return str(held.signed.document["data"]["dataset"])
    except (GrantRefused, KeyError, TypeError):
        return ""


def _pairs(value: ConfigValue) -> dict[str, str]:
    """Read ``river=a,coast=b``; a name given twice is nobody's."""
    found: dict[str, str] = {}
    twice: set[str] = set()
    for word in _words(value):
        name, _, text = word.partition("=")
        if name in found:
            twice.add(name)
        found[name] = text
    return {name: text for name, text in found.items() if name not in twice}


def _words(value: ConfigValue) -> list[str]:
    return [word.strip() for word in str(value).split(",") if word.strip()]
