"""What of a request and its decisions a person may take with her as files."""

from dataclasses import dataclass
from uuid import UUID

from consent.models import Grant, RequestRevision, Review
from consent.queries.grants import grants_of_applicant, grants_visible_to
from consent.queries.requests import requests_visible_to, revision_of
from consent.queries.reviews import reviews_visible_to
from governance.models import Community, User


@dataclass(frozen=True)
class Exportable:
    """One revision, and the agreements on its request that this person may see.

    ``community`` is the one as whose member she reads it, by its newest ``review``; both are None
    for the applicant.
    """

    revision: RequestRevision
    grants: tuple[Grant, ...]
    community: Community | None
    review: Review | None = None


def exportable(user: User, request_id: UUID) -> Exportable | None:
    """Return what the person may take; None where there is nothing for her.

    The applicant gets the newest revision and every agreement on it. A community's people get the
    newest revision that was put to them, and their own community's agreements only.
    """
    own = requests_visible_to(user).filter(public_id=request_id).first()
    if own is not None:
        revision = revision_of(own)
        grants = grants_of_applicant(user).filter(review__revision__request=own)
        return Exportable(revision, tuple(grants), None) if revision else None
    reviews = reviews_visible_to(user).filter(revision__request__public_id=request_id)
    review = reviews.order_by("-revision__number", "-opened_at", "-pk").first()
    if review is None:
        return None
    theirs = grants_visible_to(user).filter(review__revision__request__public_id=request_id)
    return Exportable(review.revision, tuple(theirs), review.community, review)


def grant_exportable(user: User, grant_id: UUID) -> Grant | None:
    """Return an agreement that the person may take: her community's, or on her own request."""
    for grants in (grants_visible_to(user), grants_of_applicant(user)):
        if found := grants.filter(public_id=grant_id).first():
            return found
    return None
