"""Further communities with a say over a dataset: named by the keeper, gone by their own act only.

Source: docs/adr/0015-several-holders-and-several-protocols.md.
"""

from django.core import signing
from django.db import transaction
from django.utils import timezone

from governance.actions.audit import record
from governance.actions.datasets import locked
from governance.actions.permissions import require_seated
from governance.errors import NotReady
from governance.models import Community, Dataset, DatasetHolder, DatasetProtocol, User
from governance.rules import Verb

WORD_DAYS = 14
"""How long a holder's word may be handed on, in days."""

_SALT = "kinhold.holder-word"
_UNKNOWN = "This word is not one that a community gave out, or it is too old. Ask for a new one."


def holder_word(community: Community) -> str:
    """Return the word with which another keeper can name this community as a holder.

    So nobody can name a community that did not hand her a word, nor find out which there are.
    """
    return signing.dumps(community.pk, salt=_SALT)


def community_of_word(word: str) -> Community:
    """Return the community that gave out a word.

    Raises:
        NotReady: the word is none, or older than ``WORD_DAYS``.
    """
    try:
        pk = signing.loads(word.strip(), salt=_SALT, max_age=WORD_DAYS * 86_400)
    except signing.BadSignature as error:
        raise NotReady(_UNKNOWN) from error
    return Community.objects.get(pk=pk)


@transaction.atomic
def add_holder(dataset_id: int, *, actor: User, community_id: int) -> DatasetHolder:
    """Give another community a say: from now on each use needs its own yes too.

    Until that community put the dataset under a protocol of its own, nobody can ask for it.

    Raises:
        NotAllowed: not a steward whom the keeper's charter names.
        NotReady: it is the keeper itself, or holds the dataset already.
    """
    dataset = locked(dataset_id)
    require_seated(actor, Verb.PUBLISH_DATASET, dataset.community)
    community = Community.objects.get(pk=community_id)
    if community.pk == dataset.community_id:
        raise NotReady("Your own community keeps this dataset; it has its say already.")
    if _live(dataset, community) is not None:
        raise NotReady(f"{community} holds this dataset already.")
    holder = DatasetHolder.objects.create(dataset=dataset, community=community, named_by=actor)
    _record("dataset.add-holder", dataset, community, actor)
    return holder


@transaction.atomic
def leave(dataset_id: int, *, actor: User, community_id: int) -> Dataset:
    """Give up one's own community's say over another's dataset.

    Agreements and open reviews stay as they are. The keeper cannot do this for another.

    Raises:
        NotAllowed: not a steward whom the leaving community's charter names.
        NotReady: the community has no say over it.
    """
    dataset = locked(dataset_id)
    community = Community.objects.get(pk=community_id)
    require_seated(actor, Verb.PUBLISH_DATASET, community)
    holder = _live(dataset, community)
    if holder is None:
        raise NotReady("Your community has no part in this dataset, or not any more.")
    now = timezone.now()
    holder.ended_at = now
    holder.save(update_fields=["ended_at"])
    DatasetProtocol.objects.filter(
        dataset=dataset, community=community, removed_at__isnull=True
    ).update(removed_at=now)
    _record("dataset.leave", dataset, community, actor)
    return dataset


def _live(dataset: Dataset, community: Community) -> DatasetHolder | None:
    return DatasetHolder.objects.filter(
        dataset=dataset, community=community, ended_at__isnull=True
    ).first()


def _record(verb: str, dataset: Dataset, holder: Community, actor: User) -> None:
    """Both read it in their own log."""
    for community in (dataset.community, holder):
        record(
            verb,
            actor=actor,
            subject=f"dataset:{dataset.slug}",
            community=community,
            reason=f"The holder is {holder}.",
        )
