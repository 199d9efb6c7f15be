"""The yearly report of a community: page, sheet and paper."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_GET

from consent.actions import year_reports
from consent.errors import CannotPrint
from consent.queries.year_report import not_named, year_report, years_of
from consent.views.paper import require_pace
from governance.models import Community
from governance.rules import Verb
from governance.views.visitor import community_for, user_of

TYPES = {"csv": "text/csv; charset=utf-8", "pdf": "application/pdf"}


@require_GET
def year_list(request: HttpRequest, slug: str) -> HttpResponse:
    community = community_for(request, slug, Verb.READ_COMMUNITY)
    today = timezone.localdate()
    context = {
        "community": community,
        "years": years_of(community, today=today),
        "this_year": today.year,
    }
    return render(request, "consent/year_list.html", context)


@require_GET
def year_report_page(request: HttpRequest, slug: str, year: int) -> HttpResponse:
    community = _of(request, slug, year)
    context = {
        "community": community,
        "report": year_report(community, year, today=timezone.localdate()),
        "nameless": not_named(community),
    }
    return render(request, "consent/year_report.html", context)


@require_GET
def year_file(request: HttpRequest, slug: str, year: int, ending: str) -> HttpResponse:
    """The report as a file; ``?for=others`` a copy to pass on, ``?large=yes`` in large type."""
    community = _of(request, slug, year)
    if ending not in TYPES:
        raise Http404
    for_others = request.GET.get("for") == "others"
    try:
        if ending == "pdf":
            require_pace(user_of(request))
        content = year_reports.take(
            community.pk,
            year,
            actor=user_of(request),
            ending=ending,
            today=timezone.localdate(),
            for_others=for_others,
            large=request.GET.get("large") == "yes",
        )
    except CannotPrint as refusal:
        messages.error(request, str(refusal))
        return redirect("consent:year_report", slug, year)
    answer = HttpResponse(content, content_type=TYPES[ending])
    # The name of a copy to pass on says nothing about whose it is.
    name = f"report-{year}.{ending}" if for_others else f"report-{slug}-{year}.{ending}"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    patch_cache_control(answer, private=True, no_store=True)
    return answer


def _of(request: HttpRequest, slug: str, year: int) -> Community:
    community = community_for(request, slug, Verb.READ_COMMUNITY)
    if year not in years_of(community, today=timezone.localdate()):
        raise Http404
    return community
