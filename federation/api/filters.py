import django_filters

from consent.models import TrainingRequest
from consent.rules import RequestState
from federation.models import Run
from federation.rules import RunState


class RequestFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(choices=[(s.value, s.value) for s in RequestState])

    class Meta:
        model = TrainingRequest
        fields = ("state",)


class RunFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(choices=[(s.value, s.value) for s in RunState])
    request = django_filters.UUIDFilter(field_name="revision__request__public_id")

    class Meta:
        model = Run
        fields = ("state", "request")
