"""The end of a grant: told before, and noted when it has come. By the clock; it decides nothing."""

from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils.timezone import localdate

from consent.actions.announce import announce
from consent.expiry import FIRST_NOTICE, expiring
from consent.models import Grant
from consent.queries.expiry import grants_ended_unnoted, grants_near_end
from governance.actions.alerts import tell
from governance.actions.audit import record
from governance.models import AccessEvent
from governance.queries.communities import people_with
from governance.rules import Verb

OVER = "grant.over"


def warn(now: datetime) -> int:
    """Tell stewards and applicants of grants that end within 90 and 30 days; each time once.

    Safe to run twice, and late: who was told is not told again. Returns how many were told.
    """
    told = 0
    for grant in grants_near_end(now, until=now + timedelta(days=FIRST_NOTICE + 2)):
        notice = expiring(
            localdate(grant.not_after), localdate(now), begins=localdate(grant.not_before)
        )
        if notice is not None:
            told += _tell(grant, f"ends-{notice}")
    return told


def close(now: datetime) -> int:
    """Note each grant whose time is over, tell those concerned, and have its runs stopped.

    Nodes do not wait for this: they refuse by their own clock. Returns how many were noted.
    """
    return sum(_closed(pk) for pk in grants_ended_unnoted(now).values_list("pk", flat=True))


@transaction.atomic
def _closed(grant_id: int) -> bool:
    rows = Grant.objects.select_for_update(of=("self",), skip_locked=True)
    near = ("community", "statement", "review__revision__request__applicant")
    grant = rows.select_related(*near).filter(pk=grant_id).first()
    if grant is None:  # another worker is at it
        return False
    subject = f"grant:{grant.public_id}"
    if AccessEvent.objects.filter(verb=OVER, subject=subject).exists():
        return False
    record(
        OVER,
        actor=None,
        subject=subject,
        community=grant.community,
        reason="Its time is over. What was promised stays.",
        document_digest=grant.statement.digest,
        correlation=str(grant.review.revision.request.public_id),
    )
    _tell(grant, "over")
    announce(grant.community_id)
    return True


def _tell(grant: Grant, occasion: str) -> int:
    key = f"grant:{grant.public_id}:{occasion}"
    stewards = tell(
        people_with(grant.community, Verb.DECIDE),
        key=key,
        path=reverse("consent:grant", args=[grant.public_id]),
        community=grant.community,
    )
    applicant = tell(
        [grant.review.revision.request.applicant],
        key=key,
        path=reverse("consent:grant_accept", args=[grant.public_id]),
    )
    return len(stewards) + len(applicant)
