"""What other communities decided on the same request, if they chose that it is told."""

from dataclasses import dataclass

from consent.models import Review
from consent.rules import ReviewState
from governance.models import Community

_DECIDED = (ReviewState.APPROVED.value, ReviewState.DECLINED.value)


@dataclass(frozen=True)
class Decided:
    """``yes`` is false for a no; ``same_text`` whether it was about this very revision."""

    community: Community
    yes: bool
    same_text: bool


def decided_by_others(review: Review) -> list[Decided]:
    """Return what other communities decided last on this request, by their names. One query.

    Only of communities that chose so (R-30), and never who of them answered what. Whether the
    reader may see it now is the caller's question: not before her own answer.
    """
    rows = (
        Review.objects.filter(
            revision__request=review.revision.request_id,
            state__in=_DECIDED,
            community__tells_decisions=True,
        )
        .exclude(community=review.community_id)
        .select_related("community", "revision")
        .order_by("community__name", "community", "-revision__number", "-pk")
    )
    found: dict[int, Decided] = {}
    for row in rows:
        found.setdefault(
            row.community_id,
            Decided(
                row.community,
                yes=row.state == ReviewState.APPROVED,
                same_text=row.revision_id == review.revision_id,
            ),
        )
    return list(found.values())
