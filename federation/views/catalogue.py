from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from federation.queries import jobs_published
from governance.listing import Sort, listing

_SORTS = [
    Sort("title", gettext_lazy("by title"), ("title", "pk")),
    Sort("newest", gettext_lazy("newest first"), ("-published_at", "-pk")),
]


@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    """What each job does, what leaves a node for it, and what may be set. For all who sign in."""
    found = listing(
        request,
        jobs_published(),
        search=("title__icontains", "description__icontains", "name__icontains"),
        sorts=_SORTS,
    )
    return render(request, "federation/catalogue.html", {"listing": found})
