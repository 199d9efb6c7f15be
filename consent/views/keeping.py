"""After a new protocol: what becomes of the agreements under the one before."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from consent.actions import keeping
from consent.agreement import rulebook_of
from consent.document import read_back
from consent.errors import ConsentError
from consent.forms.answers import KeepingForm
from consent.labels import Text
from consent.models import Grant
from consent.queries.keeping import (
    Held,
    agreement_behind,
    agreements_behind,
    grants_running,
    review_anew,
    stop_put,
)
from consent.rules import Keeping
from consent.views.visitor import posted
from consent.views.what_if import step_of
from consent.what_if import compare
from governance.errors import GovernanceError
from governance.listing import Filter, Rows, Sort, listing
from governance.models import Protocol
from governance.queries import keepers_told_of, protocols_of, roles_in
from governance.rules import Verb, community_may
from governance.views.visitor import community_for, user_of

NOBODY = "nobody"
_STATES: dict[str, Text] = {
    NOBODY: gettext_lazy("nobody has chosen yet"),
    Keeping.KEEP.value: gettext_lazy("kept"),
    Keeping.RENEGOTIATE.value: gettext_lazy("agreeing anew"),
    Keeping.STOP.value: gettext_lazy("to be stopped"),
}
_SORTS = (
    Sort("newest", gettext_lazy("newest first"), ("-granted_at", "-pk")),
    Sort("ends", gettext_lazy("ending soonest"), ("not_after", "pk")),
    Sort("title", gettext_lazy("by title"), ("review__revision__request__title", "pk")),
)


@require_safe
def keeping_list(request: HttpRequest, slug: str) -> HttpResponse:
    community = community_for(request, slug, Verb.READ_COMMUNITY)
    behind = agreements_behind(community)
    lines = {held.newest.line: held.newest.title for held in behind}

    def chosen(rows: Rows, value: str) -> Rows:
        return rows.filter(pk__in=[held.grant.pk for held in behind if _state(held) == value])

    def of_line(rows: Rows, value: str) -> Rows:
        return rows.filter(pk__in=[h.grant.pk for h in behind if h.newest.line == value])

    found = listing(
        request,
        grants_running(community).filter(pk__in={held.grant.pk for held in behind}),
        search=(
            "review__revision__request__title__icontains",
            "review__dataset__title__icontains",
        ),
        filters=(
            Filter("choice", _("What was chosen"), list(_STATES.items()), chosen),
            Filter("line", _("Protocol"), list(lines.items()), of_line),
        ),
        sorts=_SORTS,
    )
    roles = roles_in(user_of(request), community)
    context = {
        "community": community,
        "listing": found,
        "rows": [_row(grant, behind) for grant in found.page],
        "may_choose": community_may(roles, Verb.DECIDE),
    }
    return render(request, "consent/keeping_list.html", context)


@require_http_methods(["GET", "POST"])
def keeping_choose(
    request: HttpRequest, slug: str, grant_id: UUID, protocol_id: int
) -> HttpResponse:
    """Show what each choice would do; a POST makes it."""
    community = community_for(request, slug, Verb.DECIDE)
    grant: Grant = get_object_or_404(grants_running(community), public_id=grant_id)
    protocol: Protocol = get_object_or_404(protocols_of(community), pk=protocol_id)
    held = agreement_behind(grant, protocol)
    if held is None:
        raise Http404
    form = KeepingForm(
        posted(request),
        initial={"choice": held.choice.value},
        readers=keepers_told_of(community),
    )
    if request.method == "POST" and form.is_valid():
        choice = Keeping(form.cleaned_data["choice"])
        try:
            keeping.choose(
                grant.pk,
                protocol.pk,
                actor=user_of(request),
                choice=choice,
                reason=form.cleaned_data["reason"],
            )
        except (ConsentError, GovernanceError) as refusal:
            form.add_error(None, str(refusal))
        else:
            return _after(request, grant, choice)
    context = {"community": community, "held": held, "form": form, "steps": _steps(held)}
    status = 400 if form.errors else 200
    return render(request, "consent/keeping_choose.html", context, status=status)


def _after(request: HttpRequest, grant: Grant, choice: Keeping) -> HttpResponse:
    anew, stop = review_anew(grant), stop_put(grant)
    if choice is Keeping.RENEGOTIATE and anew is not None:
        messages.success(request, _("The new text is here. The stewards decide on it."))
        return redirect("consent:review", anew.public_id)
    if choice is Keeping.STOP and stop is not None:
        messages.success(request, _("It is put to the stewards. Nothing is stopped before."))
        return redirect("consent:notice", stop.public_id)
    messages.success(request, _("It goes on as it was signed."))
    return redirect("consent:keeping", grant.community.slug)


def _row(grant: Grant, behind: list[Held]) -> dict[str, Any]:
    theirs = [held for held in behind if held.grant.pk == grant.pk]
    return {
        "grant": grant,
        "held": [(held, _state(held), _STATES[_state(held)]) for held in theirs],
    }


def _state(held: Held) -> str:
    return held.choice.value if held.chosen else NOBODY


def _steps(held: Held) -> list[Any]:
    """What the version in force says to the request otherwise than the one it was agreed under."""
    review = held.grant.review
    older = protocols_of(held.grant.community).filter(
        line=held.newest.line, number=held.number, adopted_at__isnull=False
    )
    before = older.first()
    if before is None:
        return []
    found = compare(
        read_back(review.revision.text),
        before=rulebook_of(before.statement.text.encode()),
        after=rulebook_of(held.newest.statement.text.encode()),
        communities=review.revision.reviews.values("dataset__community").distinct().count(),
    )
    return [step_of(change) for change in found.changes]
