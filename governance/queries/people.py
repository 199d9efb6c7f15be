"""The people of a community as its list shows them, and who is away."""

from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from consent.grants.charter import Charter
from governance.models import Absence, Body, Community, Invitation, Membership, User
from governance.queries.communities import in_force

RUNS_OUT_DAYS = 90
"""From this many days before its end a term counts as running out."""


def people_of(community: Community) -> QuerySet[Any]:
    """Every membership here, ended ones too; each knows if it is ``current`` and ``away_until``."""
    rows = Membership.objects.filter(community=community).annotate(
        current=Exists(Membership.objects.filter(in_force(), pk=OuterRef("pk"))),
        away_until=Subquery(_away_today().values("ends")[:1]),
    )
    return rows.select_related("user", "community")


def running_out(days: int = RUNS_OUT_DAYS) -> Q:
    """Memberships whose term ends within so many days from now."""
    now = timezone.now()
    return Q(until__gt=now, until__lte=now + timedelta(days=days))


def terms_running_out(user: User, days: int = RUNS_OUT_DAYS) -> QuerySet[Membership]:
    """Stewards' terms that end soon: in communities where this person is a steward, the next first.

    Every steward sees them, because one whose term is over can extend nothing.
    """
    own = Membership.objects.filter(in_force(), user_id=user.pk, role="steward")
    rows = Membership.objects.filter(
        running_out(days), role="steward", community__in=own.values("community")
    )
    return rows.select_related("community", "user").order_by("until", "pk")


def absences_of(user: User, community: Community) -> QuerySet[Absence]:
    """This person's own times away, the latest first, ended ones among them."""
    rows = Absence.objects.filter(membership__user_id=user.pk, membership__community=community)
    return rows.select_related("membership").order_by("-starts", "-pk")


def absences_ahead(community: Community) -> QuerySet[Absence]:
    """Who is away now or will be, the nearest first."""
    rows = Absence.objects.filter(
        membership__in=Membership.objects.filter(in_force(), community=community),
        ended_at__isnull=True,
        ends__gte=timezone.localdate(),
    )
    return rows.select_related("membership").order_by("starts", "pk")


def away_on(day: date) -> QuerySet[Absence]:
    """Absences that cover a day, of whichever community."""
    return Absence.objects.filter(starts__lte=day, ends__gte=day, ended_at__isnull=True)


def away_today(community: Community) -> list[Absence]:
    """Who of a community's present people is away today, by name."""
    rows = away_on(timezone.localdate()).filter(
        membership__in=Membership.objects.filter(in_force(), community=community)
    )
    return list(rows.select_related("membership").order_by("membership__shown_name", "pk"))


def away_among(community: Community, charter: Charter) -> list[Absence]:
    """Which stewards of a charter are away today; it changes nothing in how many must sign."""
    return [a for a in away_today(community) if a.membership.steward_id in charter.bodies]


def invitations_to(community: Community) -> QuerySet[Invitation]:
    """Every invitation into this community, whatever became of it, newest first."""
    rows = Invitation.objects.filter(community=community)
    return rows.select_related("invited_by", "community").order_by("-invited_at", "-pk")


def bodies_of(community: Community, *, ended: bool = False) -> QuerySet[Body]:
    """The community's bodies in its own words; without ``ended`` only those that go on."""
    rows = Body.objects.filter(community=community)
    return rows if ended else rows.filter(ended_at__isnull=True)


def body_names(community: Community) -> dict[str, str]:
    """Return the name of each body by its short name, ended ones among them."""
    return dict(bodies_of(community, ended=True).values_list("slug", "name"))


def sits_in(community: Community, body: Body) -> QuerySet[Membership]:
    """Who sits in a body now."""
    rows = Membership.objects.filter(in_force(), community=community)
    return rows.filter(bodies__contains=[body.slug]).order_by("shown_name", "pk")


def _away_today() -> QuerySet[Absence]:
    return (
        away_on(timezone.localdate())
        .filter(
            membership__user=OuterRef("user"),
            membership__community=OuterRef("community"),
        )
        .order_by("-ends")
    )
