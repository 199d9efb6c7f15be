"""Who has not answered a text yet, and since how many days that counts."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.utils import timezone

from governance.models import Ballot, Community, Membership, Reminder, Statement
from governance.queries.communities import stewards_of
from governance.queries.documents import charter_in_force
from governance.queries.people import away_on
from governance.queries.quiet import is_quiet, working_days
from governance.queries.statements import charter_that_governs
from governance.rules import StatementKind, StatementState

FIRST_AFTER = 7
"""Days without an answer before the first reminder; each later one waits twice as long."""

REMINDED = (
    StatementKind.CHARTER,
    StatementKind.PROTOCOL,
    StatementKind.DELEGATION,
)
"""A pause, a resume and a revocation are not waited for: people talk about those. A request has
its own times, which its community sets (``consent.times``)."""


@dataclass(frozen=True)
class Due:
    """One steward is to be reminded of one text, for the first time after so many days."""

    statement: Statement
    membership: Membership
    after_days: int


def step_for(days: int) -> int:
    """Return the newest step that so many days have reached: 7, 14, 28, ...; 0 before the first."""
    step = 0
    following = FIRST_AFTER
    while following <= days:
        step, following = following, following * 2
    return step


def reminders_due(day: date) -> dict[int, list[Due]]:
    """Return what each person, by user id, is to be reminded of on a day.

    Nothing is due in a community that keeps a quiet time, and nothing to somebody away. Quiet
    days do not count, so a step waits for as long as they take.
    """
    due: dict[int, list[Due]] = defaultdict(list)
    waiting = Statement.objects.filter(
        state=StatementState.OPEN, kind__in=[kind.value for kind in REMINDED]
    )
    for community in Community.objects.filter(pk__in=waiting.values("community")).order_by("pk"):
        if is_quiet(community, day):
            continue
        for each in _due_in(community, waiting.filter(community=community), day):
            due[each.membership.user_id].append(each)
    return dict(due)


def _due_in(community: Community, waiting: QuerySet[Statement], day: date) -> Iterator[Due]:
    in_force = charter_in_force(community)
    number = in_force.number if in_force else 0
    away = set(
        away_on(day)
        .filter(membership__community=community)
        .values_list("membership__user_id", flat=True)
    )
    stewards = [steward for steward in stewards_of(community) if steward.user_id not in away]
    # What an older charter would decide cannot be signed any more: nobody is asked for it.
    for statement in waiting.filter(charter_number=number).order_by("pk"):
        opened = timezone.localdate(statement.opened_at)
        step = step_for(working_days(community, opened, day))
        if not step:
            continue
        named = {steward.id for steward in charter_that_governs(statement).stewards}
        done = _answered_or_reminded(statement, step)
        for steward in stewards:
            if steward.steward_id in named and steward.pk not in done:
                yield Due(statement, steward, step)


def _answered_or_reminded(statement: Statement, step: int) -> set[int]:
    """Membership ids that need no reminder at this step."""
    ballots = Ballot.objects.filter(statement=statement, replaced_at__isnull=True)
    reminders = Reminder.objects.filter(Q(after_days__gte=step), statement=statement)
    return {
        *ballots.values_list("membership_id", flat=True),
        *reminders.values_list("membership_id", flat=True),
    }
