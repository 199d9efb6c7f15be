"""A dataset described by the node where it lies. Whoever calls has checked the node's signature."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from consent.grants.descriptions import Description
from governance.actions.audit import record
from governance.actions.datasets import TAKEN, created, put
from governance.errors import NotReady
from governance.models import Community, Dataset

# What people may write here too. Once they did, the node's words do not replace theirs.
_WORDS = ("title", "description", "provenance")


@dataclass(frozen=True)
class Described:
    """``changed`` names what is different now; ``kept`` what people wrote and is left as it is."""

    dataset: Dataset
    new: bool
    changed: tuple[str, ...]
    kept: tuple[str, ...]


@transaction.atomic
def take_description(told: Description, *, text: str, signature: str) -> Described:
    """Keep what a node says of a dataset. Sent again, it changes nothing.

    A new one is shown to nobody outside the community; one that is there keeps its protocols,
    holders, labels and whether it is published.

    Args:
        text, signature: the description exactly as it came, kept for whoever wants to check it.
    Raises:
        NotReady: the short name is another community's, or this is older than what is here.
    """
    community = Community.objects.get(slug=told.community)
    wanted: dict[str, Any] = {
        "title": told.title,
        "description": told.description,
        "variables": [dict(variable) for variable in told.variables],
        "size_band": told.size_band,
        "node": told.node,
    }
    if told.provenance is not None:
        wanted["provenance"] = dict(told.provenance)
    signed = {"text": text, "signature": signature}
    dataset = Dataset.objects.select_for_update().filter(slug=told.dataset).first()
    if dataset is None:
        made = created(
            community=community,
            slug=told.dataset,
            described_at=told.at,
            signed_description=signed,
            **wanted,
        )
        _record("dataset.register", made, told)
        return Described(made, new=True, changed=tuple(wanted), kept=())
    if dataset.community_id != community.pk:
        raise NotReady(TAKEN)
    return _again(dataset, told, wanted, signed)


def _again(
    dataset: Dataset, told: Description, wanted: dict[str, Any], signed: dict[str, str]
) -> Described:
    if dataset.described_at is not None and told.at < dataset.described_at:
        raise NotReady("The node described this dataset later than that already.")
    kept: list[str] = []
    if not told.overwrite_text:
        kept = [n for n in _WORDS if n in dataset.edited and wanted.get(n) != getattr(dataset, n)]
        wanted = {name: value for name, value in wanted.items() if name not in kept}
    changed = put(dataset, wanted)
    if not changed:
        return Described(dataset, new=False, changed=(), kept=tuple(kept))
    dataset.edited = [name for name in dataset.edited if name not in changed]
    dataset.described_at = told.at
    dataset.signed_description = signed
    dataset.save(update_fields=["edited", "described_at", "signed_description"])
    _record("dataset.describe", dataset, told, reason=f"Changed: {', '.join(changed)}.")
    return Described(dataset, new=False, changed=tuple(changed), kept=tuple(kept))


def _record(verb: str, dataset: Dataset, told: Description, *, reason: str = "") -> None:
    record(
        verb,
        actor=None,
        actor_label=f"{told.community}/{told.node}",
        subject=f"dataset:{dataset.slug}",
        community=dataset.community,
        reason=reason,
        document_digest=told.digest,
    )
