"""Whose charters a node may read: where answers are mixed, each node must know the others' keys."""

from django.db.models import Q, QuerySet
from django.utils import timezone

from consent.models import Review
from consent.rules import GrantState, ReviewState
from federation.queries.nodes import community_told_to
from governance.models import Community


def charters_told_to(own: Community, slug: str) -> Community | None:
    """Return the community whose charters a node of ``own`` may read under this short name.

    Its own, a further holder of its data, or a peer: one that the same revision of a request asks
    or that agreed to it, as ``own`` did. Of a peer a node reads charters only; grants and notices
    keep to ``community_told_to``.
    """
    told = community_told_to(own, slug)
    if told is not None:
        return told
    together = _live().filter(revision__in=_live().filter(community=own).values("revision"))
    return Community.objects.filter(slug=slug, pk__in=together.values("community")).first()


def _live() -> QuerySet[Review]:
    """Reviews that are open, or that led to a grant which is not over."""
    open_ = Q(state=ReviewState.OPEN.value, grant__isnull=True)
    granted = Q(grant__not_after__gt=timezone.now()) & ~Q(grant__state=GrantState.REVOKED.value)
    return Review.objects.filter(open_ | granted)
