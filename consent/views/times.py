"""How long a community gives itself and others."""

from dataclasses import asdict

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from consent.actions.review_times import set_times
from consent.forms.times import TimesForm
from consent.queries.times import times_of
from consent.times import DEFAULTS
from consent.views.acting import confirmed, filled_in
from governance.rules import Verb
from governance.views.visitor import community_for, user_of


@require_http_methods(["GET", "POST"])
def times(request: HttpRequest, slug: str) -> HttpResponse:
    community = community_for(request, slug, Verb.CONVENE)
    now = times_of(community)
    form = TimesForm(request.POST or None, initial=asdict(now))
    return filled_in(
        request,
        form,
        lambda _form: set_times(community.pk, actor=user_of(request), times=form.times()),
        template="consent/times.html",
        context=lambda: {"community": community, "own": now != DEFAULTS},
        url=reverse("consent:times", args=[slug]),
        said=_("These times count from now on, also for what is open."),
    )


@require_http_methods(["GET", "POST"])
def times_reset(request: HttpRequest, slug: str) -> HttpResponse:
    community = community_for(request, slug, Verb.CONVENE)
    url = reverse("consent:times", args=[slug])
    return confirmed(
        request,
        lambda: set_times(community.pk, actor=user_of(request), times=DEFAULTS),
        template="consent/times_reset.html",
        context={"community": community, "times": DEFAULTS, "url": url},
        url=url,
        said=_("The usual times count again."),
    )
