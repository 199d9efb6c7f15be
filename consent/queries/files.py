"""Files of requests: who may fetch which."""

from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat

from consent.models import Attachment, Obligation, Publication, Review, TrainingRequest
from consent.queries.crew import requests_readable_by
from governance.models import Community, User
from governance.queries import communities_of
from governance.rules import PlatformRole


def attachments_readable_by(user: User) -> QuerySet[Attachment]:
    """Files that this person may fetch; nobody else can tell that they are there (R-30).

    Researchers: those of requests that are theirs or whose terms they took on. People of a
    community: see ``_shown_to``. Auditors and admins: none.
    """
    if not user.is_authenticated:
        return Attachment.objects.none()
    rows = Attachment.objects.exclude(stored="").select_related("request__applicant")
    if user.platform_role is PlatformRole.RESEARCHER:
        return rows.filter(request__in=requests_readable_by(user).values("pk"))
    return rows.filter(_shown_to(communities_of(user)))


def community_that_reads(attachment: Attachment, user: User) -> Community | None:
    """Return the community in whose name somebody fetches a file; None for researchers."""
    for community in communities_of(user).order_by("pk"):
        only = Community.objects.filter(pk=community.pk)
        if Attachment.objects.filter(_shown_to(only), pk=attachment.pk).exists():
            return community
    return None


def attachment_of(request: TrainingRequest, public_id: UUID) -> Attachment | None:
    """Return one file that lies with a request now."""
    rows = Attachment.objects.filter(request=request, removed_at__isnull=True)
    return rows.filter(public_id=public_id).first()


def was_submitted(attachment: Attachment) -> bool:
    """Say whether a community was shown the file, so that it must stay for whoever read it.

    A revision names it, or it renewed a letter: runs went on by its dates.
    """
    digest = f'"digest":"{attachment.digest}"'
    if attachment.approvals.filter(renews__isnull=False).exists():
        return True
    return attachment.request.revisions.filter(text__contains=digest).exists()


def _shown_to(communities: QuerySet[Community]) -> Q:
    """Files that a community was shown.

    Named, by fingerprint, in a revision that it was asked about; a renewed letter of a board, once
    it was asked about the request at all, also one that was taken off since; and what was handed
    in to it after its yes.
    """
    ids = communities.values("pk")
    asked = Review.objects.filter(community__in=ids, revision__request=OuterRef("request"))
    named = Concat(Value('"digest":"'), OuterRef("digest"), Value('"'))
    renewed = Q(
        revision__request__approvals__letter=OuterRef("pk"),
        revision__request__approvals__renews__isnull=False,
    )
    evidence = Obligation.objects.filter(community__in=ids, evidence=OuterRef("pk"))
    papers = Publication.objects.filter(grant__community__in=ids, file=OuterRef("pk"))
    return (
        Exists(asked.filter(revision__text__contains=named))
        | Exists(asked.filter(renewed))
        | Exists(evidence)
        | Exists(papers)
    )
