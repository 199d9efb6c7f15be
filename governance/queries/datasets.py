from django.db.models import Exists, OuterRef, QuerySet

from governance.models import Charter, Community, Dataset, Protocol


def datasets_listed() -> QuerySet[Dataset]:
    """Datasets that researchers may ask for: listed, and of a community that can decide.

    Without a charter and a protocol in force nobody could answer, so nothing is offered.
    """
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
