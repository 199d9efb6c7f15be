"""What the clock does about promises and papers: it reminds. It decides and closes nothing.

Safe to run as often as wanted: each occasion has its own key, and nobody is told of one twice.
"""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from consent.actions.obligations import promise_all
from consent.models import Grant, Obligation, Publication
from consent.promises import AFTER_END_DAYS, Standing, reminder_due
from consent.queries.obligations import (
    ends_to_hurry,
    grants_without_promises,
    obligations_overdue,
    standing_of,
)
from consent.queries.publications import publications_overdue
from governance.actions.alerts import tell
from governance.actions.audit import record
from governance.queries.communities import people_with
from governance.queries.quiet import is_quiet
from governance.rules import Verb


def remind(now: datetime) -> int:
    """Remind of what is due, and return how many people were told.

    Researchers are told on the day, after 7 and 30 days, and then every 30 days; a community's
    stewards once, when something is late. Papers that wait for an answer remind the stewards in the
    same rhythm. In a quiet time the community's stewards are left in peace until it is over.
    """
    today = timezone.localdate(now)
    for grant_id in grants_without_promises().values_list("pk", flat=True):
        _make_up(grant_id)
    for row_id in ends_to_hurry().values_list("pk", flat=True):
        _hurry(row_id)
    told = sum(_remind_of(row, today) for row in obligations_overdue(today))
    return told + sum(_remind_to_answer(row, today) for row in publications_overdue(today))


@transaction.atomic
def _make_up(grant_id: int) -> None:
    """Agreements from before there was a ledger get theirs."""
    promise_all(Grant.objects.get(pk=grant_id))


@transaction.atomic
def _hurry(row_id: int) -> None:
    """An agreement that was taken back is over sooner, and so is what is owed at its end."""
    row = (
        Obligation.objects.select_for_update(of=("self",))
        .select_related("grant__review__revision__request", "community")
        .get(pk=row_id)
    )
    if row.grant.revoked_at is None:
        return
    day = timezone.localdate(row.grant.revoked_at) + timedelta(days=AFTER_END_DAYS)
    if row.due_on <= day:
        return
    row.due_on = day
    row.save(update_fields=["due_on"])
    record(
        "promise.hurry",
        actor=None,
        subject=f"promise:{row.public_id}",
        community=row.community,
        reason="The agreement was taken back, so what is owed at its end is due sooner.",
        correlation=str(row.grant.review.revision.request.public_id),
    )


@transaction.atomic
def _remind_of(row: Obligation, today: date) -> int:
    which = reminder_due(row.due_on, today)
    if which is None:
        return 0
    request = row.grant.review.revision.request
    # A day that was moved is another occasion.
    key = f"promise:{row.public_id}:due:{row.due_on}:{which}"
    own = reverse("consent:own_promise", args=[request.public_id, row.public_id])
    told = tell([request.applicant], key=key, path=own)
    if standing_of(row, today) is Standing.LATE and not is_quiet(row.community, today):
        told += tell(
            people_with(row.community, Verb.CONFIRM_DONE),
            key=f"promise:{row.public_id}:late:{row.due_on}",
            path=reverse("consent:promise", args=[row.community.slug, row.public_id]),
            community=row.community,
        )
    return len(told)


@transaction.atomic
def _remind_to_answer(row: Publication, today: date) -> int:
    which = reminder_due(row.answer_due_on, today)
    community = row.grant.community
    if which is None or is_quiet(community, today):
        return 0
    told = tell(
        people_with(community, Verb.CONFIRM_DONE),
        key=f"publication:{row.public_id}:unanswered:{which}",
        path=reverse("consent:publication", args=[community.slug, row.public_id]),
        community=community,
    )
    return len(told)
