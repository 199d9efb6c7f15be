"""Reminders: claimed before they are sent, so that two workers do not both send one.

Their own table is the record of them: a mail is not an act of anybody's, and is not logged as one.
"""

from collections.abc import Sequence
from datetime import date

import structlog
from django.db import transaction

from governance.mail import send_reminder
from governance.models import Reminder, User
from governance.queries.reminders import Due, reminders_due

log = structlog.get_logger(__name__)


def send_due(day: date) -> int:
    """Send each person at most one mail for all that waits for her; return how many left."""
    sent = 0
    for user_id, due in reminders_due(day).items():
        if not (claimed := claim(user_id, due, day=day)):
            continue
        if send_reminder(due[0].membership.user):
            sent += 1
        else:
            log.error("reminder.not_sent", user=user_id)
            give_back(claimed)
    return sent


@transaction.atomic
def claim(user_id: int, due: Sequence[Due], *, day: date) -> list[int]:
    """Note the reminders as sent, and return the ids of those that nobody noted before.

    One mail tells of all of them. It leaves after this is committed: a worker that dies between
    the two costs one reminder and never sends one twice.
    """
    User.objects.select_for_update().get(pk=user_id)
    claimed = []
    for each in due:
        reminder, new = Reminder.objects.get_or_create(
            statement_id=each.statement_id,
            membership=each.membership,
            after_days=each.after_days,
            defaults={"sent_on": day},
        )
        if new:
            claimed.append(reminder.pk)
    return claimed


@transaction.atomic
def give_back(claimed: Sequence[int]) -> None:
    """Forget reminders whose mail the server did not take: they are due again."""
    Reminder.objects.filter(pk__in=claimed).delete()
