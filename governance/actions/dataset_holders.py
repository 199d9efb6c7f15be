"""Further communities with a say over a dataset: named by the keeper, gone by their own act only.

Giving the say up takes two stewards of that community: one proposes it, another one confirms it.

Source: docs/adr/0015-several-holders-and-several-protocols.md.
"""

from django.core import signing
from django.db import transaction
from django.utils import timezone

from governance.actions import second_looks
from governance.actions.audit import record
from governance.actions.datasets import locked
from governance.actions.permissions import require_seated
from governance.errors import NotAllowed, NotReady
from governance.models import (
    Community,
    Dataset,
    DatasetHolder,
    DatasetProtocol,
    SecondLook,
    User,
)
from governance.queries.second_looks import leaves_alone
from governance.rules import SecondLookKind, Verb

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
    """Give up one's own community's say over another's dataset, as its only steward.

    Agreements and open reviews stay as they are. The keeper cannot do this for another.

    Raises:
        NotAllowed: not a steward whom the leaving community's charter names; or it takes two.
        NotReady: the community has no say over it.
    """
    dataset, community = _both_locked(dataset_id, community_id)
    require_seated(actor, Verb.PUBLISH_DATASET, community)
    holder = _held(dataset, community)
    if not leaves_alone(community):
        raise NotAllowed("One steward proposes this, and another one confirms it.")
    _leave(holder, dataset, actor)
    return dataset


@transaction.atomic
def propose_leave(dataset_id: int, *, actor: User, community_id: int, reason: str) -> SecondLook:
    """Propose to give up the say. Nothing changes until another steward confirms it.

    Args:
        reason: for this community only; neither the keeper nor the log is told.
    Raises:
        NotAllowed: not a steward whom the leaving community's charter names.
        NotReady: no say over it, no reason, proposed already, or no second steward.
    """
    dataset, community = _both_locked(dataset_id, community_id)
    proposer = require_seated(actor, Verb.PUBLISH_DATASET, community)
    holder = _held(dataset, community)
    if leaves_alone(community):
        raise NotReady("This needs no second steward.")
    return second_looks.propose(
        SecondLookKind.LEAVE, proposed_by=proposer, reason=reason, about=holder
    )


@transaction.atomic
def confirm_leave(look_id: int, *, actor: User) -> Dataset:
    """Give up the say, as another steward proposed.

    Raises:
        NotAllowed: not a steward whom the leaving community's charter names, or the proposer.
        NotReady: the proposal is settled or fell away.
    """
    asked = SecondLook.objects.select_related("holder").get(pk=look_id)
    if asked.holder is None:
        raise NotReady("This proposal is not about a dataset.")
    dataset, community = _both_locked(asked.holder.dataset_id, asked.community_id)
    second_looks.take(look_id, actor=actor)
    _leave(_held(dataset, community), dataset, actor)
    return dataset


def _both_locked(dataset_id: int, community_id: int) -> tuple[Dataset, Community]:
    """Lock the dataset and then the community, in the order in which every act on one goes.

    The weaker lock on the community: see ``second_looks``.
    """
    dataset = locked(dataset_id)
    return dataset, Community.objects.select_for_update(no_key=True).get(pk=community_id)


def _held(dataset: Dataset, community: Community) -> DatasetHolder:
    holder = _live(dataset, community)
    if holder is None:
        raise NotReady("Your community has no part in this dataset, or not any more.")
    return holder


def _leave(holder: DatasetHolder, dataset: Dataset, actor: User) -> None:
    now = timezone.now()
    holder.ended_at = now
    holder.save(update_fields=["ended_at"])
    DatasetProtocol.objects.filter(
        dataset=dataset, community=holder.community, removed_at__isnull=True
    ).update(removed_at=now)
    _record("dataset.leave", dataset, holder.community, actor)


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
