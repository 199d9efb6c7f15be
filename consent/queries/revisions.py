"""Revisions of a request: which one runs go by, and what an earlier one leaves to the next."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils import timezone

from consent.grants.grant import parse_grant
from consent.models import Grant, RequestRevision, Review, TrainingRequest
from consent.queries.requests import requests_visible_to
from consent.rules import GrantState, RequestState, ReviewState
from governance.models import Community, Dataset, Membership, User
from governance.queries.communities import in_force

_SAID = frozenset({ReviewState.APPROVED.value, ReviewState.DECLINED.value})


@dataclass(frozen=True)
class Asked:
    """What one community wants changed, as the researcher may read it (R-29: no names)."""

    community: str
    community_name: str
    note: str


def revisions_of(request: TrainingRequest) -> QuerySet[RequestRevision]:
    """Everything that was submitted of a request, oldest first."""
    return RequestRevision.objects.filter(request=request).order_by("number")


def revision_decided(revision: RequestRevision) -> bool:
    """Say whether every community that was asked about this revision has answered it.

    One that agrees anew on the same text has answered before; that stays an answer.
    """
    return _all_answered(Review.objects.filter(revision=revision))


def revision_in_use(request: TrainingRequest) -> RequestRevision | None:
    """Return the newest revision that is decided and has a yes; None when there is none.

    Runs go by it, also while a change is being written or decided on. A yes whose conditions
    are not accepted yet is none here: until then the older agreement goes on. Two queries.
    """
    by_revision: dict[int, list[Review]] = {}
    rows = Review.objects.filter(revision__request=request)
    for review in rows.select_related("revision__request", "grant").order_by("-revision__number"):
        by_revision.setdefault(review.revision_id, []).append(review)
    for reviews in by_revision.values():
        if _all_answered(reviews) and any(_may_be_used(review) for review in reviews):
            return reviews[0].revision
    return None


def carried_over(
    revision: RequestRevision, community: Community, dataset: Dataset
) -> dict[str, Any]:
    """Return what an earlier review by the same community leaves to the one of this revision.

    Returns:
        ``assigned_to``: who looks after it, while her role lasts. ``amends``: the agreement of
        which only the changed part is put to the vote; None when there is none to go on.
    """
    if revision.number == 1:
        return {}
    # A request names one dataset of each keeper, so this finds the same part of it even where
    # the change is another dataset.
    before = Review.objects.filter(
        community=community,
        dataset__community=dataset.community_id,
        revision__request=revision.request_id,
        revision__number__lt=revision.number,
    ).order_by("-revision__number", "-opened_at", "-pk")
    assigned = before.exclude(assigned_to=None).values_list("assigned_to", flat=True).first()
    grants = Grant.objects.filter(review__in=before, not_after__gt=timezone.now())
    grants = grants.exclude(state=GrantState.REVOKED.value)
    return {
        "assigned_to": Membership.objects.filter(in_force(), pk=assigned or 0).first(),
        "amends": grants.order_by("-review__revision__number", "-granted_at", "-pk").first(),
    }


def conditions_of(grant: Grant | None) -> tuple[str, ...]:
    """Return the conditions that stand in an agreement; none where there is no agreement."""
    return parse_grant(grant.statement.text.encode()).conditions if grant is not None else ()


def changes_asked(request: TrainingRequest) -> list[Asked]:
    """Return what communities want changed in the newest revision, by their names."""
    newest = revisions_of(request).last()
    if newest is None:
        return []
    rows = Review.objects.filter(revision=newest, state=ReviewState.SENT_BACK.value)
    return [
        Asked(review.community.slug, review.community.name, review.sent_back_because)
        for review in rows.select_related("community").order_by("community__name", "pk")
    ]


def requests_sent_back(user: User) -> QuerySet[TrainingRequest]:
    """This researcher's own requests that some community sent back and that wait for her."""
    rows = requests_visible_to(user).filter(state=RequestState.CHANGING.value)
    newest = RequestRevision.objects.filter(request=OuterRef("pk")).order_by("-number")
    back = Review.objects.filter(revision=OuterRef("newest"), state=ReviewState.SENT_BACK.value)
    rows = rows.annotate(newest=Subquery(newest.values("pk")[:1]))
    return rows.filter(Exists(back)).order_by("pk")


def _all_answered(reviews: Iterable[Review]) -> bool:
    places: dict[tuple[int, int], bool] = {}
    for review in reviews:
        place = (review.community_id, review.dataset_id)
        places[place] = places.get(place, False) or review.state in _SAID
    return bool(places) and all(places.values())


def _may_be_used(review: Review) -> bool:
    grant = getattr(review, "grant", None)
    return grant is not None and grant.state == GrantState.ACTIVE
