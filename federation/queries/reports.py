"""Everything that a page or a script shows of one request or run, read in one go."""

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from consent.models import RequestRevision, TrainingRequest
from consent.queries import SaidBy, outcomes_of, revision_of
from consent.queries.revisions import Asked, changes_asked, revision_in_use
from consent.rules import REQUEST_NEXT, RequestState, RequestVerb
from federation.models import Receipt, Run, RunResult, RunSite
from federation.queries.readiness import not_decided, readiness_of
from federation.queries.runs import receipts_of, rounds_done, runs_of_request, sites_of
from federation.rules import OVER, RunState


@dataclass(frozen=True)
class SiteReport:
    """One node's part in a run, with its receipts, oldest first."""

    site: RunSite
    receipts: list[Receipt]

    @property
    def last(self) -> Receipt | None:
        return self.receipts[-1] if self.receipts else None

    @property
    def told(self) -> list[Receipt]:
        """All but the steps of mixing that went well: several in each round, all the same."""
        return [receipt for receipt in self.receipts if receipt.outcome != "prepared"]

    @property
    def prepared(self) -> int:
        return len(self.receipts) - len(self.told)


@dataclass(frozen=True)
class Row:
    """One variable of a finished model."""

    name: str
    coefficient: float
    error: float | None


@dataclass(frozen=True)
class RunReport:
    run: Run
    sites: list[SiteReport]
    rounds_done: int
    result: RunResult | None

    @property
    def has_result(self) -> bool:
        """A model counts once the run is finished: before that nothing vouches for it."""
        return self.result is not None and self.run.state == RunState.FINISHED

    @property
    def over(self) -> bool:
        return RunState(self.run.state) in OVER

    @property
    def mark(self) -> str:
        """A short text that changes whenever the page would."""
        told = max((r.pk for site in self.sites for r in site.receipts), default=0)
        run = self.run
        seen = f"{run.state}|{run.stop_asked_at}|{run.waiting_for}|{run.why}|{told}"
        return hashlib.sha256(seen.encode()).hexdigest()[:16]

    @property
    def model(self) -> dict[str, Any]:
        """The finished model; empty before."""
        if self.result is None or not self.has_result:
            return {}
        model: dict[str, Any] = json.loads(self.result.text)
        return model

    @property
    def rows(self) -> list[Row]:
        """The finished model as a table, by name."""
        errors = self.model.get("standard_errors", {})
        found = self.model.get("coefficients", {})
        return [Row(name, value, errors.get(name)) for name, value in found.items()]


@dataclass(frozen=True)
class RequestReport:
    request: TrainingRequest
    revision: RequestRevision | None
    communities: list[SaidBy]
    runs: list[Run]
    why_not: str
    in_use: RequestRevision | None = None
    changed: str = ""
    asked: list[Asked] = field(default_factory=list)
    agreed: list[SaidBy] = field(default_factory=list)

    @property
    def can_start(self) -> bool:
        return self.revision is not None and not self.why_not

    @property
    def can_withdraw(self) -> bool:
        return (RequestState(self.request.state), RequestVerb.WITHDRAW) in REQUEST_NEXT

    @property
    def to_run(self) -> RequestRevision | None:
        """The revision that a run would go by."""
        return self.in_use or self.revision


def report_of_run(run: Run) -> RunReport:
    """Put together what is known of a run. The number of queries does not grow with its nodes."""
    receipts: dict[int, list[Receipt]] = {}
    for receipt in receipts_of(run):
        receipts.setdefault(receipt.node_id, []).append(receipt)
    return RunReport(
        run=run,
        sites=[SiteReport(site, receipts.get(site.node_id, [])) for site in sites_of(run)],
        rounds_done=rounds_done(run),
        result=RunResult.objects.filter(run=run).first(),
    )


def report_of_request(request: TrainingRequest) -> RequestReport:
    """Put together what its applicant may know of a request.

    Runs go by ``in_use``, which may be older than ``revision``; ``changed`` then says why the
    newer one waits, and ``agreed`` what the communities said to the one in use.
    """
    revision = revision_of(request)
    if revision is None:
        return RequestReport(request, None, [], [], "The request was not submitted yet.")
    in_use = revision_in_use(request)
    older = in_use is not None and in_use.number < revision.number
    return RequestReport(
        request=request,
        revision=revision,
        communities=outcomes_of(revision),
        runs=list(runs_of_request(request)),
        why_not=readiness_of(in_use or revision).why_not,
        in_use=in_use,
        changed=not_decided(revision) if older else "",
        asked=changes_asked(request),
        agreed=outcomes_of(in_use) if in_use is not None and older else [],
    )


def document_of_result(report: RunReport) -> dict[str, Any]:
    """Return the model with what it was made from, as it is downloaded."""
    run, result = report.run, report.result
    if result is None or not report.has_result:
        raise ValueError("this run made no model")
    return {
        "run": str(run.public_id),
        "request": str(run.revision.request.public_id),
        "request_digest": run.revision.digest,
        "code": run.job.digest,
        "communities": [site.site.node.community.slug for site in report.sites],
        "digest": result.digest,
        "result": report.model,
    }
