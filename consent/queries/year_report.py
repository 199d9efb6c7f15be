"""What a community's year was: all uses, papers, promises, incidents and stops (R-33).

Each total is counted twice: from the tables that the pages show, and from the access log alone.
"""

from datetime import date, datetime

from django.utils import timezone

from consent.agreement import rulebook_of
from consent.models import Review
from consent.promises import naming
from consent.queries.year_sections import incidents, papers, promises, requests, stops
from consent.year import Section, Span, YearReport, registered_parts, without_name
from governance.models import Community
from governance.queries import protocols_in_force


def span_of(year: int) -> Span:
    """The year in the time zone of the settings, in which the community counts its days."""
    zone = timezone.get_default_timezone()
    return Span(year, datetime(year, 1, 1, tzinfo=zone), datetime(year + 1, 1, 1, tzinfo=zone))


def years_of(community: Community, *, today: date) -> list[int]:
    """The years of which there can be a report, newest first; always the present one."""
    first = Review.objects.filter(community=community).order_by("opened_at").first()
    begin = timezone.localdate(first.opened_at).year if first else today.year
    return list(range(today.year, min(begin, today.year) - 1, -1))


def year_report(community: Community, year: int, *, today: date) -> YearReport:
    """The report as the community's own people read it."""
    sections = _sections(community, span_of(year), today)
    return YearReport(community.name, year, running=today.year == year, sections=sections)


def year_report_for_others(community: Community, year: int, *, today: date) -> YearReport:
    """The same as a copy to pass on: it keeps to how the community wishes to be named (R-35).

    What it agreed to only without its name is left out of a copy that bears its name.
    """
    nameless = not_named(community)
    sections = _sections(
        community, span_of(year), today, datasets=False, hide_withheld=not nameless
    )
    report = YearReport(
        community.name, year, running=today.year == year, sections=sections, for_others=True
    )
    return without_name(report, [community.name, community.slug]) if nameless else report


def _sections(
    community: Community,
    span: Span,
    today: date,
    *,
    datasets: bool = True,
    hide_withheld: bool = False,
) -> list[Section]:
    return [
        requests(community, span, datasets=datasets),
        *(part(community, span) for part in registered_parts()),
        papers(community, span, hide_withheld=hide_withheld),
        promises(community, span, today),
        incidents(community, span),
        stops(community, span),
    ]


def not_named(community: Community) -> bool:
    """Say whether a protocol in force asks that the community is not named."""
    held = protocols_in_force(community).select_related("statement")
    return not naming([rulebook_of(row.statement.text.encode()) for row in held]).named
