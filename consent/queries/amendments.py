"""Revisions side by side, and what changes in an agreement when its request does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from consent.changes import Change, agreement_changes, changes
from consent.document import read_back
from consent.grants.codec import parse_canonical
from consent.models import Grant, RequestRevision, Review, TrainingRequest
from consent.queries.revisions import revisions_of
from consent.rules import GrantState, RequestState, ReviewState


@dataclass(frozen=True)
class Compared:
    """Two revisions of one request.

    Attributes:
        among: all that the person may choose from, oldest first.
    """

    older: RequestRevision
    newer: RequestRevision
    changes: list[Change]
    among: list[RequestRevision]


@dataclass(frozen=True)
class Amendment:
    """The part of an agreement that is put to the vote.

    Attributes:
        grant: what the community agreed before, on ``agreed_at``.
        asked: what the researcher changed since the text that was agreed.
        bound: what the agreement would bind otherwise than before.
    """

    grant: Grant
    agreed_at: datetime
    asked: list[Change]
    bound: list[Change]


def compared(
    among: Sequence[RequestRevision], *, older: int | None = None, newer: int | None = None
) -> Compared | None:
    """Put two of these revisions side by side: by number, else the last one and that before it.

    Returns:
        None when there are not two, or not those.
    """
    by_number = {revision.number: revision for revision in among}
    if len(by_number) < 2:
        return None
    numbers = sorted(by_number)
    second = by_number.get(numbers[-1] if newer is None else newer)
    if second is None:
        return None
    before = [number for number in numbers if number < second.number]
    first = by_number.get((before[-1] if before else numbers[0]) if older is None else older)
    if first is None:
        return None
    found = changes(read_back(first.text), read_back(second.text))
    return Compared(first, second, found, list(among))


def steps_of(request: TrainingRequest) -> list[tuple[RequestRevision, list[Change]]]:
    """Return every revision, oldest first, with what differs from the one before it."""
    found: list[tuple[RequestRevision, list[Change]]] = []
    before: dict[str, Any] | None = None
    for revision in revisions_of(request):
        document = read_back(revision.text)
        found.append((revision, [] if before is None else changes(before, document)))
        before = document
    return found


def revisions_put_to(review: Review) -> QuerySet[RequestRevision]:
    """The revisions up to this review's that were put to the same community, oldest first.

    What was asked of others alone is not theirs to read (R-30).
    """
    put = Review.objects.filter(
        community=review.community_id, revision__request=review.revision.request_id
    )
    rows = revisions_of(review.revision.request).filter(pk__in=put.values("revision"))
    return rows.filter(number__lte=review.revision.number)


def amendment_of(review: Review) -> Amendment | None:
    """Return what changes in the agreement that this review amends; None when it amends none."""
    if review.amends_id is None:
        return None
    grant = Grant.objects.select_related("statement", "review__revision").get(pk=review.amends_id)
    return Amendment(
        grant=grant,
        agreed_at=grant.granted_at,
        asked=changes(read_back(grant.review.revision.text), read_back(review.revision.text)),
        bound=agreement_changes(
            parse_canonical(grant.statement.text.encode()),
            parse_canonical(review.statement.text.encode()),
        ),
    )


def replaced_by(grant: Grant) -> Grant | None:
    """Return the agreement that took this one's place, or None.

    The community agreed anew on the same text, or on a changed one. As in ``grants_replaced``, a
    changed one whose conditions are not accepted yet has taken no place.
    """
    review = grant.review
    anew = Q(
        community=grant.community_id,
        review__revision=review.revision_id,
        review__dataset=review.dataset_id,
        review__opened_at__gt=review.opened_at,
    )
    changed = Q(review__amends=grant) & ~Q(state=GrantState.AWAITING_ACCEPTANCE.value)
    return Grant.objects.filter(anew | changed).order_by("-granted_at", "-pk").first()


def review_after(review: Review) -> Review | None:
    """Return the same community's review of a later revision, or None."""
    rows = Review.objects.filter(
        community=review.community_id,
        dataset__community=review.dataset.community_id,
        revision__request=review.revision.request_id,
        revision__number__gt=review.revision.number,
    )
    return rows.order_by("-revision__number", "-opened_at", "-pk").first()


def being_changed(review: Review) -> bool:
    """Say whether the researcher is writing a change while this review is open."""
    state = review.revision.request.state
    return review.state == ReviewState.OPEN and state == RequestState.CHANGING
