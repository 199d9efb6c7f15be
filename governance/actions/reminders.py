"""Reminders: noted once for each step, and told as all else is (``governance.actions.alerts``).

Their own table is the record of them: a reminder is not an act of anybody's, and is not logged as
one.
"""

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from governance.actions.alerts import tell
from governance.models import Reminder, User
from governance.navigation import page_of
from governance.queries.reminders import Due, reminders_due


def tell_due(day: date) -> int:
    """Note what each person is to be reminded of; return how many alerts were made of it."""
    return sum(remind(user_id, due, day=day) for user_id, due in reminders_due(day).items())


@transaction.atomic
def remind(user_id: int, due: Sequence[Due], *, day: date) -> int:
    """Note the steps that nobody noted before, and tell the person of each; return how many."""
    user = User.objects.select_for_update(no_key=True).get(pk=user_id)
    made = 0
    for each in due:
        _reminder, new = Reminder.objects.get_or_create(
            statement=each.statement,
            membership=each.membership,
            after_days=each.after_days,
            defaults={"sent_on": day},
        )
        if new:
            key = f"reminder:{each.statement.public_id}:{each.after_days}"
            page, community = page_of(each.statement), each.membership.community
            made += len(tell([user], key=key, path=page, community=community))
    return made
