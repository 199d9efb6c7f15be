"""The catalogue of datasets: what communities offer, and their rules, before anything is asked."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from consent.grants.descriptions import SIZE_BANDS
from consent.grants.provenance import shown_of
from federation.views.visitor import visitor_who_may
from governance.dataset_words import (
    VARIABLE_KINDS,
    combined_in_words,
    limits_in_words,
    record_in_words,
)
from governance.listing import Filter, Sort, choices_in, exactly, listing
from governance.protocol_reading import read_protocol
from governance.protocol_words import USES
from governance.queries import datasets_listed, holders_of, protocols_on_all
from governance.queries.dataset_search import (
    SEARCHED,
    for_use,
    searchable,
    with_kind_of_variable,
)
from governance.queries.labels import labels_shown
from governance.rules import Verb
from governance.views.labels import reader_languages

_SORTS = [
    Sort("title", gettext_lazy("by title"), ("title", "pk")),
    Sort("community", gettext_lazy("by community"), ("community__name", "title", "pk")),
    Sort("newest", gettext_lazy("newest first"), ("-registered_at", "-pk")),
]


@require_safe
def dataset_list(request: HttpRequest) -> HttpResponse:
    visitor_who_may(request, Verb.ASK)
    rows = datasets_listed()
    found = listing(
        request,
        searchable(rows),
        search=SEARCHED,
        filters=[
            Filter(
                "community",
                _("Community"),
                choices_in(rows, "community__slug", "community__name"),
                exactly("community__slug"),
            ),
            Filter("size", _("People"), [(b, b) for b in SIZE_BANDS], exactly("size_band")),
            Filter("type", _("Has a"), list(VARIABLE_KINDS.items()), with_kind_of_variable),
            Filter("use", _("Allowed use"), [(t, u) for t, u in USES.items() if t], for_use),
        ],
        sorts=_SORTS,
    )
    return render(request, "federation/dataset_list.html", {"listing": found})


@require_safe
def dataset_detail(request: HttpRequest, dataset_slug: str) -> HttpResponse:
    """One dataset with the rules of everybody who decides about it, in plain words."""
    visitor_who_may(request, Verb.ASK)
    dataset = get_object_or_404(datasets_listed(), slug=dataset_slug)
    stands = protocols_on_all([dataset])
    holders = [
        {
            "holder": holder,
            "combined": combined_in_words(holder),
            "protocols": [
                read_protocol(p) for p in stands.get((dataset.pk, holder.community.pk), [])
            ],
        }
        for holder in holders_of(dataset)
    ]
    context = {
        "dataset": dataset,
        "variables": [(v, limits_in_words(v)) for v in dataset.variables],
        "holders": holders,
        "record": record_in_words(shown_of(dataset.provenance)),
        "labels": labels_shown(dataset, reader_languages(request)),
    }
    return render(request, "federation/dataset_detail.html", context)
