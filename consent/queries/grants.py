"""Grants: for their community's people, for the applicant, for nodes and for runs."""

from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from consent.models import Grant, Notice, RequestRevision, Review
from consent.queries.notices import pauses_in_force
from consent.rules import GrantState, RequestState
from governance.models import Community, Delegation, User
from governance.queries import communities_of, communities_where
from governance.rules import Verb, platform_may

_NEAR = ("community", "statement", "review__dataset", "review__revision__request__applicant")


def grants_visible_to(user: User) -> QuerySet[Grant]:
    """Grants of the communities this person belongs to, newest first."""
    grants = Grant.objects.filter(community__in=communities_of(user))
    return grants.select_related(*_NEAR, "review__amends").order_by("-granted_at", "-pk")


def grants_to_stop(user: User) -> QuerySet[Grant]:
    """Grants not taken back yet, of the communities in which this person may stop work."""
    grants = grants_visible_to(user).exclude(state=GrantState.REVOKED.value)
    return grants.filter(community__in=communities_where(user, Verb.REVOKE))


def grants_of_applicant(user: User) -> QuerySet[Grant]:
    """Grants on this researcher's own requests, newest first."""
    if not user.is_authenticated or not platform_may(user.platform_role, Verb.ASK):
        return Grant.objects.none()
    grants = Grant.objects.filter(review__revision__request__applicant=user)
    return grants.select_related(*_NEAR).order_by("-granted_at", "-pk")


def grants_active(revision: RequestRevision, *, at: datetime | None = None) -> list[Grant]:
    """Grants on a revision under which a run may start now: active, in time and not paused.

    A withdrawn request has none. This only keeps the platform from asking in vain: each node
    decides for itself.
    """
    at = at or timezone.now()
    grants = (
        Grant.objects.filter(review__revision=revision, state=GrantState.ACTIVE.value)
        .exclude(review__revision__request__state=RequestState.WITHDRAWN.value)
        .filter(not_before__lte=at, not_after__gt=at)
        .select_related(*_NEAR)
        .order_by("community__slug")
    )
    return [grant for grant in grants if not pauses_of(grant)]


def grants_beside(grant: Grant) -> list[Grant]:
    """Grants that further holders gave for the same use of the same dataset, by community.

    For the grant of a dataset's keeper; whatever their state. Of a community that agreed anew,
    the newest.
    """
    review = grant.review
    rows = (
        Grant.objects.filter(review__revision=review.revision_id, review__dataset=review.dataset_id)
        .exclude(community=grant.community_id)
        .select_related(*_NEAR)
        .order_by("community__slug", "granted_at", "pk")
    )
    return list({each.community_id: each for each in rows}.values())


def not_asked(grant: Grant) -> list[Community]:
    """Return the communities that hold the dataset too by now, and were not asked for this use.

    One that was named a holder after the request was decided never said yes to it (R-40).
    """
    review = grant.review
    asked = Review.objects.filter(revision=review.revision_id, dataset=review.dataset_id)
    return list(
        Community.objects.filter(
            held_datasets__dataset=review.dataset_id, held_datasets__ended_at__isnull=True
        )
        .exclude(pk__in=asked.values("community"))
        .order_by("name")
    )


def asked_beside(grant: Grant) -> int:
    """Count the communities that were asked about the same use of the same dataset, itself too.

    One that agrees anew has a second review of the same, and is counted once.
    """
    review = grant.review
    asked = Review.objects.filter(revision=review.revision_id, dataset=review.dataset_id)
    return asked.values("community").distinct().count()


def signed_grants_of(community: Community, *, for_node_of: Community) -> list[str]:
    """Every grant of a community as nodes receive it, oldest first, whatever its state.

    Revoked ones too: a node that knows a grant can say *revoked* instead of *unknown*. The node of
    another community is shown only what concerns datasets that are kept there.
    """
    grants = Grant.objects.filter(community=community).order_by("granted_at", "pk")
    if community != for_node_of:
        grants = grants.filter(review__dataset__community=for_node_of)
    return list(grants.values_list("signed_text", flat=True))


def grants_counted(delegation: Delegation | None) -> dict[str, list[str]]:
    """Return the digests of the grants under a delegation, by its id, as nodes count them."""
    if delegation is None:
        return {}
    rows = Grant.objects.filter(delegation=delegation)
    return {str(delegation.public_id): list(rows.values_list("statement__digest", flat=True))}


def pauses_of(grant: Grant) -> list[Notice]:
    """Pauses in force that stop this grant: its own, its delegation's, and those of everything."""
    return [pause for pause in pauses_in_force(grant.community) if _stops(pause, grant)]


def _stops(pause: Notice, grant: Grant) -> bool:
    if pause.delegation_id is not None:
        return pause.delegation_id == grant.delegation_id
    return pause.grant_id in (None, grant.pk)
