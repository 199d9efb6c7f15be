from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from federation.queries import nodes_of_all, oldest_waiting, runs_by_state
from federation.views.visitor import visitor_who_may
from governance.rules import Verb

LONG_S = 120
"""A run that has not reached Flower after this many seconds is worth a look."""


@require_safe
def parts(request: HttpRequest) -> HttpResponse:
    """The state of the platform's parts, for admins. It tells of machines, not of decisions."""
    visitor_who_may(request, Verb.READ_PARTS)
    context = {
        "counts": runs_by_state(),
        "waiting": oldest_waiting(over_s=LONG_S),
        "nodes": nodes_of_all(),
        "celery_flower_url": settings.KINHOLD_CELERY_FLOWER_URL,
    }
    return render(request, "federation/parts.html", context)
