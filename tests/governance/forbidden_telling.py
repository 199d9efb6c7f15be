"""Acts about incidents, times and letters that only a community's own people may do."""

from collections.abc import Callable
from typing import Any

from django.utils import timezone

from consent.actions import incidents, review_times
from consent.models import Incident
from consent.rules import Severity
from consent.times import DEFAULTS
from governance.actions import alert_choices

_REPORT = incidents.Report("x", "x", timezone.localdate(), Severity.LOW, "x")


def _incident(things: Any) -> int:
    return Incident.objects.get(public_id=things.more["incident_id"]).pk


TELL: dict[str, Callable[[Any, Any], object]] = {
    "report on a request": lambda t, p: incidents.report_on_request(
        t.decided.pk, actor=p.user, report=_REPORT, communities=[t.community.slug]
    ),
    "report in a community": lambda t, p: incidents.report_in_community(
        t.community.pk, actor=p.user, report=_REPORT
    ),
    "see an incident": lambda t, p: incidents.see(
        _incident(t), community_id=t.community.pk, actor=p.user
    ),
    "write about an incident": lambda t, p: incidents.note(
        _incident(t), community_id=t.community.pk, actor=p.user, text="x", to_all=True
    ),
    "write about an incident as a researcher": lambda t, p: incidents.note_of_researcher(
        _incident(t), actor=p.user, text="x"
    ),
    "close an incident": lambda t, p: incidents.close(
        _incident(t), community_id=t.community.pk, actor=p.user
    ),
    "set the times": lambda t, p: review_times.set_times(
        t.community.pk, actor=p.user, times=DEFAULTS
    ),
    "hand a letter over": lambda t, p: alert_choices.hand_over(
        t.community.memberships.order_by("pk").first().pk, actor=p.user
    ),
}
