from django.conf import settings
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from federation.labels import LABELS
from federation.queries import nodes_of_all, oldest_waiting, runs_by_state
from federation.views.visitor import visitor_who_may
from governance.listing import Filter, Sort, exactly, listing
from governance.queries.alerts import alert_counts
from governance.rules import NodeState, Verb

LONG_S = 120
"""A run that has not reached Flower after this many seconds is worth a look."""

MOST_WAITING = 10
"""As many of these runs are named; how many there are is said besides."""

_STATES = [(state.value, LABELS[state.value]) for state in NodeState if state != NodeState.RETIRED]
_SORTS = [
    Sort("community", gettext_lazy("by community"), ("community__name", "name", "pk")),
    Sort(
        "quiet",
        gettext_lazy("silent longest first"),
        (F("last_seen_at").asc(nulls_first=True), "pk"),
    ),
]


@require_safe
def parts(request: HttpRequest) -> HttpResponse:
    """The state of the platform's parts, for admins. It tells of machines, not of decisions."""
    visitor_who_may(request, Verb.READ_PARTS)
    nodes = listing(
        request,
        nodes_of_all(),
        search=("community__name__icontains", "name__icontains"),
        filters=[Filter("state", _("State"), _STATES, exactly("state"))],
        sorts=_SORTS,
    )
    waiting = oldest_waiting(over_s=LONG_S)
    context = {
        "counts": runs_by_state(),
        "waiting": waiting[:MOST_WAITING],
        "waiting_in_all": waiting.count(),
        "listing": nodes,
        "alerts": alert_counts(timezone.now()),
        "celery_flower_url": settings.KINHOLD_CELERY_FLOWER_URL,
    }
    return render(request, "federation/parts.html", context)
