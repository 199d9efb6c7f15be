"""Publishing a dataset: under which of its holder's protocols it stands, and for whom to see."""

from collections.abc import Collection

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from governance.actions.audit import record
from governance.actions.datasets import locked
from governance.actions.permissions import require_seated
from governance.errors import NotReady
from governance.models import Community, Dataset, DatasetHolder, DatasetProtocol, User
from governance.queries import charter_in_force, protocols_in_force
from governance.rules import Combine, Verb

MAX_LINES = 10
"""A grant names at most ten protocols (docs/grant-format.md)."""


@transaction.atomic
def publish(
    dataset_id: int,
    *,
    actor: User,
    lines: Collection[str],
    combine: Combine = Combine.ALL,
    offered: Collection[str] | None = None,
) -> Dataset:
    """Show a dataset to signed-in researchers, under some of its keeper's protocols.

    Args:
        lines, combine, offered: as for ``set_lines``.
    Raises:
        NotAllowed: not a steward whom the keeper's charter names.
        NotReady: no charter, no such protocol, or none chosen.
    """
    dataset = locked(dataset_id)
    require_seated(actor, Verb.PUBLISH_DATASET, dataset.community)
    if charter_in_force(dataset.community) is None:
        raise NotReady("First your stewards sign a charter; without one nobody could decide.")
    _set_lines(dataset, dataset.community, actor, lines, offered)
    if not _live(dataset, dataset.community).exists():
        raise NotReady("Choose at least one protocol under which it may be asked for.")
    dataset.combine = combine.value
    dataset.listed = True
    dataset.save(update_fields=["combine", "listed"])
    _record("dataset.publish", dataset, dataset.community, actor)
    return dataset


@transaction.atomic
def unpublish(dataset_id: int, *, actor: User) -> Dataset:
    """Stop showing it to researchers. Its protocols, holders and agreements stay as they are.

    Raises:
        NotAllowed: not a steward whom the keeper's charter names.
    """
    dataset = locked(dataset_id)
    require_seated(actor, Verb.PUBLISH_DATASET, dataset.community)
    if dataset.listed:
        dataset.listed = False
        dataset.save(update_fields=["listed"])
        _record("dataset.unpublish", dataset, dataset.community, actor)
    return dataset


@transaction.atomic
def set_lines(
    dataset_id: int,
    *,
    actor: User,
    community_id: int,
    lines: Collection[str],
    combine: Combine = Combine.ALL,
    offered: Collection[str] | None = None,
) -> Dataset:
    """Say under which of its own protocols a further holder puts the dataset.

    Nothing of the keeper or of another holder is touched, and no agreement that is there.

    Args:
        lines: those chosen.
        offered: those that were shown to choose from; a line that was not shown is left as it is,
            because whoever did not see it cannot have meant to take it away. None: all were.
    Raises:
        NotAllowed: not a steward whom the holder's charter names.
        NotReady: the community has no say over the dataset, or no such protocol.
    """
    dataset = locked(dataset_id)
    community = Community.objects.get(pk=community_id)
    require_seated(actor, Verb.PUBLISH_DATASET, community)
    held = DatasetHolder.objects.filter(
        dataset=dataset, community=community, ended_at__isnull=True
    ).first()
    if held is None:
        raise NotReady("Your community has no part in this dataset, or not any more.")
    _set_lines(dataset, community, actor, lines, offered)
    held.combine = combine.value
    held.save(update_fields=["combine"])
    _record("dataset.protocols", dataset, community, actor)
    return dataset


def _set_lines(
    dataset: Dataset,
    community: Community,
    actor: User,
    lines: Collection[str],
    offered: Collection[str] | None,
) -> None:
    wanted = set(lines)
    in_force = {protocol.line for protocol in protocols_in_force(community)}
    if unknown := sorted(wanted - in_force):
        raise NotReady(f"There is no protocol {unknown[0]} in force.")
    there = {row.line: row for row in _live(dataset, community)}
    seen = set(there) if offered is None else set(offered)
    gone = (set(there) & seen) - wanted
    if len((set(there) - gone) | wanted) > MAX_LINES:
        raise NotReady(f"At most {MAX_LINES} protocols, please.")
    for line in sorted(gone):
        there[line].removed_at = timezone.now()
        there[line].save(update_fields=["removed_at"])
    for line in sorted(wanted - set(there)):
        DatasetProtocol.objects.create(
            dataset=dataset, community=community, line=line, added_by=actor
        )


def _live(dataset: Dataset, community: Community) -> QuerySet[DatasetProtocol]:
    return DatasetProtocol.objects.filter(
        dataset=dataset, community=community, removed_at__isnull=True
    )


def _record(verb: str, dataset: Dataset, community: Community, actor: User) -> None:
    lines = list(_live(dataset, community).order_by("line").values_list("line", flat=True))
    record(
        verb,
        actor=actor,
        subject=f"dataset:{dataset.slug}",
        community=community,
        reason=f"Protocols: {', '.join(lines) or 'none'}.",
    )
