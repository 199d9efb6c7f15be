"""The sections of a yearly report, each total counted from the tables and from the log."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from functools import partial

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from consent.labels import LABELS
from consent.models import (
    Grant,
    IncidentCommunity,
    Notice,
    Obligation,
    Publication,
    Review,
)
from consent.promise_labels import KINDS, PUBLICATION_ANSWERS, PUBLICATION_KINDS, STANDINGS
from consent.promises import Facts, Standing, standing
from consent.rules import NoticeKind, PublicationAnswer, ReviewState
from consent.year import Figure, Section, Span
from governance.models import AccessEvent, Community


def logged(community: Community, span: Span, *verbs: str, outcome: str = "done") -> int:
    """Count the rows of the log of one community and year that tell of these acts."""
    return AccessEvent.objects.filter(
        community=community,
        verb__in=verbs,
        outcome=outcome,
        at__gte=span.start,
        at__lt=span.end,
    ).count()


def within(field: str, span: Span) -> Q:
    return Q(**{f"{field}__gte": span.start, f"{field}__lt": span.end})


def day(value: date | datetime | None) -> str:
    if value is None:
        return ""
    return date_format(timezone.localdate(value) if isinstance(value, datetime) else value)


def requests(community: Community, span: Span, *, datasets: bool = True) -> Section:
    reviews = Review.objects.filter(community=community)
    rows = reviews.filter(within("opened_at", span) | within("decided_at", span))
    rows = rows.select_related("revision__request__applicant", "dataset").order_by("pk")
    log = partial(logged, community, span)
    decided = reviews.filter(within("decided_at", span))
    grants = Grant.objects.filter(community=community)
    columns = [_("Request"), _("Who asks"), _("Came on"), _("Outcome"), _("Decided on")]
    return Section(
        title=_("Requests"),
        columns=[*columns, _("Dataset")] if datasets else columns,
        rows=[_request_row(review, datasets) for review in rows],
        figures=[
            Figure(
                _("put to us"),
                reviews.filter(within("opened_at", span)).count(),
                log("review.open"),
            ),
            Figure(
                _("we said yes"),
                decided.filter(state=ReviewState.APPROVED.value).count(),
                log("grant.adopt"),
            ),
            Figure(
                _("we said no"),
                decided.filter(state=ReviewState.DECLINED.value).count(),
                log("grant.decline"),
            ),
            Figure(
                _("agreements made"),
                grants.filter(within("granted_at", span)).count(),
                log("grant.issue"),
            ),
        ],
        empty=_("Nobody asked for anything."),
    )


def _request_row(review: Review, datasets: bool) -> list[str]:
    request = review.revision.request
    row = [
        request.title,
        request.applicant.name,
        day(review.opened_at),
        str(LABELS.get(review.state, review.state)),
        day(review.decided_at),
    ]
    return [*row, review.dataset.title] if datasets else row


def papers(community: Community, span: Span, *, hide_withheld: bool = False) -> Section:
    all_rows = Publication.objects.filter(grant__community=community)
    published = Q(published_at__gte=span.start.date(), published_at__lt=span.end.date())
    rows = all_rows.filter(
        within("submitted_at", span) | within("answered_at", span) | published
    ).order_by("pk")
    withheld = rows.filter(answer=PublicationAnswer.WITHHOLD_NAME.value)
    shown = rows.exclude(pk__in=withheld.values("pk")) if hide_withheld else rows
    note = ""
    if hide_withheld and withheld.exists():
        note = _("%(n)s more, in which we are not named, are left out of this copy.")
        note = note % {"n": withheld.count()}
    return Section(
        title=_("Papers, talks and what else was made public"),
        columns=[
            _("Title"),
            _("Kind"),
            _("Where"),
            _("Put to us on"),
            _("Our answer"),
            _("Published on"),
            _("Link"),
        ],
        rows=[_paper_row(row) for row in shown],
        figures=_paper_figures(community, span, all_rows, all_rows.filter(published)),
        empty=_("Nothing was put to us."),
        note=note,
    )


def _paper_figures(
    community: Community,
    span: Span,
    rows: QuerySet[Publication],
    out: QuerySet[Publication],
) -> list[Figure]:
    log = partial(logged, community, span)
    put, answered = (
        rows.filter(within(field, span)).count() for field in ("submitted_at", "answered_at")
    )
    return [
        Figure(_("put to us"), put, log("publication.submit")),
        Figure(_("answered by us"), answered, log("publication.answer")),
        Figure(_("published"), out.count(), _logged_as_published(community, out)),
    ]


def _logged_as_published(community: Community, rows: Iterable[Publication]) -> int:
    """Count what the log tells of these: when it was noted may lie in another year."""
    subjects = [f"publication:{row.public_id}" for row in rows]
    return AccessEvent.objects.filter(
        community=community, verb="publication.publish", subject__in=subjects
    ).count()


def _paper_row(row: Publication) -> list[str]:
    return [
        row.title,
        str(PUBLICATION_KINDS[row.kind]),
        row.where,
        day(row.submitted_at),
        str(PUBLICATION_ANSWERS[row.answer]) if row.answer else _("not answered yet"),
        day(row.published_at),
        row.link,
    ]


def promises(community: Community, span: Span, today: date) -> Section:
    last = span.last_day(today)
    all_rows = Obligation.objects.filter(community=community)
    due = Q(due_on__gte=span.start.date(), due_on__lt=span.end.date())
    rows = all_rows.filter(due | within("done_at", span) | within("let_off_at", span))
    late = all_rows.filter(_late_on(last))
    rows = (rows | late).select_related("grant__review__revision__request").order_by("due_on", "pk")
    log = partial(logged, community, span)
    return Section(
        title=_("What was promised to us"),
        columns=[_("Promise"), _("Kind"), _("Request"), _("Due on"), _("How it stands")],
        rows=[
            [
                row.text,
                str(KINDS[row.kind]),
                row.grant.review.revision.request.title,
                day(row.due_on),
                str(STANDINGS[_standing_on(row, last).value]),
            ]
            for row in rows.distinct()
        ],
        figures=[
            Figure(
                _("promised"), all_rows.filter(within("made_at", span)).count(), log("promise.make")
            ),
            Figure(
                _("done, by our word"),
                all_rows.filter(within("done_at", span)).count(),
                log("promise.confirm"),
            ),
            Figure(
                _("let off by us"),
                all_rows.filter(within("let_off_at", span)).count(),
                log("promise.let-off"),
            ),
            Figure(_("late at the end"), late.count(), None),
        ],
        empty=_("Nothing was due."),
    )


def _standing_on(row: Obligation, on: date) -> Standing:
    """How a promise stood at the end of a day, whatever was said of it later."""

    def said(at: datetime | None) -> bool:
        return at is not None and timezone.localdate(at) <= on

    return standing(
        Facts(row.due_on, said(row.reported_at), said(row.done_at), said(row.let_off_at)), on
    )


def _late_on(on: date) -> Q:
    """The same for the database, for what was late."""
    zone = timezone.get_default_timezone()
    end = datetime.combine(on + timedelta(days=1), time(), zone)
    late = Q(due_on__lt=on, made_at__lt=end)
    for field in ("reported_at", "done_at", "let_off_at"):
        late &= Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__gte": end})
    return late


def incidents(community: Community, span: Span) -> Section:
    rows = IncidentCommunity.objects.filter(community=community).filter(within("told_at", span))
    rows = rows.select_related("incident").order_by("pk")
    closed = IncidentCommunity.objects.filter(community=community).filter(within("closed_at", span))
    return Section(
        title=_("What went wrong"),
        columns=[_("Incident"), _("Happened on"), _("We were told on"), _("Closed by us on")],
        rows=[
            [
                row.incident.title,
                day(row.incident.happened_on),
                day(row.told_at),
                day(row.closed_at),
            ]
            for row in rows
        ],
        figures=[
            Figure(_("told to us"), rows.count(), logged(community, span, "incident.report")),
            Figure(_("closed by us"), closed.count(), logged(community, span, "incident.close")),
        ],
        empty=_("Nothing was reported."),
    )


def stops(community: Community, span: Span) -> Section:
    rows = Notice.objects.filter(community=community).filter(within("in_force_at", span))
    rows = rows.select_related("grant__review__revision__request").order_by("pk")
    return Section(
        title=_("Stops, and agreements taken back"),
        columns=[_("What"), _("About"), _("On")],
        rows=[
            [
                str(LABELS.get(notice.kind, notice.kind)),
                notice.grant.review.revision.request.title
                if notice.grant
                else _("everything on our data"),
                day(notice.in_force_at),
            ]
            for notice in rows
        ],
        figures=_stop_figures(community, span, list(rows)),
        empty=_("Nothing was stopped."),
    )


def _stop_figures(community: Community, span: Span, rows: Sequence[Notice]) -> list[Figure]:
    labels = {
        NoticeKind.PAUSE: _("pauses"),
        NoticeKind.RESUME: _("resumed"),
        NoticeKind.REVOCATION: _("taken back for good"),
    }
    return [
        Figure(
            label,
            sum(row.kind == kind.value for row in rows),
            logged(community, span, f"{kind.value}.in-force"),
        )
        for kind, label in labels.items()
    ]
