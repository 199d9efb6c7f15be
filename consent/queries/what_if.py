"""Every request that was put to a community, held against a text that is not in force."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery

from consent.agreement import Rulebook, rulebook_of
from consent.document import read_back
from consent.models import RequestRevision, Review
from consent.what_if import Difference, compare
from governance.models import Community, Protocol
from governance.queries import protocol_in_force, protocols_of

# Each is read and compared anew whenever the page is shown; this many take about a second.
MOST = 1000


@dataclass(frozen=True)
class Outcome:
    """``differences`` by the revision's key: of the newest ``MOST`` of ``total``."""

    differences: dict[int, Difference]
    total: int

    @property
    def changed(self) -> list[int]:
        return [key for key, difference in self.differences.items() if difference.changed]


def revisions_put_to(community: Community) -> QuerySet[RequestRevision]:
    """Every revision ever put to this community, newest first.

    Each row carries ``asked`` (how many communities' data it asked for together) and ``review``
    (the public id of this community's newest review of it).
    """
    reviews = Review.objects.filter(community=community)
    newest = reviews.filter(revision=OuterRef("pk")).order_by("-opened_at", "-pk")
    return (
        RequestRevision.objects.filter(pk__in=reviews.values("revision"))
        .annotate(
            asked=Count("reviews__dataset__community", distinct=True),
            review=Subquery(newest.values("public_id")[:1]),
        )
        .select_related("request")
        .order_by("-submitted_at", "-pk")
    )


def baseline_of(community: Community, line: str, *, but: Protocol | None = None) -> Protocol | None:
    """Return the version to compare with: the one in force, or the one before it.

    Args:
        but: the version that is looked at; if it is itself in force, the one before counts.
    """
    in_force = protocol_in_force(community, line)
    if but is None or in_force is None or in_force.pk != but.pk:
        return in_force
    earlier = protocols_of(community).filter(line=line, adopted_at__isnull=False)
    return earlier.filter(number__lt=but.number).order_by("-number").first()


def what_if(community: Community, *, before: Protocol | None, after: Rulebook) -> Outcome:
    """Compare both texts on the community's past requests. Two queries."""
    # What a row carries beside its columns is known to nobody but the query.
    revisions: QuerySet[Any] = revisions_put_to(community)
    rules = rulebook_of(before.statement.text.encode()) if before else None
    return Outcome(
        differences={
            revision.pk: compare(
                read_back(revision.text),
                before=rules,
                after=after,
                communities=revision.asked,
            )
            for revision in revisions[:MOST]
        },
        total=revisions.count(),
    )
