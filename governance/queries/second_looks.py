"""What one steward proposed and another one has to confirm."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from consent.grants.charter import parse_charter
from governance.models import Charter, Community, Dataset, Membership, SecondLook, User
from governance.queries.communities import communities_where, in_force, stewards_of
from governance.queries.documents import charter_in_force
from governance.rules import CommunityRole, Verb

LASTS = timedelta(days=30)
"""After so long without an answer a proposal falls away by itself."""


def named_in(community: Community) -> frozenset[str]:
    """Return the ids of the stewards whom the charter in force names; empty without a charter."""
    charter = charter_in_force(community)
    if charter is None:
        return frozenset()
    return frozenset(s.id for s in parse_charter(charter.statement.text.encode()).stewards)


def takes_two(user: User, membership: Membership) -> bool:
    """Say whether two others must agree before this role ends or its term gets shorter.

    So it is for another steward whom the charter in force names. Her own role anybody gives back
    alone.
    """
    return (
        membership.role == CommunityRole.STEWARD
        and membership.user_id != user.pk
        and membership.steward_id in named_in(membership.community)
    )


def leaves_alone(community: Community) -> bool:
    """Say whether one steward may give up a say alone: there is no charter, or it names only her.

    What counts is whom the charter names, not who has a role: else a role that ends would do it.
    """
    return len(named_in(community)) <= 1


def seconds_in(community: Community, *, but: Collection[int]) -> list[Membership]:
    """Return the stewards who could confirm: named in the charter in force, with a role now.

    Args:
        but: accounts, by key, that cannot: the proposer's, and that of the person concerned.
    """
    named = named_in(community)
    return [s for s in stewards_of(community) if s.steward_id in named and s.user_id not in but]


def open_looks(at: datetime | None = None) -> QuerySet[SecondLook]:
    """Proposals that can be confirmed now. One that fell away is not among them, marked or not."""
    return _looks().filter(_still_stands(at or timezone.now()))


def fallen_looks(at: datetime | None = None) -> QuerySet[SecondLook]:
    """Proposals that fell away and are not marked so yet."""
    rows = SecondLook.objects.filter(outcome="")
    return rows.exclude(pk__in=open_looks(at).values("pk")).order_by("pk")


def looks_of(community: Community) -> QuerySet[SecondLook]:
    """Every proposal ever made in a community."""
    return _looks().filter(community=community)


def look_at_role(membership: Membership) -> SecondLook | None:
    """Return the open proposal about a person's role."""
    return open_looks().filter(membership=membership).first()


def look_at_leaving(dataset: Dataset, community: Community) -> SecondLook | None:
    """Return the open proposal to give up this community's say over a dataset."""
    return open_looks().filter(holder__dataset=dataset, community=community).first()


def looks_waiting(user: User) -> list[SecondLook]:
    """Open proposals in the communities in which this person is a steward, the oldest first.

    The one who proposed and the one concerned see them too: nothing of this happens in secret.
    """
    rows = open_looks().filter(community__in=communities_where(user, Verb.MANAGE_PEOPLE))
    return list(rows.order_by("proposed_at", "pk"))


def _looks() -> QuerySet[SecondLook]:
    return SecondLook.objects.select_related(
        "community",
        "membership__community",
        "holder__dataset__community",
        "proposed_by",
        "settled_by",
    )


def _still_stands(at: datetime) -> Q:
    """Not settled, not too old, no newer charter, and whom and what it is about is still there."""
    newer = Charter.objects.filter(
        community=OuterRef("community"),
        adopted_at__isnull=False,
        number__gt=OuterRef("charter__number"),
    )
    held = Membership.objects.filter(in_force(at))
    return (
        Q(outcome="", proposed_at__gt=at - LASTS)
        & ~Exists(newer)
        & Exists(held.filter(pk=OuterRef("proposed_by")))
        & (Q(membership__isnull=True) | Exists(held.filter(pk=OuterRef("membership"))))
        & (Q(holder__isnull=True) | Q(holder__ended_at__isnull=True))
    )
