"""What waits to be told to whom, and what became of it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from governance.models import Absence, Alert, AlertChoice, Community, QuietTime, User
from governance.pacing import Days, due_at, waits_since
from governance.queries.communities import members_of
from governance.queries.people import away_on
from governance.queries.quiet import is_quiet, last_day
from governance.rules import Channel, Pace

MAYBE_SENT_AFTER = timedelta(minutes=30)
"""A worker that took an alert up this long ago and never said what came of it is gone."""

_BY_MAIL = Q(user__alert_choice__isnull=True) | Q(user__alert_choice__channel=Channel.EMAIL.value)


def choice_of(user: User) -> AlertChoice:
    """How this person wants to be told: her own choice, or by e-mail at once."""
    return AlertChoice.objects.filter(user=user).first() or AlertChoice(user=user)


def alerts_waiting() -> QuerySet[Alert]:
    """Alerts that nobody took up, sent or handed over, whoever they are for."""
    return Alert.objects.filter(
        claimed_at__isnull=True,
        sent_at__isnull=True,
        given_up_at__isnull=True,
        handed_over_at__isnull=True,
    )


def to_mail(now: datetime, alerts: QuerySet[Alert] | None = None) -> list[Alert]:
    """Return the alerts whose mail is due, oldest first; four queries at most.

    Args:
        alerts: only these, for instance those of one person.
    """
    rows = alerts_waiting() if alerts is None else alerts
    rows = rows.filter(_BY_MAIL, user__is_active=True)
    rows = rows.filter(Q(next_try_at__isnull=True) | Q(next_try_at__lte=now))
    waiting = list(rows.select_related("user__alert_choice").order_by("pk"))
    held = _held_days(waiting)
    return [alert for alert in waiting if _is_due(alert, held[alert.pk], now)]


def _is_due(alert: Alert, held: Sequence[Days], now: datetime) -> bool:
    zone = timezone.get_default_timezone()
    since = waits_since(alert.made_at, held, now=now, zone=zone)
    choice = getattr(alert.user, "alert_choice", None)
    pace = Pace(choice.pace) if choice else Pace.AT_ONCE
    return since is not None and due_at(pace, since, zone) <= now


def _held_days(alerts: Iterable[Alert]) -> dict[int, list[Days]]:
    """Return by alert the days on which nothing leaves: quiet times, and when its reader is away.

    What concerns no community, as with researchers, is held back by none.
    """
    alerts = [alert for alert in alerts if alert.community_id]
    communities = {alert.community_id for alert in alerts}
    quiet: dict[Any, list[Days]] = defaultdict(list)
    for time in QuietTime.objects.filter(community__in=communities):
        quiet[time.community_id].append((time.starts, last_day(time)))
    away: dict[Any, list[Days]] = defaultdict(list)
    absences = Absence.objects.filter(
        membership__community__in=communities,
        membership__user__in={alert.user_id for alert in alerts},
    )
    for absence in absences.select_related("membership"):
        whose = (absence.membership.user_id, absence.membership.community_id)
        away[whose].append((absence.starts, _last_day_away(absence)))
    held: dict[int, list[Days]] = defaultdict(list)
    for alert in alerts:
        held[alert.pk] = quiet[alert.community_id] + away[alert.user_id, alert.community_id]
    return held


def _last_day_away(absence: Absence) -> Any:
    """Who ended a time away early was away up to the day before that one."""
    if absence.ended_at is None:
        return absence.ends
    return min(absence.ends, timezone.localdate(absence.ended_at) - timedelta(days=1))


def told_by_letter(communities: QuerySet[Community]) -> QuerySet[Community]:
    """Those communities for whose people letters wait, held back or not."""
    letters = alerts_waiting().filter(user__alert_choice__channel=Channel.LETTER.value)
    return communities.filter(pk__in=letters.values("community")).order_by("slug")


def letters_of(community: Community) -> dict[int, list[Alert]]:
    """Return by user id what waits here for people who are told by letter.

    Nothing in a quiet time, and nothing for somebody away.
    """
    today = timezone.localdate()
    if is_quiet(community, today):
        return {}
    here = members_of(community).values("user")
    away = away_on(today).filter(membership__community=community)
    rows = alerts_waiting().filter(
        community=community,
        user__in=here,
        user__is_active=True,
        user__alert_choice__channel=Channel.LETTER.value,
    )
    rows = rows.exclude(user__in=away.values("membership__user"))
    found: dict[int, list[Alert]] = defaultdict(list)
    for alert in rows.order_by("pk"):
        found[alert.user_id].append(alert)
    return dict(found)


def told_to(user: User) -> QuerySet[Alert]:
    """Everything that this person was told or is to be told, newest first."""
    return Alert.objects.filter(user=user).order_by("-pk")


def alert_counts(now: datetime) -> dict[str, int]:
    """How many alerts failed, for admins: numbers, and nothing of whom or what."""
    gone = Q(claimed_at__lt=now - MAYBE_SENT_AFTER, sent_at__isnull=True, given_up_at__isnull=True)
    return {
        # What was not tried was left on its reader's own wish.
        "given_up": Alert.objects.filter(given_up_at__isnull=False, tries__gt=0).count(),
        "maybe_sent": Alert.objects.filter(gone).count(),
    }
