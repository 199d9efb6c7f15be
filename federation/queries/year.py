"""The runs of a community's year: what ran on its data, and what its nodes say of it."""

from collections import Counter

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from consent.models import Grant
from consent.queries.year_sections import day, logged, within
from consent.year import Figure, Section, Span
from federation.labels import LABELS
from federation.models import Receipt, Run, RunResult, RunSite
from federation.rules import RunState
from governance.models import Community

_ENDS = {
    RunState.FINISHED.value: "run.finish",
    RunState.REFUSED.value: "run.refuse",
    RunState.STOPPED.value: "run.stop",
    RunState.FAILED.value: "run.fail",
}


def runs_of_year(community: Community, span: Span) -> Section:
    """Every run that was planned or ended in the year, with what each node of ours told of it."""
    runs = Run.objects.filter(Exists(_sites_about(community)))
    rows = runs.filter(within("planned_at", span) | within("ended_at", span))
    rows = rows.select_related("revision__request", "job").defer("job__bundle").order_by("pk")
    receipts = _receipts(community, rows)
    models = set(RunResult.objects.filter(run__in=rows).values_list("run", flat=True))
    return Section(
        title=_("Runs on our data"),
        columns=[
            _("Request"),
            _("Job"),
            _("Planned on"),
            _("Outcome"),
            _("Our node trained"),
            _("Our node refused or stopped"),
            _("Model made"),
        ],
        rows=[_row(run, receipts, models) for run in rows],
        figures=_figures(community, span),
        empty=_("Nothing ran."),
        note=_("Each round that a node trains, refuses or stops is one signed receipt."),
    )


def _sites_about(community: Community) -> QuerySet[RunSite]:
    """Sites of a run at the community's own nodes, or on data that it agreed to as a holder."""
    held = Grant.objects.filter(
        community=community,
        review__revision=OuterRef("grant__review__revision"),
        review__dataset=OuterRef("grant__review__dataset"),
    )
    return RunSite.objects.filter(run=OuterRef("pk")).filter(
        Q(node__community=community) | Exists(held)
    )


def _receipts(community: Community, runs: QuerySet[Run]) -> Counter[tuple[int, str]]:
    counted = (
        Receipt.objects.filter(run__in=runs, node__community=community)
        .values("run", "outcome")
        .annotate(n=Count("pk"))
        .values_list("run", "outcome", "n")
    )
    return Counter({(run, outcome): n for run, outcome, n in counted})


# Steps of mixing that a node prepared are neither a round nor an end.
_ENDED_OTHERWISE = ("refused", "stopped", "failed")


def _row(run: Run, receipts: Counter[tuple[int, str]], models: set[int]) -> list[str]:
    trained = receipts[run.pk, "trained"]
    others = sum(receipts[run.pk, outcome] for outcome in _ENDED_OTHERWISE)
    return [
        run.revision.request.title,
        f"{run.job.name} {run.job.version}",
        day(run.planned_at),
        str(LABELS[run.state]),
        str(trained),
        str(others),
        _("yes") if run.pk in models else _("no"),
    ]


def _figures(community: Community, span: Span) -> list[Figure]:
    runs = Run.objects.filter(Exists(_sites_about(community)))
    ended = Counter(runs.filter(within("ended_at", span)).values_list("state", flat=True))
    receipts = Receipt.objects.filter(node__community=community)
    told = Counter(receipts.filter(within("received_at", span)).values_list("outcome", flat=True))
    models = RunResult.objects.filter(run__in=runs).filter(within("received_at", span))
    figures = [
        Figure(
            _("runs planned"),
            runs.filter(within("planned_at", span)).count(),
            logged(community, span, "run.plan"),
        )
    ]
    figures += [
        Figure(LABELS[state], ended[state], _ended(community, span, verb))
        for state, verb in _ENDS.items()
    ]
    figures += [
        Figure(
            _("rounds that our nodes trained"), told["trained"], _told(community, span, "trained")
        ),
        Figure(_("refused by our nodes"), told["refused"], _told(community, span, "refused")),
        Figure(_("stopped at our nodes"), told["stopped"], _told(community, span, "stopped")),
        Figure(_("broken off at our nodes"), told["failed"], _told(community, span, "failed")),
        Figure(_("models made"), models.count(), None),
    ]
    return figures


def _ended(community: Community, span: Span, verb: str) -> int:
    """Ends of runs in the log, whether written as done or as refused."""
    return sum(logged(community, span, verb, outcome=outcome) for outcome in ("done", "refused"))


def _told(community: Community, span: Span, outcome: str) -> int:
    verb = f"receipt.{outcome}"
    return logged(community, span, verb, outcome="refused" if outcome == "refused" else "done")
