"""Datasets: which may be asked for, whose they are, and under which protocols they stand."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from governance.models import (
    Charter,
    Community,
    Dataset,
    DatasetHolder,
    DatasetProtocol,
    Protocol,
)
from governance.queries.labels import held, holds_on
from governance.rules import Combine


@dataclass(frozen=True)
class Holder:
    """A community with a say over a dataset, and its own protocols on it.

    ``lines`` are those of its protocols, in order; ``combine`` says whether a request must fit all
    of them, or is made under one.
    """

    community: Community
    lines: tuple[str, ...]
    combine: Combine
    keeper: bool

    @property
    def choice(self) -> bool:
        """Whether whoever asks has to choose one of the protocols."""
        return self.combine is Combine.ANY and len(self.lines) > 1


def datasets_listed() -> QuerySet[Dataset]:
    """Datasets that researchers may ask for: published, and every holder can decide.

    Without a charter and a protocol on it nobody could answer, so nothing is offered (R-40: of no
    holder). One that a label holds is left out until a steward has looked at it (R-39).
    """
    return _offered().exclude(held())


def datasets_held() -> QuerySet[Dataset]:
    """Datasets that researchers could ask for, were there not a label that holds them."""
    return _offered().filter(held())


def _offered() -> QuerySet[Dataset]:
    further = DatasetHolder.objects.filter(dataset=OuterRef("pk"), ended_at__isnull=True)
    unready = further.exclude(_has_charter(), _stands_under("dataset", "community"))
    return (
        Dataset.objects.filter(_has_charter(), _stands_under("pk", "community"))
        .exclude(Exists(unready))
        .filter(listed=True, withdrawn_at__isnull=True)
        .select_related("community")
        .order_by("title", "pk")
    )


def _has_charter() -> Exists:
    return Exists(Charter.objects.filter(community=OuterRef("community"), adopted_at__isnull=False))


def _stands_under(dataset: str, community: str) -> Exists:
    """A condition: the community put the dataset under a protocol of its own that is in force."""
    adopted = Protocol.objects.filter(
        community=OuterRef("community"), line=OuterRef("line"), adopted_at__isnull=False
    )
    return Exists(
        DatasetProtocol.objects.filter(
            Exists(adopted),
            dataset=OuterRef(dataset),
            community=OuterRef(community),
            removed_at__isnull=True,
        )
    )


def datasets_of(community: Community) -> QuerySet[Dataset]:
    """Datasets that a community keeps, or has a say over."""
    held_too = DatasetHolder.objects.filter(community=community, ended_at__isnull=True)
    mine = Q(community=community) | Q(pk__in=held_too.values("dataset"))
    datasets = Dataset.objects.filter(mine, withdrawn_at__isnull=True)
    return datasets.select_related("community").order_by("title", "pk")


def datasets_kept_by(community: Community) -> QuerySet[Dataset]:
    """Datasets whose data lies at the community's own node."""
    return datasets_of(community).filter(community=community)


def holding_told() -> QuerySet[DatasetHolder]:
    """Further holders of which the keeper's node is told: their charters, and their stops.

    To be named as a holder is not enough, because anybody can name a community: only one that has
    itself put the dataset under one of its protocols is told of.
    """
    return DatasetHolder.objects.filter(
        ended_at__isnull=True,
        dataset__protocol_lines__community=F("community"),
        dataset__protocol_lines__removed_at__isnull=True,
    )


def keepers_told_of(community: Community) -> list[Community]:
    """Return the other communities whose nodes read this one's whole list of stops, by name."""
    held = holding_told().filter(community=community)
    return list(Community.objects.filter(pk__in=held.values("dataset__community")).order_by("name"))


def holders_of(dataset: Dataset) -> list[Holder]:
    """Return every community with a say over the dataset: its keeper first, then by name."""
    return holders_of_all([dataset])[dataset.pk]


def holders_of_all(datasets: Iterable[Dataset]) -> dict[int, list[Holder]]:
    """The same for several datasets, by their keys. Two queries, whatever their number."""
    rows = list(datasets)
    lines: dict[tuple[int, int], list[str]] = {}
    for row in DatasetProtocol.objects.filter(dataset__in=rows, removed_at__isnull=True):
        lines.setdefault((row.dataset_id, row.community_id), []).append(row.line)
    found: dict[int, list[Holder]] = {}
    for dataset in rows:
        own = lines.get((dataset.pk, dataset.community_id), [])
        keeper = Holder(dataset.community, tuple(own), Combine(dataset.combine), keeper=True)
        found[dataset.pk] = [keeper]
    further = DatasetHolder.objects.filter(dataset__in=rows, ended_at__isnull=True)
    for row_ in further.select_related("community").order_by("community__name", "pk"):
        own = lines.get((row_.dataset_id, row_.community_id), [])
        found[row_.dataset_id].append(
            Holder(row_.community, tuple(own), Combine(row_.combine), keeper=False)
        )
    return found


def holder_in(dataset: Dataset, community: Community) -> Holder | None:
    """Return the community's own part in the dataset, if it has one."""
    return next((h for h in holders_of(dataset) if h.community.pk == community.pk), None)


def protocols_on(dataset: Dataset, community: Community) -> list[Protocol]:
    """Return the versions in force of the protocols that a community put the dataset under."""
    return protocols_on_all([dataset]).get((dataset.pk, community.pk), [])


def protocols_on_all(datasets: Iterable[Dataset]) -> dict[tuple[int, int], list[Protocol]]:
    """The same for several datasets, by keys of dataset and community. Two queries at most."""
    rows = DatasetProtocol.objects.filter(dataset__in=list(datasets), removed_at__isnull=True)
    stands = list(rows.order_by("line").values_list("dataset", "community", "line"))
    newest = (
        Protocol.objects.filter(
            community__in={community for _, community, _ in stands}, adopted_at__isnull=False
        )
        .order_by("community_id", "line", "-number")
        .distinct("community_id", "line")
        .select_related("statement", "community")
    )
    in_force = {(p.community_id, p.line): p for p in newest} if stands else {}
    found: dict[tuple[int, int], list[Protocol]] = {}
    for dataset, community, line in stands:
        if protocol := in_force.get((community, line)):
            found.setdefault((dataset, community), []).append(protocol)
    return found


@dataclass(frozen=True)
class Standing:
    """Whether researchers can ask for a dataset, and if not, what is missing, of whom.

    ``lacking`` holds (name, what) for each holder that could not decide yet; ``what`` is
    ``charter`` or ``protocol``.
    """

    published: bool
    lacking: tuple[tuple[str, str], ...]
    held_back: bool

    @property
    def can_be_asked_for(self) -> bool:
        return self.published and not self.lacking and not self.held_back


def standing_of_dataset(dataset: Dataset) -> Standing:
    lacking = []
    for holder in holders_of(dataset):
        charter = Charter.objects.filter(community=holder.community, adopted_at__isnull=False)
        if not charter.exists():
            lacking.append((holder.community.name, "charter"))
        elif not protocols_on(dataset, holder.community):
            lacking.append((holder.community.name, "protocol"))
    return Standing(
        published=dataset.listed,
        lacking=tuple(lacking),
        held_back=holds_on(dataset).exists(),
    )
