"""Conflicts of interest on a text, and whom one can be raised about."""

from django.db.models import QuerySet

from governance.models import Conflict, Membership, Statement, User
from governance.queries.communities import communities_of, stewards_of
from governance.queries.statements import charter_that_governs
from governance.rules import StatementState


def conflicts_on(statement: Statement) -> QuerySet[Conflict]:
    """What was raised on a text, in that order."""
    rows = Conflict.objects.filter(statement=statement)
    return rows.select_related("about", "raised_by").order_by("pk")


def conflicts_open_for(user: User) -> QuerySet[Conflict]:
    """What was raised about this person on open texts and waits for her answer."""
    rows = Conflict.objects.filter(
        about__user_id=user.pk,
        answered_at__isnull=True,
        statement__state=StatementState.OPEN,
        statement__community__in=communities_of(user),
    )
    return rows.select_related("statement__community", "about", "raised_by").order_by("pk")


def statements_visible_to(user: User) -> QuerySet[Statement]:
    """Texts of the communities this person belongs to."""
    rows = Statement.objects.filter(community__in=communities_of(user))
    return rows.select_related("community")


def stewards_named(statement: Statement) -> list[Membership]:
    """Present stewards whom the charter that decides on a text names, by name."""
    named = {steward.id for steward in charter_that_governs(statement).stewards}
    return [s for s in stewards_of(statement.community) if s.steward_id in named]
