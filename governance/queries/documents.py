"""Charters and protocols: which version is in force, and the chain before it."""

from django.db.models import QuerySet

from consent.grants.charter import Charter as ParsedCharter
from consent.grants.charter import parse_charter
from governance.models import Charter, Community, Protocol


def charters_of(community: Community) -> QuerySet[Charter]:
    """Every version ever put to the stewards, newest first."""
    return (
        Charter.objects.filter(community=community)
        .select_related("statement", "community", "statement__proposed_by")
        .order_by("-number", "-pk")
    )


def protocols_of(community: Community) -> QuerySet[Protocol]:
    """Every version ever put to the stewards, newest first."""
    return (
        Protocol.objects.filter(community=community)
        .select_related("statement", "community", "statement__proposed_by")
        .order_by("-number", "-pk")
    )


def charter_in_force(community: Community) -> Charter | None:
    return charters_of(community).filter(adopted_at__isnull=False).first()


def protocol_in_force(community: Community) -> Protocol | None:
    return protocols_of(community).filter(adopted_at__isnull=False).first()


def charter_chain(community: Community) -> tuple[ParsedCharter, ...]:
    """Adopted charters, oldest first, read from the very bytes that were signed.

    Raises:
        consent.grants.errors.GrantRefused: a row is not a charter; somebody changed the database.
    """
    adopted = charters_of(community).filter(adopted_at__isnull=False).order_by("number")
    return tuple(parse_charter(charter.statement.text.encode()) for charter in adopted)
