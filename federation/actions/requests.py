"""Where the catalogue meets a request: the settings are checked here, then consent takes over."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from consent.actions import requests
from consent.actions.drafting import fields_of
from consent.agreement import rulebook_of
from consent.document import build
from consent.errors import Incomplete
from consent.grants.codec import config_digest
from consent.jobs import JobFacts
from consent.models import TrainingRequest
from consent.precheck import Check, Verdict, overall, precheck
from consent.queries import approvals_of, attachments_of, protocols_asked
from consent.terms import TERMS_DIGEST
from federation.catalogue.parameters import ParameterError
from federation.catalogue.registry import JOBS, job_config, job_variables
from federation.models import JobVersion
from federation.queries import job_published
from governance.models import Community, Dataset, Protocol, User
from governance.queries import holders_of_all

JOB_PREFIX = "job.parameters."
"""What stands before a setting's name in the fields of ``Incomplete``."""


def submit(request_id: int, *, actor: User, terms: str = "", note: str = "") -> TrainingRequest:
    """Put a draft to its communities, with the job and settings that are saved in it.

    Args:
        terms: digest of the terms that the applicant takes on with it; those that she took on
            before, with an older text of the request, need not be named again.
        note: of a change, what changed and why.
    Raises:
        Incomplete: with one sentence for each field that cannot be used.
        Others: as ``consent.actions.requests.submit``.
    """
    request = TrainingRequest.objects.get(pk=request_id)
    if TERMS_DIGEST not in (terms, request.terms_digest):
        raise Incomplete({"terms": "Please read the terms and say that you take them on."})
    return requests.submit(request_id, actor=actor, job=facts_of(request.draft), note=note)


def facts_of(draft: Mapping[str, Any]) -> JobFacts:
    """Return the job that a draft names, with its settings checked.

    Raises:
        Incomplete: no such job, or settings that it cannot take.
    """
    wanted = draft.get("job")
    wanted = wanted if isinstance(wanted, Mapping) else {}
    job = _job(wanted.get("name"))
    parameters = wanted.get("parameters")
    parameters = dict(parameters) if isinstance(parameters, Mapping) else {}
    try:
        config = job_config(job.name, parameters)
    except ParameterError as error:
        raise Incomplete(
            {f"{JOB_PREFIX}{name}": _sentence(text) for name, text in error.problems.items()}
        ) from error
    _require_enough_rounds(job, draft.get("max_rounds"))
    return JobFacts(
        name=job.name,
        version=job.version,
        code=job.digest,
        config=config,
        config_digest=config_digest(config),
        outputs=tuple(job.manifest["outputs"]),
        variables=job_variables(config),
        title=job.title,
        leaves=tuple(job.manifest["leaves"]),
        parameters=parameters,
    )


@dataclass(frozen=True)
class HeldAgainst:
    """What one protocol of one community says to a request; conflicts first."""

    community: str
    community_name: str
    dataset: Dataset
    protocol: Protocol
    checks: list[Check]

    @property
    def overall(self) -> Verdict:
        return overall(self.checks)

    @property
    def to_look_at(self) -> list[Check]:
        return [check for check in self.checks if check.verdict is not Verdict.FITS]

    @property
    def fitting(self) -> list[Check]:
        return [check for check in self.checks if check.verdict is Verdict.FITS]


@dataclass(frozen=True)
class Preview:
    """The request as its communities would read it."""

    document: dict[str, Any]
    communities: list[HeldAgainst]


def preview(request: TrainingRequest) -> Preview:
    """Return a draft as it would be submitted now. Nothing is saved and nobody is asked.

    Raises:
        Incomplete: with one sentence for each field that cannot be used.
    """
    document, problems = _document_of(request)
    if problems:
        raise Incomplete(problems)
    return held_against_all(document)


def missing(request: TrainingRequest) -> dict[str, str]:
    """Return what a draft lacks before it can be submitted, one sentence for each field."""
    document, problems = _document_of(request)
    if not problems:
        try:
            requests.datasets_asked(document)
        except Incomplete as refusal:
            problems = refusal.fields
    return problems


def held_against_all(document: dict[str, Any]) -> Preview:
    """Hold a document against the rules of every community that it asks.

    Raises:
        Incomplete: one of its datasets cannot be asked for (any more).
    """
    datasets = requests.datasets_asked(document)
    held = holders_of_all(datasets)
    found = [
        against
        for dataset in datasets
        for holder in held[dataset.pk]
        for against in _held_against(document, dataset, holder.community, len(datasets))
    ]
    return Preview(document, found)


def _document_of(request: TrainingRequest) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the draft's document, and all that it lacks; with something lacking it is empty."""
    fields = fields_of(request)
    problems: dict[str, str] = {}
    try:
        job = facts_of(fields)
    except Incomplete as refusal:
        problems |= refusal.fields
        job = _NO_JOB
    try:
        document = build(
            title=fields["title"],
            fields=fields,
            job=job,
            attachments=attachments_of(request),
            approvals=approvals_of(request),
        )
    except Incomplete as refusal:
        problems |= refusal.fields
    return ({}, problems) if problems else (document, {})


# Stands where the job cannot be used, so that everything else that is missing is told with it.
_NO_JOB = JobFacts(
    name="",
    version="",
    code="",
    config={},
    config_digest="",
    outputs=(),
    variables=("none",),
    title="",
    leaves=(),
)


def _held_against(
    document: dict[str, Any], dataset: Dataset, community: Community, together: int
) -> Iterator[HeldAgainst]:
    for protocol in protocols_asked(document, dataset, community):
        rules = rulebook_of(protocol.statement.text.encode())
        checks = precheck(
            document, protocol=rules, communities=together, server=settings.KINHOLD_PLACES
        )
        yield HeldAgainst(community.slug, community.name, dataset, protocol, checks)


def _job(name: object) -> JobVersion:
    job = job_published(name) if isinstance(name, str) else None
    if job is None:
        raise Incomplete({"job.name": "Please choose a job of the catalogue."})
    held = JOBS.get(job.name)
    if held is None or held.version != job.version:
        raise Incomplete({"job.name": f"{job} is not offered any more. Please choose another."})
    return job


def _require_enough_rounds(job: JobVersion, asked: object) -> None:
    """Refuse a request that could never make a model."""
    fewest = int(job.manifest["rounds"][0])
    if isinstance(asked, int) and asked < fewest:
        raise Incomplete({"max_rounds": f"This job needs at least {fewest} rounds."})


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}." if text else text
