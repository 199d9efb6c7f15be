"""The intent to run: which job, with which nodes, under which grants."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import structlog
from django.db import transaction

from consent.grants.grant import parse_grant
from consent.models import RequestRevision, TrainingRequest
from federation.actions.runs.common import tell
from federation.errors import NotAllowed, NotDispatchable
from federation.gateway.base import MIXING_KEY, RUN_KEY
from federation.models import JobVersion, Run, RunSite
from federation.queries import job_at, revisions_to_plan, sites_of
from federation.queries.readiness import Place, Readiness, readiness_of
from governance.actions.audit import record
from governance.actions.permissions import require
from governance.errors import NotAllowed as RoleNotAllowed
from governance.models import User
from governance.rules import Verb
from governance.wake import wake

log = structlog.get_logger(__name__)


def plan(revision_id: int, *, actor: User | None) -> Run:
    """Write down that a request is to be run, with every community that allows it now.

    Args:
        actor: the applicant, or None when the platform goes on by itself after the decision.
    Raises:
        governance.errors.NotAllowed, NotAllowed: not the applicant.
        NotDispatchable: too few communities can take part, or a run is under way.
    """
    revision = RequestRevision.objects.select_related("request").get(pk=revision_id)
    with _refusals_recorded(revision, actor):
        return _plan(revision_id, actor)


def plan_decided() -> list[Run]:
    """Plan every request that was decided and never run. Those that cannot run yet are left."""
    planned = []
    for revision in revisions_to_plan():
        try:
            planned.append(plan(revision.pk, actor=None))
        except NotDispatchable as reason:
            log.debug("not planned", revision=revision.pk, reason=str(reason))
    return planned


@transaction.atomic
def _plan(revision_id: int, actor: User | None) -> Run:
    request_id = RequestRevision.objects.values_list("request_id", flat=True).get(pk=revision_id)
    # The request, not the revision alone: two revisions of it must not be planned at once.
    TrainingRequest.objects.select_for_update().get(pk=request_id)
    revision = RequestRevision.objects.select_related("request").get(pk=revision_id)
    if actor is not None:
        require(actor, Verb.ASK)
        if revision.request.applicant_id != actor.pk:
            raise NotAllowed("This is another person's request.")
    readiness = readiness_of(revision)
    if not readiness.ready:
        raise NotDispatchable(readiness.why_not)
    run = _written(revision, readiness)
    tell("run.plan", run, actor=actor, sites=sites_of(run))
    wake("federation.dispatch_run", run.pk)
    return run


def _written(revision: RequestRevision, readiness: Readiness) -> Run:
    wanted = readiness.document["job"]
    run = Run(
        revision=revision,
        job=_job(wanted["name"], wanted["version"]),
        min_nodes=readiness.needed,
        max_rounds=readiness.rounds_left,
    )
    run.config = {**wanted["config"], **_own_keys(run, readiness.places)}
    run.save()
    RunSite.objects.bulk_create(
        RunSite(run=run, node=place.node, grant=place.grant) for place in readiness.places
    )
    return run


def _job(name: str, version: str) -> JobVersion:
    job = job_at(name, version)
    if job is None:
        raise NotDispatchable(f"{name} {version} is not in the catalogue.")
    return job


def _own_keys(run: Run, places: Sequence[Place]) -> dict[str, str | int]:
    """Everything a node is told beside the job's own settings, but for the list of nodes."""
    slugs = [place.grant.community.slug for place in places]
    grants = [str(place.grant.public_id) for place in places]
    datasets = [place.grant.review.dataset.slug for place in places]
    holders = _pairs(*_of_holders(places))
    return {
        **({"kinhold.holders": holders} if holders else {}),
        **({MIXING_KEY: "1"} if _mixed(places) else {}),
        RUN_KEY: str(run.public_id),
        "kinhold.request": run.revision.digest,
        "kinhold.communities": ",".join(slugs),
        "kinhold.grants": _pairs(slugs, grants),
        "kinhold.datasets": _pairs(slugs, datasets),
        "kinhold.min-nodes": run.min_nodes,
        "kinhold.max-rounds": run.max_rounds,
    }


def _mixed(places: Sequence[Place]) -> bool:
    """Whether answers are mixed: all agreements of one revision say the same."""
    claims = [parse_grant(place.grant.statement.text.encode()) for place in places]
    return any(claim.secure_aggregation for claim in claims)


def _of_holders(places: Sequence[Place]) -> tuple[list[str], list[str]]:
    """Name each further holder's grant as ``dataset/community``, as nodes look for it."""
    pairs = [
        (f"{grant.review.dataset.slug}/{grant.community.slug}", str(grant.public_id))
        for place in places
        for grant in place.co_grants
    ]
    return [name for name, _ in pairs], [grant for _, grant in pairs]


def _pairs(names: Sequence[str], values: Sequence[str]) -> str:
    return ",".join(f"{name}={value}" for name, value in zip(names, values, strict=True))


@contextmanager
def _refusals_recorded(revision: RequestRevision, actor: User | None) -> Iterator[None]:
    """Write down that a person tried to run what may not run, outside what is rolled back."""
    try:
        yield
    except (NotAllowed, RoleNotAllowed, NotDispatchable) as refusal:
        if actor is not None:
            record(
                "run.plan",
                actor=actor,
                subject=f"request:{revision.request.public_id}",
                outcome="refused",
                reason=str(refusal),
                document_digest=revision.digest,
            )
        raise
