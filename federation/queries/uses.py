"""What became of a dataset: the runs it was used in, and the models made from them."""

import json
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from consent.grants.codec import time_text
from consent.models import Grant
from federation.labels import LABELS
from federation.models import RunResult, RunSite
from federation.queries.runs import runs_visible_to
from federation.rules import RunState
from governance.models import Dataset, User
from governance.navigation import Link


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


def runs_under(grant: Grant, user: User) -> list[Link]:
    """Return the runs under a grant that this person may follow, newest first, as links.

    A run on data of several holders names its keeper's grant; the others' count for it too.
    """
    sites = RunSite.objects.filter(grant__review__dataset=grant.review.dataset_id)
    runs = runs_visible_to(user).filter(
        revision=grant.review.revision_id, pk__in=sites.values("run")
    )
    return [
        Link(
            _("%(job)s %(version)s, planned on %(day)s: %(state)s")
            % {
                "job": run.job.name,
                "version": run.job.version,
                "day": date_format(localtime(run.planned_at), "DATE_FORMAT"),
                "state": LABELS.get(run.state, run.state),
            },
            reverse("federation:run", args=[run.public_id]),
        )
        for run in runs
    ]
