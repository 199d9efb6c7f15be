"""The requests that were put to a community, and who looks after each."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from consent.labels import LABELS
from consent.queries import reviews_visible_to
from consent.rules import ReviewState
from governance.listing import Filter, Sort, choices_in, exactly, listing
from governance.models import User
from governance.views.visitor import user_of

_STATES = [(state.value, LABELS[state.value]) for state in ReviewState]
_SORTS = [
    Sort("waiting", gettext_lazy("waiting first"), ()),
    Sort("newest", gettext_lazy("newest first"), ("-opened_at", "-pk")),
    Sort("oldest", gettext_lazy("oldest first"), ("opened_at", "pk")),
    Sort("title", gettext_lazy("by title"), ("revision__request__title", "pk")),
]


@require_GET
def review_list(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    rows = reviews_visible_to(user)
    datasets = choices_in(rows, "dataset__slug", "dataset__title")
    found = listing(
        request,
        rows,
        search=(
            "revision__request__title__icontains",
            "revision__request__applicant__name__icontains",
            "dataset__title__icontains",
        ),
        filters=[
            _looked_after_by(user),
            Filter("state", _("State"), _STATES, exactly("state")),
            Filter("dataset", _("Dataset"), datasets, exactly("dataset__slug")),
        ],
        sorts=_SORTS,
    )
    return render(request, "consent/review_list.html", {"listing": found})


def _looked_after_by(user: User) -> Filter:
    def keep(rows: Any, value: str) -> Any:
        if value == "me":
            return rows.filter(assigned_to__user=user)
        return rows.filter(assigned_to__isnull=True)

    choices = [("me", _("me")), ("nobody", _("nobody yet"))]
    return Filter("after", _("Looked after by"), choices, keep)
