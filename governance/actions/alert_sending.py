"""Sending what people are to be told: claimed first, then sent, so that nothing leaves twice.

A mail cannot be part of a database transaction. Whoever dies between the claim and the server's
answer may or may not have sent it; it is not sent again (docs/adr/0024). An alert is its own record
of what became of it, and is not logged: a mail is nobody's act.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from time import monotonic

import structlog
from django.db import transaction
from django.utils import timezone

from governance.mail import Posted, send_waiting
from governance.models import Alert, User
from governance.queries.alerts import alerts_waiting, to_mail

log = structlog.get_logger(__name__)

BACKOFF = (
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=12),
)
"""How long to wait after each refusal; the one after the last is final."""

MOST = 200
"""People in one run; the next run takes the others."""

BUDGET_S = 30.0
"""Seconds after which a run begins no other mail: a worker's task may take 60."""


def send_due(now: datetime) -> int:
    """Send each person one mail for all that is due to her; return how many mails left."""
    ends, sent = monotonic() + BUDGET_S, 0
    people = dict.fromkeys(alert.user_id for alert in to_mail(now))
    for user_id in list(people)[:MOST]:
        if monotonic() > ends:
            break
        user, claimed = claim(user_id, now=now)
        if user is None or not claimed:
            continue
        posted = send_waiting(user, len(claimed))
        if posted is Posted.TAKEN:
            note_sent(claimed)
            sent += 1
        elif posted is Posted.UNCLEAR:
            log.error("alerts.unclear", user=user_id, alerts=len(claimed))
        else:
            log.warning("alerts.not_sent", user=user_id, alerts=len(claimed), why=posted.value)
            give_back(claimed, now=now)
        if posted is Posted.UNREACHABLE:
            break  # as it would be for everybody else
    return sent


@transaction.atomic
def claim(user_id: int, *, now: datetime) -> tuple[User | None, list[int]]:
    """Take up what is due to one person; return her, and the alerts' ids.

    Whoever else sends to her at this moment holds her row: then nothing is claimed here. It
    is committed before any server is spoken to.
    """
    rows = User.objects.select_for_update(skip_locked=True, no_key=True)
    user = rows.filter(pk=user_id).first()
    if user is None:
        return None, []
    due = [alert.pk for alert in to_mail(now, alerts_waiting().filter(user=user))]
    Alert.objects.filter(pk__in=due).update(claimed_at=timezone.now())
    return user, due


@transaction.atomic
def note_sent(claimed: Sequence[int]) -> None:
    Alert.objects.filter(pk__in=claimed).update(sent_at=timezone.now())


@transaction.atomic
def give_back(claimed: Sequence[int], *, now: datetime) -> None:
    """Try again later what the server certainly did not take; after the last try, give it up."""
    for alert in Alert.objects.select_for_update().filter(pk__in=claimed):
        alert.claimed_at, alert.tries = None, alert.tries + 1
        if alert.tries > len(BACKOFF):
            alert.next_try_at, alert.given_up_at = None, now
        else:
            alert.next_try_at = now + BACKOFF[alert.tries - 1]
        alert.save(update_fields=["claimed_at", "tries", "next_try_at", "given_up_at"])
