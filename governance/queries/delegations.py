"""Delegations: which there are, which are in force, and which covers a text."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from consent.grants.delegation import covers, parse_delegation
from consent.grants.grant import parse_grant
from governance.models import Charter, Community, Delegation, Membership, Statement, User
from governance.queries.communities import communities_where
from governance.queries.documents import charter_in_force
from governance.rules import StatementState, Verb


def delegations_of(community: Community) -> QuerySet[Any]:
    """Every delegation ever put to the stewards, newest first.

    Each knows how many grants it ``used``, and the number of the charter in ``charter_now``: a
    delegation counts under the charter that decided it, and under no other.
    """
    newest = (
        Charter.objects.filter(community=OuterRef("community"), adopted_at__isnull=False)
        .order_by("-number")
        .values("number")[:1]
    )
    rows = Delegation.objects.filter(community=community)
    return (
        rows.select_related("statement", "community", "delegate__user", "statement__proposed_by")
        .annotate(used=Count("grants", distinct=True), charter_now=Subquery(newest))
        .order_by("-pk")
    )


def in_state(rows: QuerySet[Any], state: str) -> QuerySet[Any]:
    """Narrow ``delegations_of`` to one state, as ``state_of`` names it."""
    now = timezone.now()
    if state in (StatementState.OPEN, StatementState.DECLINED, StatementState.FALLEN):
        return rows.filter(statement__state=state)
    adopted = rows.filter(adopted_at__isnull=False)
    over = Q(not_after__lte=now) | ~Q(charter_now=F("statement__charter_number"))
    if state == "ended":
        return adopted.filter(over)
    live = adopted.exclude(over)
    if state == "stopped":
        return live.filter(stopped_at__isnull=False)
    live = live.filter(stopped_at__isnull=True)
    used_up = Q(used__gte=F("max_grants"))
    return live.filter(used_up) if state == "used-up" else live.exclude(used_up)


def state_of(delegation: Any, *, at: datetime) -> str:
    """Return open, declined, fallen, ended, stopped, used-up or in-force.

    Args:
        delegation: a row of ``delegations_of``.
    """
    if delegation.adopted_at is None:
        return str(delegation.statement.state)
    ended = delegation.not_after <= at
    if ended or delegation.charter_now != delegation.statement.charter_number:
        return "ended"
    if delegation.stopped_at is not None:
        return "stopped"
    return "used-up" if delegation.used >= delegation.max_grants else "in-force"


@dataclass(frozen=True)
class Covering:
    """A delegation by which one steward may say yes to a text alone."""

    delegation: Delegation
    used: int

    @property
    def left(self) -> int:
        return self.delegation.max_grants - self.used


def covering(statement: Statement, delegate: Membership, *, at: datetime) -> Covering | None:
    """Return the delegation under which this steward may say yes to a grant text alone.

    The one that ends first, if there are several: what is there for longer is kept.

    Args:
        at: aware time; the end of a delegation is the first moment at which it is over.
    """
    if statement.state != StatementState.OPEN:
        return None
    claims = parse_grant(statement.text.encode())
    community = statement.community
    charter = charter_in_force(community)
    if charter is None or charter.number != statement.charter_number:
        return None
    rows = in_state(delegations_of(community), "in-force").filter(delegate=delegate)
    for row in rows.order_by("not_after", "pk"):
        if covers(parse_delegation(row.statement.text.encode()), claims, at=at):
            return Covering(row, row.used)
    return None


def delegations_to_sign(user: User) -> QuerySet[Delegation]:
    """Delegations put to this steward that she has not answered."""
    rows = Delegation.objects.filter(
        community__in=communities_where(user, Verb.DECIDE), statement__state=StatementState.OPEN
    ).exclude(
        statement__ballots__membership__user=user, statement__ballots__replaced_at__isnull=True
    )
    return rows.select_related("community", "statement").order_by("pk")
