"""A community's datasets: listed, shown, described by hand, and where each comes from."""

import json

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from consent.grants.descriptions import SIZE_BANDS
from governance.dataset_words import combined_in_words, limits_in_words, record_in_words, why_not
from governance.listing import Filter, Rows, Sort, exactly, listing
from governance.models import Community, Dataset
from governance.queries import (
    datasets_of,
    holders_of,
    protocols_on_all,
    roles_in,
    standing_of_dataset,
)
from governance.queries.labels import labels_shown
from governance.queries.provenance import whole_record
from governance.queries.second_looks import look_at_leaving
from governance.record_parts import parts_of
from governance.rules import Verb, community_may
from governance.second_look_words import proposed_in_words
from governance.views.labels import reader_languages
from governance.views.visitor import community_for, user_of

_SORTS = [
    Sort("title", gettext_lazy("by title"), ("title", "pk")),
    Sort("newest", gettext_lazy("newest first"), ("-registered_at", "-pk")),
]


@require_safe
def dataset_list(request: HttpRequest, slug: str) -> HttpResponse:
    community = community_for(request, slug, Verb.READ_COMMUNITY)
    roles = roles_in(user_of(request), community)
    found = listing(
        request,
        datasets_of(community),
        search=("title__icontains", "slug__icontains", "description__icontains"),
        filters=[
            Filter("published", _("Researchers"), _PUBLISHED, _keep_published),
            Filter("data", _("Data"), _WHERE, lambda rows, value: _kept(rows, value, community)),
            Filter("size", _("People"), [(b, b) for b in SIZE_BANDS], exactly("size_band")),
        ],
        sorts=_SORTS,
    )
    context = {
        "community": community,
        "listing": found,
        "may_describe": community_may(roles, Verb.DESCRIBE_DATASET),
        "may_publish": community_may(roles, Verb.PUBLISH_DATASET),
    }
    return render(request, "governance/dataset_list.html", context)


@require_safe
def dataset_detail(request: HttpRequest, slug: str, dataset_slug: str) -> HttpResponse:
    community, dataset = dataset_for(request, slug, dataset_slug, Verb.READ_COMMUNITY)
    roles = roles_in(user_of(request), community)
    keeps = dataset.community_id == community.pk
    stands = protocols_on_all([dataset])
    may_publish = community_may(roles, Verb.PUBLISH_DATASET)
    # Neither the keeper nor anybody but this community's own stewards reads of it.
    look = look_at_leaving(dataset, community) if may_publish and not keeps else None
    context = {
        "community": community,
        "dataset": dataset,
        "keeps": keeps,
        "variables": [(v, limits_in_words(v)) for v in dataset.variables],
        "why_not": why_not(standing_of_dataset(dataset)),
        "holders": [
            (h, stands.get((dataset.pk, h.community.pk), []), combined_in_words(h))
            for h in holders_of(dataset)
        ],
        "record": record_in_words(dataset.provenance),
        "shown": dataset.provenance.get("disclosure", {}).get("show", []),
        "uses": parts_of(dataset).get("uses", []),
        "labels": labels_shown(dataset, reader_languages(request), community=community),
        "may_label": community_may(roles, Verb.LABEL),
        "may_describe": keeps and community_may(roles, Verb.DESCRIBE_DATASET),
        "may_publish": may_publish,
        "look": look,
        "said": proposed_in_words(look) if look else "",
    }
    return render(request, "governance/dataset_detail.html", context)


@require_safe
def dataset_record(request: HttpRequest, slug: str, dataset_slug: str) -> HttpResponse:
    """The whole record as a file, for the people of a community that holds the dataset."""
    community, dataset = dataset_for(request, slug, dataset_slug, Verb.READ_COMMUNITY)
    text = json.dumps(whole_record(dataset, community), indent=2, ensure_ascii=False)
    name = f"{dataset.slug}-provenance.json"
    return HttpResponse(
        text,
        content_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def dataset_for(
    request: HttpRequest, slug: str, dataset_slug: str, verb: Verb, *, kept: bool = False
) -> tuple[Community, Dataset]:
    """Return the community and its dataset, if the visitor may do this there.

    Args:
        kept: whether only a dataset that the community itself keeps will do.
    Raises:
        Http404: no such community or dataset, or no role that carries the verb.
    """
    community = community_for(request, slug, verb)
    rows = datasets_of(community)
    if kept:
        rows = rows.filter(community=community)
    return community, get_object_or_404(rows, slug=dataset_slug)


_PUBLISHED = [("yes", gettext_lazy("published")), ("no", gettext_lazy("not published"))]
_WHERE = [("here", gettext_lazy("at our node")), ("elsewhere", gettext_lazy("at another's"))]


def _keep_published(rows: Rows, value: str) -> Rows:
    return rows.filter(listed=value == "yes")


def _kept(rows: Rows, value: str, community: Community) -> Rows:
    if value == "here":
        return rows.filter(community=community)
    return rows.exclude(community=community)
