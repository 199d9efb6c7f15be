from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from federation.queries import jobs_published


@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    """What each job does, what leaves a node for it, and what may be set. For all who sign in."""
    return render(request, "federation/catalogue.html", {"jobs": jobs_published()})
