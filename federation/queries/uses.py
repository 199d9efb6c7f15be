"""What became of a dataset: the runs it was used in, and the models made from them."""

import json
from typing import Any

from consent.grants.codec import time_text
from federation.models import RunResult, RunSite
from federation.rules import RunState
from governance.models import Dataset


def uses_of(dataset: Dataset) -> list[dict[str, Any]]:
    """Return every run in which the dataset had part, newest first, as its record tells it."""
    sites = RunSite.objects.filter(grant__review__dataset=dataset).select_related(
        "run__job", "run__revision__request", "grant"
    )
    return [
        {
            "run": str(site.run.public_id),
            "request": str(site.run.revision.request.public_id),
            "request_digest": site.run.revision.digest,
            "job": f"{site.run.job.name} {site.run.job.version}",
            "code": site.run.job.digest,
            "grant": str(site.grant.public_id),
            "state": site.run.state,
            "at": time_text(site.run.planned_at),
        }
        for site in sites.defer("run__job__bundle").order_by("-run__planned_at", "-pk")
    ]


def derivatives_of(dataset: Dataset) -> list[dict[str, Any]]:
    """Return every finished model that was made with the dataset, newest first."""
    results = RunResult.objects.filter(
        run__sites__grant__review__dataset=dataset, run__state=RunState.FINISHED.value
    ).select_related("run__job")
    return [
        {
            "run": str(result.run.public_id),
            "model": f"{result.run.job.name} {result.run.job.version}",
            "digest": result.digest,
            "people": json.loads(result.text).get("n_band", ""),
        }
        for result in results.defer("run__job__bundle").order_by("-pk")
    ]
