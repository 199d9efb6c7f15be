"""What a submission has to pass beside its own fields: the block lists of those it asks."""

from collections.abc import Mapping, Sequence
from typing import Any

from consent.errors import Incomplete
from consent.queries.blocks import communities_that_block
from governance.models import Community, Dataset, User
from governance.queries import holders_of_all


def refuse_blocked(
    document: Mapping[str, Any], datasets: Sequence[Dataset], *, applicant: User
) -> None:
    """Refuse a request that names somebody whom a community does not want to hear from.

    The sentence names the community only: neither whom it blocks nor why is the asker's to know.

    Raises:
        Incomplete: under ``datasets``.
    """
    held = holders_of_all(datasets)
    asked = [holder.community for dataset in datasets for holder in held[dataset.pk]]
    if closed := communities_that_block(document, applicant, _once(asked)):
        names = [f"{community.name} does not take this request." for community in closed]
        raise Incomplete({"datasets": " ".join(names)})


def _once(communities: Sequence[Community]) -> list[Community]:
    return list({community.pk: community for community in communities}.values())
