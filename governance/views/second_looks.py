"""What one steward proposed: read it, confirm it as a second one, or drop it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from governance.actions import dataset_holders, people, second_looks
from governance.models import Community, SecondLook, User
from governance.queries.second_looks import LASTS, looks_of, named_in, open_looks
from governance.rules import SecondLookKind, SecondLookOutcome, Verb
from governance.second_look_words import effect_in_words, proposed_in_words, state_in_words
from governance.views.acting import confirm
from governance.views.visitor import community_for, user_of

_CONFIRM: dict[SecondLookKind, Callable[..., object]] = {
    SecondLookKind.ROLE_END: people.confirm,
    SecondLookKind.TERM: people.confirm,
    SecondLookKind.LEAVE: dataset_holders.confirm_leave,
}


@require_safe
def second_look(request: HttpRequest, slug: str, look_id: UUID) -> HttpResponse:
    community, look = _found(request, slug, look_id)
    return render(request, "governance/second_look.html", _context(request, community, look))


@require_http_methods(["GET", "POST"])
def second_look_confirm(request: HttpRequest, slug: str, look_id: UUID) -> HttpResponse:
    """Who proposed it or is concerned reads here why she cannot; the action refuses her too."""
    community, look = _found(request, slug, look_id)
    context = _context(request, community, look)
    here = reverse("governance:second-look", args=[community.slug, look.public_id])
    if request.method == "GET" and not context["may_confirm"]:
        return redirect(here)
    return confirm(
        request,
        lambda: _CONFIRM[SecondLookKind(look.kind)](look.pk, actor=user_of(request)),
        template="governance/second_look_confirm.html",
        context=context,
        url=here,
        said=_("You confirmed it, and it is done."),
    )


@require_http_methods(["GET", "POST"])
def second_look_drop(request: HttpRequest, slug: str, look_id: UUID) -> HttpResponse:
    community, look = _found(request, slug, look_id)
    context = _context(request, community, look)
    here = reverse("governance:second-look", args=[community.slug, look.public_id])
    if request.method == "GET" and not context["may_drop"]:
        return redirect(here)
    return confirm(
        request,
        lambda: second_looks.drop(look.pk, actor=user_of(request)),
        template="governance/second_look_drop.html",
        context=context,
        url=here,
        said=_("The proposal is dropped. Nothing was changed."),
    )


def _found(request: HttpRequest, slug: str, look_id: UUID) -> tuple[Community, SecondLook]:
    community = community_for(request, slug, Verb.MANAGE_PEOPLE)
    return community, get_object_or_404(looks_of(community), public_id=look_id)


def _context(request: HttpRequest, community: Community, look: SecondLook) -> dict[str, Any]:
    user = user_of(request)
    is_open = open_looks().filter(pk=look.pk).exists()
    is_own = look.proposed_by.user_id == user.pk
    is_about = look.membership is not None and look.membership.user_id == user.pk
    seated = _is_seated(user, community)
    return {
        "community": community,
        "look": look,
        "proposed": proposed_in_words(look),
        "effect": effect_in_words(look),
        "state": state_in_words(look, is_open=is_open),
        "is_open": is_open,
        "is_own": is_own,
        "is_about": is_about,
        "seated": seated,
        "may_confirm": is_open and seated and not is_own and not is_about,
        "may_drop": is_open and seated and not is_about,
        "falls": look.proposed_at + LASTS,
        "charter_next": look.kind == SecondLookKind.ROLE_END
        and look.outcome == SecondLookOutcome.CONFIRMED,
        "at": _place(look),
    }


def _is_seated(user: User, community: Community) -> bool:
    named = named_in(community)
    held = user.memberships.filter(community=community)
    return any(membership.steward_id in named for membership in held)


def _place(look: SecondLook) -> tuple[str, str]:
    """Return the name and the address of what it is about; no address for what one sees no more."""
    slug = look.community.slug
    if look.membership is not None:
        member = look.membership
        return member.shown_name, reverse("governance:member", args=[slug, member.public_id])
    assert look.holder is not None  # noqa: S101  the table holds one or the other
    if look.holder.ended_at is not None:
        return look.holder.dataset.title, ""
    return (
        look.holder.dataset.title,
        reverse("governance:dataset", args=[slug, look.holder.dataset.slug]),
    )
