"""Times away: each person's own."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from governance.actions import absences
from governance.forms import AwayForm
from governance.listing import Filter, Rows, Sort, listing
from governance.models import Absence, Community
from governance.queries.people import absences_of
from governance.rules import Verb
from governance.views.acting import confirm, fill_in
from governance.views.visitor import community_for, user_of

_FORM = "governance/absence_form.html"


def _keep(rows: Rows, state: str) -> Rows:
    ahead = rows.filter(ended_at__isnull=True, ends__gte=timezone.localdate())
    return ahead if state == "ahead" else rows.exclude(pk__in=ahead.values("pk"))


@require_safe
def absence_list(request: HttpRequest, slug: str) -> HttpResponse:
    """One's own times away; everybody else's stand on their own pages."""
    community = community_for(request, slug, Verb.READ_COMMUNITY)
    state = Filter(
        "state",
        gettext_lazy("Show"),
        [("ahead", gettext_lazy("now and to come")), ("over", gettext_lazy("over"))],
        _keep,
    )
    found = listing(
        request,
        absences_of(user_of(request), community),
        search=("note__icontains",),
        filters=[state],
        sorts=[
            Sort("late", gettext_lazy("latest first"), ("-starts", "-pk")),
            Sort("early", gettext_lazy("earliest first"), ("starts", "pk")),
        ],
    )
    context = {"community": community, "listing": found, "today": timezone.localdate()}
    return render(request, "governance/absence_list.html", context)


@require_http_methods(["GET", "POST"])
def absence_new(request: HttpRequest, slug: str) -> HttpResponse:
    community = community_for(request, slug, Verb.READ_COMMUNITY)
    return fill_in(
        request,
        AwayForm(request.POST or None),
        lambda filled: absences.set_away(
            community_id=community.pk, actor=user_of(request), **filled
        ),
        template=_FORM,
        context={"community": community, "absence": None},
        url=_list(community),
        said=_("The others see it now, and no reminder is sent to you."),
    )


@require_http_methods(["GET", "POST"])
def absence_edit(request: HttpRequest, slug: str, absence_id: int) -> HttpResponse:
    community, absence = _absence(request, slug, absence_id)
    initial: dict[str, Any] = {
        "starts": absence.starts,
        "ends": absence.ends,
        "note": absence.note,
    }
    return fill_in(
        request,
        AwayForm(request.POST or None, initial=initial),
        lambda filled: absences.change(absence.pk, actor=user_of(request), **filled),
        template=_FORM,
        context={"community": community, "absence": absence},
        url=_list(community),
        said=_("It is changed."),
    )


@require_http_methods(["GET", "POST"])
def absence_end(request: HttpRequest, slug: str, absence_id: int) -> HttpResponse:
    community, absence = _absence(request, slug, absence_id)
    return confirm(
        request,
        lambda: absences.end(absence.pk, actor=user_of(request)),
        template="governance/absence_end.html",
        context={"community": community, "absence": absence, "url": _list(community)},
        url=_list(community),
        said=_("Good to have you back."),
    )


def _absence(request: HttpRequest, slug: str, absence_id: int) -> tuple[Community, Absence]:
    community = community_for(request, slug, Verb.READ_COMMUNITY)
    own = absences_of(user_of(request), community)
    return community, get_object_or_404(own, pk=absence_id)


def _list(community: Community) -> str:
    return reverse("governance:absences", args=[community.slug])
