"""The people of a community: the list, one person's page, her seats and term, the end of a role."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from governance.actions import people, second_looks
from governance.forms import EndRoleForm, OthersSeatForm, SeatForm
from governance.listing import Filter, Listing, Rows, Sort, listing
from governance.models import Community, Membership, User
from governance.queries import charter_chain, roles_in
from governance.queries.people import (
    absences_of,
    bodies_of,
    body_names,
    people_of,
    running_out,
)
from governance.queries.second_looks import look_at_role, seconds_in, takes_two
from governance.role_words import ROLES
from governance.rules import CommunityRole, SecondLookKind, Verb, community_may
from governance.second_look_words import proposed_in_words
from governance.views.acting import fill_in
from governance.views.visitor import community_for, user_of

_SORTS = [
    Sort("name", gettext_lazy("by name"), ("shown_name", "pk")),
    Sort("role", gettext_lazy("by role"), ("role", "shown_name", "pk")),
    Sort("term", gettext_lazy("by end of term"), ("until", "shown_name", "pk")),
    Sort("new", gettext_lazy("newest first"), ("-since", "-pk")),
]


@require_safe
def people_list(request: HttpRequest, slug: str) -> HttpResponse:
    community = community_for(request, slug, Verb.READ_COMMUNITY)
    names = body_names(community)
    found = _listed(request, community, names)
    for member in found.page:
        member.body_names = [names.get(body, body) for body in member.bodies]
    roles = roles_in(user_of(request), community)
    context = {
        "community": community,
        "listing": found,
        "may_invite": community_may(roles, Verb.INVITE),
    }
    return render(request, "governance/people.html", context)


def _listed(request: HttpRequest, community: Community, names: dict[str, str]) -> Listing:
    """Who has a role now; those whose role has ended only when asked for."""
    filters = [
        Filter(
            "role",
            gettext_lazy("Role"),
            list(ROLES.items()),
            lambda rows, role: rows.filter(role=role),
        ),
        Filter(
            "body",
            gettext_lazy("Body"),
            list(names.items()),
            lambda rows, body: rows.filter(bodies__contains=[body]),
        ),
        Filter(
            "term",
            gettext_lazy("Term"),
            [
                ("soon", gettext_lazy("ends within 90 days")),
                ("away", gettext_lazy("away today")),
                ("ended", gettext_lazy("ended")),
            ],
            _keep,
        ),
    ]
    ended = request.GET.get("term") == "ended"
    rows = people_of(community).filter(current=not ended)
    return listing(request, rows, search=("shown_name__icontains",), filters=filters, sorts=_SORTS)


def _keep(rows: Rows, term: str) -> Rows:
    if term == "soon":
        return rows.filter(running_out())
    if term == "away":
        return rows.filter(away_until__isnull=False)
    return rows


@require_safe
def member(request: HttpRequest, slug: str, member_id: UUID) -> HttpResponse:
    community = community_for(request, slug, Verb.READ_COMMUNITY)
    user = user_of(request)
    shown = _member(community, member_id)
    names = body_names(community)
    manages = _may_manage(user, community)
    context = {
        "community": community,
        "member": shown,
        "bodies": [names.get(body, body) for body in shown.bodies],
        "named": _named(community, shown),
        "absences": absences_of(shown.user, community).filter(ended_at__isnull=True)[:5],
        "two": manages and takes_two(user, shown),
        "is_self": shown.user_id == user.pk,
        "may_manage": manages and shown.current,
        "may_draft": manages,
        # Whom it concerns is a steward too: she and the other stewards read it, nobody else.
        "look": (look := look_at_role(shown) if manages else None),
        "said": proposed_in_words(look) if look else "",
    }
    return render(request, "governance/member.html", context)


@require_http_methods(["GET", "POST"])
def member_edit(request: HttpRequest, slug: str, member_id: UUID) -> HttpResponse:
    community = community_for(request, slug, Verb.MANAGE_PEOPLE)
    shown = _member(community, member_id, current=True)
    initial = {"bodies": shown.bodies, "until": shown.last_day}
    two = takes_two(user_of(request), shown)
    kind = OthersSeatForm if two else SeatForm
    form = kind(request.POST or None, bodies=bodies_of(community), initial=initial)

    def save(filled: dict[str, Any]) -> None:
        people.set_seat(
            shown.pk,
            actor=user_of(request),
            bodies=form.seats,
            until=filled["until"],
            reason=filled.get("reason", ""),
        )

    return fill_in(
        request,
        form,
        save,
        template="governance/member_edit.html",
        context={"community": community, "member": shown},
        url=_url(shown),
        said=_("It is saved. An earlier end waits for another steward.")
        if two
        else _("It is changed."),
    )


@require_http_methods(["GET", "POST"])
def member_end(request: HttpRequest, slug: str, member_id: UUID) -> HttpResponse:
    """End a role; that of another steward whom the charter names is proposed."""
    community = community_for(request, slug, Verb.MANAGE_PEOPLE)
    user = user_of(request)
    shown = _member(community, member_id, current=True)
    two = takes_two(user, shown)
    title = _("Propose to end the role of {name}") if two else _("End the role of {name}")
    context = {
        "community": community,
        "member": shown,
        "named": _named(community, shown),
        "two": two,
        "nobody": _nobody(user, shown) if two else "",
        "title": title.format(name=shown.shown_name),
        "url": _url(shown),
    }
    act = people.propose_end if two else people.end_role
    said = _("It is proposed. Another steward has to confirm it.")
    return fill_in(
        request,
        EndRoleForm(request.POST or None),
        lambda filled: act(shown.pk, actor=user, **filled),
        template="governance/member_end.html",
        context=context,
        url=_url(shown),
        said=said if two else _("The role has ended."),
    )


def _nobody(user: User, shown: Membership) -> str:
    """Say what helps where nobody could confirm; "" where somebody can."""
    if seconds_in(shown.community, but={user.pk, shown.user_id}):
        return ""
    return second_looks.nobody_left(SecondLookKind.ROLE_END)


def _member(community: Community, member_id: UUID, *, current: bool | None = None) -> Any:
    """Return the membership, with what ``people_of`` puts on it."""
    rows = people_of(community)
    if current is not None:
        rows = rows.filter(current=current)
    return get_object_or_404(rows, public_id=member_id)


def _may_manage(user: User, community: Community) -> bool:
    return community_may(roles_in(user, community), Verb.MANAGE_PEOPLE)


def _named(community: Community, shown: Membership) -> bool:
    """Say whether the charter in force names this steward, so that nodes count her key."""
    if shown.role != CommunityRole.STEWARD:
        return False
    chain = charter_chain(community)
    return bool(chain) and any(s.id == shown.steward_id for s in chain[-1].stewards)


def _url(shown: Membership) -> str:
    return reverse("governance:member", args=[shown.community.slug, shown.public_id])
