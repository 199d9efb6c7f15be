"""Grants that end soon, and those whose end nobody has noted yet."""

from datetime import datetime

from django.db.models import CharField, Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Concat

from consent.models import Grant
from consent.queries.keeping import grants_replaced
from consent.rules import GrantState
from governance.models import AccessEvent

_NEAR = ("community", "statement", "review__revision__request__applicant")


def grants_near_end(at: datetime, *, until: datetime) -> list[Grant]:
    """Return the grants that end after ``at`` and until ``until``, oldest first.

    Those taken back are left out, and those that a newer agreement replaced.
    """
    rows = Grant.objects.filter(not_after__gt=at, not_after__lte=until)
    rows = rows.exclude(state=GrantState.REVOKED.value).select_related(*_NEAR).order_by("pk")
    grants = list(rows)
    replaced = grants_replaced(grants)
    return [grant for grant in grants if grant.pk not in replaced]


def grants_ended_unnoted(at: datetime) -> QuerySet[Grant]:
    """Grants over at ``at`` of which the access log does not tell that yet, oldest first."""
    noted = AccessEvent.objects.filter(
        verb="grant.over",
        subject=Concat(Value("grant:"), Cast(OuterRef("public_id"), CharField())),
    )
    rows = Grant.objects.filter(~Exists(noted), not_after__lte=at)
    return rows.exclude(state=GrantState.REVOKED.value).order_by("not_after", "pk")
