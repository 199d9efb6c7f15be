"""Quiet times of a community."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from governance.actions import quiet
from governance.forms import QuietForm
from governance.listing import Filter, Rows, Sort, listing
from governance.models import Community
from governance.queries import roles_in
from governance.queries.quiet import quiet_times_of
from governance.rules import Verb, community_may
from governance.views.acting import confirm, fill_in
from governance.views.visitor import community_for, user_of


def _keep(rows: Rows, state: str) -> Rows:
    if state == "lifted":
        return rows.filter(lifted_at__isnull=False)
    ahead = rows.filter(lifted_at__isnull=True, ends__gte=timezone.localdate())
    if state == "ahead":
        return ahead
    return rows.filter(lifted_at__isnull=True, ends__lt=timezone.localdate())


@require_safe
def quiet_list(request: HttpRequest, slug: str) -> HttpResponse:
    community = community_for(request, slug, Verb.READ_COMMUNITY)
    state = Filter(
        "state",
        gettext_lazy("Show"),
        [
            ("ahead", gettext_lazy("now and to come")),
            ("over", gettext_lazy("over")),
            ("lifted", gettext_lazy("lifted early")),
        ],
        _keep,
    )
    found = listing(
        request,
        quiet_times_of(community),
        search=("reason__icontains",),
        filters=[state],
        sorts=[
            Sort("late", gettext_lazy("latest first"), ("-starts", "-pk")),
            Sort("early", gettext_lazy("earliest first"), ("starts", "pk")),
        ],
    )
    context = {
        "community": community,
        "listing": found,
        "today": timezone.localdate(),
        "may_convene": community_may(roles_in(user_of(request), community), Verb.CONVENE),
    }
    return render(request, "governance/quiet_list.html", context)


@require_http_methods(["GET", "POST"])
def quiet_new(request: HttpRequest, slug: str) -> HttpResponse:
    community = community_for(request, slug, Verb.CONVENE)
    return fill_in(
        request,
        QuietForm(request.POST or None),
        lambda filled: quiet.keep_quiet(
            community_id=community.pk, actor=user_of(request), **filled
        ),
        template="governance/quiet_new.html",
        context={"community": community},
        url=_list(community),
        said=_("The quiet time is set."),
    )


@require_http_methods(["GET", "POST"])
def quiet_lift(request: HttpRequest, slug: str, quiet_id: int) -> HttpResponse:
    community = community_for(request, slug, Verb.CONVENE)
    found = get_object_or_404(quiet_times_of(community), pk=quiet_id)
    return confirm(
        request,
        lambda: quiet.lift(found.pk, actor=user_of(request)),
        template="governance/quiet_lift.html",
        context={"community": community, "quiet": found, "url": _list(community)},
        url=_list(community),
        said=_("The quiet time is over. Reminders leave again."),
    )


def _list(community: Community) -> str:
    return reverse("governance:quiet", args=[community.slug])
