"""What is owed to a community: the list, one promise, and what a steward says to it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from consent.actions import obligations
from consent.errors import ConsentError, Incomplete
from consent.forms.promises import WhyForm
from consent.models import Obligation
from consent.promise_labels import KINDS, STANDINGS
from consent.promises import Standing
from consent.queries.obligations import (
    community_of_steward,
    is_standing,
    obligations_visible_to,
    open_obligations,
)
from consent.queries.reviews import has_part
from consent.views.acting import confirmed
from consent.views.visitor import posted
from governance.errors import GovernanceError
from governance.listing import Filter, Rows, Sort, choices_in, exactly, listing
from governance.rules import Verb
from governance.views.visitor import community_for, user_of

_REQUEST = "grant__review__revision__request"
_SORTS = [
    Sort("due", gettext_lazy("by day"), (F("done_at").asc(nulls_first=True), "due_on", "pk")),
    Sort("newest", gettext_lazy("newest first"), ("-made_at", "-pk")),
    Sort("kind", gettext_lazy("by kind"), ("kind", "due_on", "pk")),
    Sort("request", gettext_lazy("by request"), (f"{_REQUEST}__title", "due_on", "pk")),
]


@require_GET
def promise_list(request: HttpRequest, slug: str) -> HttpResponse:
    community = community_for(request, slug, Verb.READ_COMMUNITY)
    rows = obligations_visible_to(user_of(request)).filter(community=community)
    found = listing(
        request,
        rows,
        search=("text__icontains", f"{_REQUEST}__title__icontains"),
        filters=[
            Filter("state", _("State"), [("open", _("not done yet")), *STANDINGS.items()], _keep),
            Filter("kind", _("Kind"), list(KINDS.items()), exactly("kind")),
            Filter(
                "request",
                _("Request"),
                _requests_in(rows),
                exactly(f"{_REQUEST}__public_id"),
            ),
        ],
        sorts=_SORTS,
    )
    return render(request, "consent/promise_list.html", {"community": community, "listing": found})


def _requests_in(rows: Rows) -> list[tuple[str, Any]]:
    titles = choices_in(rows, f"{_REQUEST}__public_id", f"{_REQUEST}__title")
    return [(str(public_id), title) for public_id, title in titles]


def _keep(rows: Rows, state: str) -> Rows:
    if state == "open":
        return rows.filter(open_obligations())
    return rows.filter(is_standing(Standing(state), timezone.localdate()))


@require_GET
def promise_detail(request: HttpRequest, slug: str, promise_id: UUID) -> HttpResponse:
    row = _promise(request, slug, promise_id, Verb.READ_COMMUNITY)
    context = {
        "community": row.community,
        "promise": row,
        "may_confirm": community_of_steward(user_of(request), row.community)
        and not has_part(row.grant.review, user_of(request)),
    }
    return render(request, "consent/promise_detail.html", context)


@require_http_methods(["GET", "POST"])
def promise_done(request: HttpRequest, slug: str, promise_id: UUID) -> HttpResponse:
    """Say that it was kept. There is nothing to fill in."""
    row = _promise(request, slug, promise_id, Verb.CONFIRM_DONE)
    return confirmed(
        request,
        lambda: obligations.confirm(row.pk, actor=user_of(request)),
        template="consent/promise_done.html",
        context={"community": row.community, "promise": row},
        url=reverse("consent:promise", args=[slug, promise_id]),
        said=_("It is written down as kept."),
    )


@require_http_methods(["GET", "POST"])
def promise_send_back(request: HttpRequest, slug: str, promise_id: UUID) -> HttpResponse:
    row = _promise(request, slug, promise_id, Verb.CONFIRM_DONE)
    return _settle(
        request,
        row,
        form=WhyForm(posted(request)),
        act=lambda filled: obligations.send_back(row.pk, actor=user_of(request), **filled),
        template="consent/promise_send_back.html",
        said=_("It is sent back. The researcher is told."),
    )


@require_http_methods(["GET", "POST"])
def promise_let_off(request: HttpRequest, slug: str, promise_id: UUID) -> HttpResponse:
    row = _promise(request, slug, promise_id, Verb.CONFIRM_DONE)
    return _settle(
        request,
        row,
        form=WhyForm(posted(request)),
        act=lambda filled: obligations.let_off(row.pk, actor=user_of(request), **filled),
        template="consent/promise_let_off.html",
        said=_("The researcher need not keep this promise any more, and is told."),
    )


def _promise(request: HttpRequest, slug: str, promise_id: UUID, verb: Verb) -> Obligation:
    community = community_for(request, slug, verb)
    rows = obligations_visible_to(user_of(request)).filter(community=community)
    return get_object_or_404(rows, public_id=promise_id)


def _settle(
    request: HttpRequest,
    row: Obligation,
    *,
    form: WhyForm,
    act: Callable[[dict[str, Any]], Obligation],
    template: str,
    said: str,
) -> HttpResponse:
    """Show what will happen, then do it; a refusal about a field stands next to it."""
    if request.method == "POST" and form.is_valid():
        try:
            act(form.cleaned_data)
        except Incomplete as refusal:
            form.add_error("reason", str(refusal))
        except (ConsentError, GovernanceError) as refusal:
            messages.error(request, str(refusal))
            return redirect("consent:promise", row.community.slug, row.public_id)
        else:
            messages.success(request, said)
            return redirect("consent:promise", row.community.slug, row.public_id)
    context = {"community": row.community, "promise": row, "form": form}
    status = 400 if form.errors else 200
    return render(request, template, context, status=status)
