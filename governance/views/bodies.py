"""A community's bodies, in its own words."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from governance.actions import bodies
from governance.forms import BodyForm
from governance.listing import Filter, Rows, Sort, listing
from governance.models import Body, Community
from governance.queries import roles_in
from governance.queries.people import bodies_of, sits_in
from governance.rules import Verb, community_may
from governance.views.acting import confirm, fill_in
from governance.views.visitor import community_for, user_of

_EDIT = "governance/body_form.html"


def _keep(rows: Rows, state: str) -> Rows:
    return rows.filter(ended_at__isnull=state == "on")


@require_safe
def body_list(request: HttpRequest, slug: str) -> HttpResponse:
    community = community_for(request, slug, Verb.READ_COMMUNITY)
    state = Filter(
        "state",
        gettext_lazy("Show"),
        [("on", gettext_lazy("going on")), ("ended", gettext_lazy("ended"))],
        _keep,
    )
    sorts = [
        Sort("name", gettext_lazy("by name"), ("name", "pk")),
        Sort("new", gettext_lazy("newest first"), ("-created_at", "-pk")),
    ]
    context = {
        "community": community,
        "listing": listing(
            request,
            bodies_of(community, ended=True),
            search=("name__icontains", "about__icontains"),
            filters=[state],
            sorts=sorts,
        ),
        "may_name": community_may(roles_in(user_of(request), community), Verb.NAME_BODIES),
    }
    return render(request, "governance/body_list.html", context)


@require_http_methods(["GET", "POST"])
def body_new(request: HttpRequest, slug: str) -> HttpResponse:
    community = community_for(request, slug, Verb.NAME_BODIES)
    return fill_in(
        request,
        BodyForm(request.POST or None),
        lambda filled: bodies.add(community_id=community.pk, actor=user_of(request), **filled),
        template=_EDIT,
        context={"community": community, "body": None},
        url=_list(community),
        said=_("The body is added."),
    )


@require_http_methods(["GET", "POST"])
def body_edit(request: HttpRequest, slug: str, body_slug: str) -> HttpResponse:
    community, body = _body(request, slug, body_slug)
    return fill_in(
        request,
        BodyForm(request.POST or None, initial={"name": body.name, "about": body.about}),
        lambda filled: bodies.describe(body.pk, actor=user_of(request), **filled),
        template=_EDIT,
        context={"community": community, "body": body},
        url=_list(community),
        said=_("It is changed."),
    )


@require_http_methods(["GET", "POST"])
def body_end(request: HttpRequest, slug: str, body_slug: str) -> HttpResponse:
    community, body = _body(request, slug, body_slug)
    return confirm(
        request,
        lambda: bodies.end(body.pk, actor=user_of(request)),
        template="governance/body_end.html",
        context={
            "community": community,
            "body": body,
            "title": _("End {name}").format(name=body.name),
            "sitting": sits_in(community, body),
        },
        url=_list(community),
        said=_("The body has ended."),
    )


def _body(request: HttpRequest, slug: str, body_slug: str) -> tuple[Community, Body]:
    community = community_for(request, slug, Verb.NAME_BODIES)
    return community, get_object_or_404(bodies_of(community), slug=body_slug)


def _list(community: Community) -> str:
    return reverse("governance:bodies", args=[community.slug])
