from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import Count, F, Max, Q, QuerySet
from django.utils import timezone

from consent.models import Grant, RequestRevision, TrainingRequest
from consent.rules import GrantState, RequestState
from federation.models import DataNode, Receipt, Run, RunSite
from federation.rules import OVER, RunState
from governance.models import DatasetHolder, User
from governance.queries import communities_where
from governance.rules import PlatformRole, Verb

OPEN_STATES = [state.value for state in RunState if state not in OVER]


def runs_visible_to(user: User) -> QuerySet[Run]:
    """A researcher's own runs; for a community's people the runs on data that it has a say over."""
    runs = Run.objects.select_related("revision__request__applicant", "job").defer("job__bundle")
    runs = runs.order_by("-planned_at", "-pk")
    if not user.is_authenticated:
        return runs.none()
    if user.platform_role is PlatformRole.RESEARCHER:
        return runs.filter(revision__request__applicant=user)
    mine = communities_where(user, Verb.FOLLOW_RUN).values("pk")
    held = DatasetHolder.objects.filter(community__in=mine, ended_at__isnull=True)
    sites = RunSite.objects.filter(
        Q(node__community__in=mine) | Q(grant__review__dataset__in=held.values("dataset"))
    )
    return runs.filter(pk__in=sites.values("run"))


def runs_stopped_by(user: User) -> QuerySet[Run]:
    """Runs that it is this person's to stop: her own, or of a community she is steward in."""
    runs = runs_visible_to(user)
    if not user.is_authenticated or user.platform_role is PlatformRole.RESEARCHER:
        return runs
    sites = RunSite.objects.filter(
        node__community__in=communities_where(user, Verb.PAUSE).values("pk")
    )
    return runs.filter(pk__in=sites.values("run"))


def runs_with(community_slug: str) -> QuerySet[Run]:
    """Runs in which a node of this community has part. Not scoped: for narrowing other rows."""
    sites = RunSite.objects.filter(node__community__slug=community_slug)
    return Run.objects.filter(pk__in=sites.values("run"))


def may_stop(user: User, run: Run) -> bool:
    """Say whether a run is open to be stopped, and by this person."""
    if RunState(run.state) in OVER or run.stop_asked_at is not None:
        return False
    if run.revision.request.applicant_id == user.pk:
        return True
    stewards_in = communities_where(user, Verb.PAUSE).values("pk")
    return RunSite.objects.filter(run=run, node__community__in=stewards_in).exists()


def run_called(public_id: UUID) -> Run | None:
    return Run.objects.filter(public_id=public_id).first()


def has_part(node: DataNode, run: Run) -> bool:
    return RunSite.objects.filter(run=run, node=node).exists()


def runs_of_request(request: TrainingRequest) -> QuerySet[Run]:
    """Runs by any revision of a request, newest first."""
    runs = Run.objects.filter(revision__request=request).select_related("revision")
    return runs.order_by("-planned_at", "-pk")


def sites_of(run: Run) -> list[RunSite]:
    """The nodes that take part, with their grants, in the order of their communities' names."""
    sites = RunSite.objects.filter(run=run).select_related(
        "node__community", "grant__statement", "grant__community", "grant__review__dataset"
    )
    return list(sites.order_by("node__community__name", "node__name"))


def receipts_of(run: Run) -> list[Receipt]:
    """Receipts of the nodes that were asked, oldest first for each node."""
    return list(
        _told_of(run)
        .select_related("node__community")
        .order_by("node__community__name", "node__name", "sequence")
    )


def rounds_done(run: Run) -> int:
    """The highest round that some node trained; 0 before the first."""
    trained = _told_of(run).filter(outcome="trained")
    return trained.aggregate(highest=Max("round"))["highest"] or 0


def _told_of(run: Run) -> QuerySet[Receipt]:
    """Receipts about a run by nodes that have part in it."""
    asked = RunSite.objects.filter(run=run).values("node")
    return Receipt.objects.filter(run=run, node__in=asked)


def rounds_used(grant: Grant) -> int:
    """Rounds that the busiest node says it trained on one grant, over all its runs.

    The grant of a further holder is used whenever the keeper's is, at the keeper's node.
    Told by receipts, so it may lag; the node's own counter is what binds.
    """
    use = grant.review
    counts = (
        Receipt.objects.filter(
            outcome="trained",
            run__sites__grant__review__revision=use.revision_id,
            run__sites__grant__review__dataset=use.dataset_id,
            run__sites__node=F("node"),
        )
        .filter(node__community=use.dataset.community_id)
        .values("node")
        .annotate(trained=Count("pk", distinct=True))
    )
    return max((row["trained"] for row in counts), default=0)


def revisions_to_plan() -> QuerySet[RequestRevision]:
    """Decided revisions that were never run, hold a grant whose time is not over, and have none
    that still awaits acceptance."""
    waiting = Q(reviews__grant__state=GrantState.AWAITING_ACCEPTANCE.value)
    active = Q(
        reviews__grant__state=GrantState.ACTIVE.value,
        reviews__grant__not_after__gt=timezone.now(),
    )
    return (
        RequestRevision.objects.filter(request__state=RequestState.DECIDED.value, runs__isnull=True)
        .annotate(
            waiting=Count("reviews__grant", filter=waiting),
            active=Count("reviews__grant", filter=active),
        )
        .filter(waiting=0, active__gt=0)
        .order_by("pk")
    )


def runs_in(*states: RunState) -> QuerySet[Run]:
    return Run.objects.filter(state__in=[state.value for state in states]).order_by("pk")


def runs_to_stop() -> QuerySet[Run]:
    """Runs that were asked to stop and are not over yet."""
    return Run.objects.filter(stop_asked_at__isnull=False, state__in=OPEN_STATES).order_by("pk")


@dataclass(frozen=True)
class Counted:
    state: str
    runs: int


def runs_by_state() -> list[Counted]:
    """How many runs are in each state, in the order in which a run goes through them."""
    rows = Run.objects.order_by().values("state").annotate(number=Count("pk"))
    counts = {row["state"]: row["number"] for row in rows}
    return [Counted(state.value, counts.get(state.value, 0)) for state in RunState]


def oldest_waiting(*, over_s: int) -> QuerySet[Run]:
    """Runs that have been on their way to Flower for longer than ``over_s`` seconds."""
    since = timezone.now() - timedelta(seconds=over_s)
    waiting = [RunState.PLANNED.value, RunState.SENDING.value]
    return Run.objects.filter(state__in=waiting, planned_at__lt=since).order_by("planned_at")
