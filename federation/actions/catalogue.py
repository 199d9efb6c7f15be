"""The catalogue: what the code holds, written down as published versions."""

from dataclasses import asdict, dataclass
from typing import Any

from django.db import transaction

from consent.grants.codec import digest
from federation.catalogue.registry import Job, build_fab, job_named
from federation.errors import CatalogueConflict
from federation.models import JobVersion
from governance.actions.audit import record


@dataclass(frozen=True)
class Published:
    job: JobVersion
    new: bool


@transaction.atomic
def publish(name: str) -> Published:
    """Write down the job ``name`` at the version that the code holds. Safe to repeat.

    Raises:
        CatalogueConflict: that version was published with other code. Grants name the code by
            digest, so a version must never mean two things.
        federation.catalogue.registry.UnknownJob: there is no such job.
    """
    job = job_named(name)
    bundle = build_fab(name)
    code = digest(bundle)
    held = JobVersion.objects.filter(name=job.name, version=job.version).first()
    if held is not None:
        if held.digest != code:
            raise CatalogueConflict(
                f"{job.name} {job.version} was published with other code "
                f"({held.digest[:12]}, now {code[:12]}). Give the changed job a new version."
            )
        return Published(held, new=False)
    row = JobVersion.objects.create(
        name=job.name,
        version=job.version,
        title=job.title,
        description=job.summary,
        digest=code,
        bundle=bundle,
        manifest=manifest_of(job),
    )
    record(
        "job.publish",
        actor=None,
        subject=f"job:{job.name} {job.version}",
        document_digest=code,
    )
    return Published(row, new=True)


def manifest_of(job: Job) -> dict[str, Any]:
    """Return what people and forms need to know of a job, as JSON."""
    return {
        "leaves": list(job.leaves),
        "parameters": [asdict(parameter) for parameter in job.parameters],
        "outputs": list(job.outputs),
        "reply": [asdict(part) for part in job.reply],
        "rounds": list(job.rounds),
    }
