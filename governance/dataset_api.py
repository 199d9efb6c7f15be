"""The API of the catalogue of datasets: the same facts and filters as its pages."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from consent.grants.descriptions import SIZE_BANDS, VARIABLE_TYPES
from governance.api_permissions import HasScope
from governance.api_schema import PROBLEMS
from governance.models import Dataset, Protocol
from governance.protocol_reading import read_protocol
from governance.protocol_words import USES
from governance.queries import datasets_listed, holders_of_all, protocols_on_all
from governance.queries.dataset_search import (
    SEARCHED,
    for_use,
    searchable,
    with_kind_of_variable,
    with_variable,
)
from governance.queries.labels import labels_shown
from governance.serializers import DatasetSerializer, WholeDatasetSerializer

_ORDERS = (("title", "title"), ("community__name", "community"), ("registered_at", "registered"))


class DatasetFilter(filters.FilterSet):
    q = filters.CharFilter(method="search", label="A word in title, description or variables")
    community = filters.CharFilter(field_name="community__slug", label="Short name of a community")
    title = filters.CharFilter(lookup_expr="icontains", label="Part of the title")
    size_band = filters.ChoiceFilter(choices=[(b, b) for b in SIZE_BANDS], label="People")
    type = filters.ChoiceFilter(
        choices=[(t, t) for t in VARIABLE_TYPES], method="kind", label="Has a variable of this type"
    )
    variable = filters.CharFilter(method="named", label="Has a variable of exactly this name")
    use = filters.ChoiceFilter(
        choices=[(t, str(t)) for t in USES if t],
        method="allowing",
        label="Data-use term that a protocol on it allows",
    )
    ordering = filters.OrderingFilter(fields=_ORDERS, label="title, community or registered")

    class Meta:
        model = Dataset
        fields = ["q", "community", "title", "size_band", "type", "variable", "use"]

    def search(self, rows: QuerySet[Dataset], _name: str, value: str) -> QuerySet[Dataset]:
        fits = Q()
        for lookup in SEARCHED:
            fits |= Q(**{lookup: value})
        return searchable(rows).filter(fits)

    def kind(self, rows: QuerySet[Dataset], _name: str, value: str) -> QuerySet[Dataset]:
        return with_kind_of_variable(rows, value)

    def named(self, rows: QuerySet[Dataset], _name: str, value: str) -> QuerySet[Dataset]:
        return with_variable(rows, value)

    def allowing(self, rows: QuerySet[Dataset], _name: str, value: str) -> QuerySet[Dataset]:
        return for_use(rows, value)


class DatasetList(generics.ListAPIView):
    """Datasets that communities show to researchers, and can decide about."""

    permission_classes = [HasScope]
    scope = "datasets:read"
    serializer_class = DatasetSerializer
    filterset_class = DatasetFilter
    queryset = datasets_listed()

    @extend_schema(responses={200: DatasetSerializer(many=True), **PROBLEMS})
    def get(self, request: Request, *args: object, **kwargs: object) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        context = {"holders": _holders(page or [], lambda protocol: protocol)}
        return self.get_paginated_response(DatasetSerializer(page, many=True, context=context).data)


class DatasetDetail(APIView):
    permission_classes = [HasScope]
    scope = "datasets:read"

    @extend_schema(
        operation_id="datasets_retrieve", responses={200: WholeDatasetSerializer, **PROBLEMS}
    )
    def get(self, request: Request, dataset_slug: str) -> Response:
        """One dataset with the protocols on it in plain words, its labels, and where it is from."""
        dataset = datasets_listed().filter(slug=dataset_slug).first()
        if dataset is None:
            raise Http404
        context = {
            "holders": _holders([dataset], read_protocol),
            "labels": labels_shown(dataset, []).rows,
        }
        return Response(WholeDatasetSerializer(dataset, context=context).data)


def _holders(
    datasets: Iterable[Dataset], shown: Callable[[Protocol], Any]
) -> dict[int, list[dict[str, Any]]]:
    """Return who decides about each dataset, and under which protocols. Four queries at most."""
    rows = list(datasets)
    stands = protocols_on_all(rows)
    return {
        key: [
            {
                "community": holder.community,
                "keeper": holder.keeper,
                "combine": holder.combine.value,
                "protocols": [shown(p) for p in stands.get((key, holder.community.pk), [])],
            }
            for holder in holders
        ]
        for key, holders in holders_of_all(rows).items()
    }
