"""A community's yearly report as a file. That it was taken is told in the community's log."""

from datetime import date

from django.db import transaction

from consent.printing import pdf_of
from consent.queries.year_report import year_report, year_report_for_others
from consent.year import YearReport, as_csv
from governance.actions.audit import record
from governance.actions.permissions import require_member
from governance.models import Community, User
from governance.rules import Verb


@transaction.atomic
def take(
    community_id: int,
    year: int,
    *,
    actor: User,
    ending: str,
    today: date,
    for_others: bool = False,
    large: bool = False,
) -> bytes:
    """Return the report of one year as a file.

    Args:
        ending: ``csv`` or ``pdf``.
        for_others: a copy to pass on, which keeps to how the community wishes to be named.
        large: large type, for a PDF.
    Raises:
        governance.errors.NotAllowed: nobody of this community.
        CannotPrint: this machine cannot make PDF files.
    """
    community = Community.objects.get(pk=community_id)
    require_member(actor, Verb.READ_COMMUNITY, community)
    made = year_report_for_others if for_others else year_report
    content = _written(made(community, year, today=today), ending, large=large)
    record(
        "report.export",
        actor=actor,
        subject=f"report:{community.slug}:{year}",
        community=community,
        reason=f"As {ending}, a copy to pass on." if for_others else f"As {ending}.",
    )
    return content


def _written(report: YearReport, ending: str, *, large: bool) -> bytes:
    if ending == "csv":
        return as_csv(report).encode("utf-8-sig")  # with the mark by which sheets know UTF-8
    return pdf_of("print/year_report.html", {"report": report}, large=large)
