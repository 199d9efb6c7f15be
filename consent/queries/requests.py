"""Requests as their applicant may see them: decisions, never ballots."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from consent.grants.grant import parse_grant
from consent.models import (
    Attachment,
    EthicsApproval,
    Grant,
    RequestRevision,
    Review,
    TrainingRequest,
)
from consent.queries.keeping import wants_anew
from consent.rules import AttachmentKind, GrantState, ReviewState
from governance.models import User
from governance.rules import Verb, platform_may


@dataclass(frozen=True)
class SaidBy:
    """What one community answered, as much as the people asking may know.

    Attributes:
        said: the state of the review: open, approved, declined or withdrawn.
        grant_id: set once the community said yes.
        grant_state: of that grant; None before.
        conditions: what the applicant must accept; empty when there is nothing to accept.
        anew: whether the community wants to agree anew, because its rules changed since.
    """

    community: str
    community_name: str
    dataset: str
    said: ReviewState
    decided_at: datetime | None
    grant_id: UUID | None
    grant_state: GrantState | None
    conditions: tuple[str, ...]
    anew: bool = False

    @property
    def awaits_acceptance(self) -> bool:
        return self.grant_state is GrantState.AWAITING_ACCEPTANCE


def requests_visible_to(user: User) -> QuerySet[TrainingRequest]:
    """A researcher's own requests; nobody else's. Stewards see reviews, not requests."""
    if not user.is_authenticated or not platform_may(user.platform_role, Verb.ASK):
        return TrainingRequest.objects.none()
    return TrainingRequest.objects.filter(applicant=user).select_related("applicant")


def revision_of(request: TrainingRequest) -> RequestRevision | None:
    """The newest revision that was submitted, or None for a draft."""
    return RequestRevision.objects.filter(request=request).order_by("-number").first()


def attachments_of(request: TrainingRequest) -> QuerySet[Attachment]:
    """The files that lie with a request now, oldest first; not what came after a yes."""
    rows = Attachment.objects.filter(request=request, removed_at__isnull=True)
    later = [AttachmentKind.REPORT.value, AttachmentKind.PAPER.value]
    return rows.exclude(kind__in=later).order_by("pk")


def approvals_of(request: TrainingRequest) -> QuerySet[EthicsApproval]:
    """The letters of ethics boards that stand with a request now, oldest first; none twice."""
    newer = EthicsApproval.objects.filter(renews=OuterRef("pk"), removed_at__isnull=True)
    found = EthicsApproval.objects.filter(request=request, removed_at__isnull=True)
    found = found.filter(~Exists(newer))
    return found.select_related("letter").order_by("pk")


def outcomes_of(revision: RequestRevision) -> list[SaidBy]:
    """Say what each community answered, in the order of their names. Three queries at most.

    Where a community agrees anew on the same dataset, its last yes stands until there is another;
    of the deciding itself only that it wants to is told (R-29).
    """
    reviews = (
        Review.objects.filter(revision=revision)
        .select_related("community", "dataset")
        .order_by("community__name", "dataset__slug", "opened_at", "pk")
    )
    grants = {
        grant.review_id: grant
        for grant in Grant.objects.filter(review__revision=revision).select_related("statement")
    }
    standing: dict[tuple[int, int], Review] = {}
    for review in reviews:
        place = (review.community_id, review.dataset_id)
        if place not in standing or review.pk in grants:
            standing[place] = review
    wanting = wants_anew(grants.values())
    return [_said(review, grants.get(review.pk), wanting) for review in standing.values()]


def _said(review: Review, grant: Grant | None, wanting: set[int]) -> SaidBy:
    return SaidBy(
        community=review.community.slug,
        community_name=review.community.name,
        dataset=review.dataset.slug,
        said=ReviewState(review.state),
        decided_at=review.decided_at,
        grant_id=grant.public_id if grant else None,
        grant_state=GrantState(grant.state) if grant else None,
        conditions=_conditions(grant) if grant else (),
        anew=grant is not None and grant.pk in wanting,
    )


def _conditions(grant: Grant) -> tuple[str, ...]:
    return parse_grant(grant.statement.text.encode()).conditions
