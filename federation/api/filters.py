import django_filters

from consent.models import TrainingRequest
from consent.rules import RequestState
from federation.models import Run
from federation.queries import runs_with
from federation.rules import RunState
from governance.listing import Rows


class RequestFilter(django_filters.FilterSet):
    """``order`` takes the names of the list on the pages: created, updated or title; - turns it."""

    state = django_filters.ChoiceFilter(choices=[(s.value, s.value) for s in RequestState])
    title = django_filters.CharFilter(lookup_expr="icontains", label="Part of the title")
    job = django_filters.CharFilter(field_name="draft__job__name", label="Name of a job")
    order = django_filters.OrderingFilter(
        fields=[("created_at", "created"), ("updated_at", "updated"), ("title", "title")]
    )

    class Meta:
        model = TrainingRequest
        fields = ("state", "title", "job")


class RunFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(choices=[(s.value, s.value) for s in RunState])
    request = django_filters.UUIDFilter(field_name="revision__request__public_id")
    community = django_filters.CharFilter(method="with_community", label="Short name")
    order = django_filters.OrderingFilter(fields=[("planned_at", "planned"), ("state", "state")])

    class Meta:
        model = Run
        fields = ("state", "request", "community")

    def with_community(self, runs: Rows, _name: str, slug: str) -> Rows:
        """Runs in which a node of this community has part; each of them once."""
        return runs.filter(pk__in=runs_with(slug).values("pk"))
