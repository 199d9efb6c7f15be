from django.db.models import Exists, OuterRef, QuerySet

from governance.models import Charter, Community, Dataset, Protocol
from governance.queries.labels import held


def datasets_listed() -> QuerySet[Dataset]:
    """Datasets that researchers may ask for: listed, and of a community that can decide.

    Without a charter and a protocol in force nobody could answer, so nothing is offered. One that
    a label holds is left out until a steward has looked at it (R-39).
    """
    return _offered().exclude(held())


def datasets_held() -> QuerySet[Dataset]:
    """Datasets that researchers could ask for, were there not a label that holds them."""
    return _offered().filter(held())


def _offered() -> QuerySet[Dataset]:
    charter = Charter.objects.filter(community=OuterRef("community"), adopted_at__isnull=False)
    protocol = Protocol.objects.filter(community=OuterRef("community"), adopted_at__isnull=False)
    return (
        Dataset.objects.filter(Exists(charter), Exists(protocol))
        .filter(listed=True, withdrawn_at__isnull=True)
        .select_related("community")
        .order_by("title", "pk")
    )


def datasets_of(community: Community) -> QuerySet[Dataset]:
    datasets = Dataset.objects.filter(community=community, withdrawn_at__isnull=True)
    return datasets.select_related("community").order_by("title", "pk")
