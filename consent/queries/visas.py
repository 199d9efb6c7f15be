"""Which of a request's grants a visa may speak of now, and for whom."""

from datetime import datetime
from uuid import UUID

from django.db.models import Q

from consent.models import Collaborator, Grant, TrainingRequest
from consent.queries.grant_page import course_of
from consent.queries.grants import asked_beside, grants_beside, not_asked
from consent.queries.holdups import what_holds
from consent.queries.keeping import grants_on_hold
from consent.queries.revisions import revision_in_use
from consent.rules import GrantState, RequestState
from consent.standing import Stand, now_of
from governance.models import User
from governance.rules import Verb, platform_may

_NEAR = ("community", "statement", "review__dataset__community", "review__revision__request")


def request_for_visas(user: User, request_id: UUID) -> TrainingRequest | None:
    """Return a request of this researcher, or one in which she is named and took on its terms."""
    if not user.is_authenticated or not platform_may(user.platform_role, Verb.ASK):
        return None
    named = Collaborator.objects.filter(
        user=user, accepted_at__isnull=False, removed_at__isnull=True
    )
    mine = Q(applicant=user) | Q(pk__in=named.values("request"))
    return TrainingRequest.objects.filter(mine, public_id=request_id).first()


def grants_to_vouch_for(request: TrainingRequest, *, at: datetime) -> list[Grant]:
    """Return the grants under which work may go on at ``at``, by dataset and community.

    None while anything holds the request back, and none but those by whose text runs go: what
    holds back is looked up in that text. Of a dataset that several communities hold, each
    of them must allow it: a visa from one alone would say more than they agreed.
    """
    if request.state == RequestState.WITHDRAWN or what_holds(request, at=at):
        return []
    rows = Grant.objects.filter(
        review__revision=revision_in_use(request), state=GrantState.ACTIVE.value
    ).select_related(*_NEAR)
    found = [grant for grant in rows if now_of(course_of(grant), at=at).stand is Stand.IN_FORCE]
    on_hold = grants_on_hold(found)
    good = {grant.pk: grant for grant in found if grant.pk not in on_hold}
    whole = [grant for grant in good.values() if _all_agree(grant, set(good))]
    return sorted(whole, key=lambda grant: (grant.review.dataset.slug, grant.community.slug))


def _all_agree(grant: Grant, good: set[int]) -> bool:
    others = grants_beside(grant)
    asked = asked_beside(grant) == 1 + len(others)
    return asked and not not_asked(grant) and all(other.pk in good for other in others)
