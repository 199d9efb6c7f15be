"""The access log: the whole for auditors and admins, their own part for a community's people."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from governance.forms import LogFilter
from governance.navigation import verbs_of
from governance.queries import communities_in_log, events_visible_to
from governance.rules import Verb
from governance.views.visitor import user_of

PAGE_SIZE = 50


@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """Show the newest rows first. Older ones follow by row number, so pages never shift."""
    user = user_of(request)
    if not verbs_of(user) & {Verb.READ_LOG, Verb.READ_OWN_LOG}:
        raise Http404
    form = LogFilter(request.GET, communities=communities_in_log(user))
    events = list(form.narrow(events_visible_to(user))[: PAGE_SIZE + 1])
    more = len(events) > PAGE_SIZE
    events = events[:PAGE_SIZE]
    context = {
        "form": form,
        "events": events,
        "older": events[-1].pk if more else None,
        "filtered": any(v for key, v in request.GET.items() if key != "before"),
    }
    return render(request, "governance/log.html", context)
