"""Charters and protocols: which version is in force, and the chain before it."""

from typing import TypeVar

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, When

from consent.grants.charter import Charter as ParsedCharter
from consent.grants.charter import parse_charter
from governance.models import Ballot, Charter, Community, Protocol, User
from governance.models.protocols import MAIN
from governance.queries.communities import communities_where
from governance.rules import StatementState, Verb

D = TypeVar("D", Charter, Protocol)


def charters_of(community: Community) -> QuerySet[Charter]:
    """Every version ever put to the stewards, newest first; each knows if it is ``in_force``."""
    return _versions(Charter.objects.filter(community=community))


def protocols_of(community: Community) -> QuerySet[Protocol]:
    """Every version of every line, newest first; each knows if it is ``in_force``."""
    return _versions(Protocol.objects.filter(community=community), line=OuterRef("line"))


def _versions(rows: QuerySet[D], **same: OuterRef) -> QuerySet[D]:
    adopted = rows.model._default_manager.filter(
        community=OuterRef("community"), adopted_at__isnull=False, **same
    )
    newest = adopted.order_by("-number").values("pk")[:1]
    return (
        rows.annotate(newest=Subquery(newest))
        .annotate(in_force=Case(When(newest=F("pk"), then=True), default=False))
        .select_related("statement", "community", "statement__proposed_by")
        .order_by("-number", "-pk")
    )


def charter_in_force(community: Community) -> Charter | None:
    return charters_of(community).filter(adopted_at__isnull=False).first()


def protocol_in_force(community: Community, line: str = MAIN) -> Protocol | None:
    """Return the newest adopted version of one of the community's protocols."""
    return protocols_of(community).filter(adopted_at__isnull=False, line=line).first()


def protocols_in_force(community: Community) -> QuerySet[Protocol]:
    """Return the newest adopted version of each of the community's protocols, by title."""
    newest = (
        Protocol.objects.filter(
            community=OuterRef("community"), line=OuterRef("line"), adopted_at__isnull=False
        )
        .order_by("-number")
        .values("pk")[:1]
    )
    return protocols_of(community).filter(pk=Subquery(newest)).order_by("title", "line")


def charter_chain(community: Community) -> tuple[ParsedCharter, ...]:
    """Adopted charters, oldest first, read from the very bytes that were signed.

    Raises:
        consent.grants.errors.GrantRefused: a row is not a charter; somebody changed the database.
    """
    adopted = charters_of(community).filter(adopted_at__isnull=False).order_by("number")
    return tuple(parse_charter(charter.statement.text.encode()) for charter in adopted)


def drafts_to_sign(user: User) -> list[Charter | Protocol]:
    """Charters and protocols put to this steward that she has not answered."""
    communities = communities_where(user, Verb.DECIDE)
    answered = Ballot.objects.filter(membership__user_id=user.pk, replaced_at__isnull=True)
    found: list[Charter | Protocol] = []
    for model in (Charter, Protocol):
        rows = model._default_manager.filter(
            community__in=communities, statement__state=StatementState.OPEN
        ).exclude(statement__in=answered.values("statement"))
        found.extend(rows.select_related("community", "statement").order_by("pk"))
    return found


def without_charter(user: User) -> QuerySet[Community]:
    """Communities of this steward that have no charter, nor one put to the stewards."""
    return _lacking(communities_where(user, Verb.PROPOSE_CHARTER), Charter.objects.all())


def without_protocol(user: User) -> QuerySet[Community]:
    """Communities of this steward that have a charter, and no protocol nor a draft of one."""
    decided = Charter.objects.filter(community=OuterRef("pk"), adopted_at__isnull=False)
    communities = communities_where(user, Verb.PROPOSE_PROTOCOL).filter(Exists(decided))
    return _lacking(communities, Protocol.objects.all())


def _lacking(
    communities: QuerySet[Community], documents: QuerySet[Charter] | QuerySet[Protocol]
) -> QuerySet[Community]:
    live = documents.filter(
        Q(adopted_at__isnull=False) | Q(statement__state=StatementState.OPEN),
        community=OuterRef("pk"),
    )
    return communities.exclude(Exists(live))


def open_documents(community: Community) -> list[Charter | Protocol]:
    """Charters and protocols that are put to the community's stewards now."""
    return [
        *charters_of(community).filter(statement__state=StatementState.OPEN),
        *protocols_of(community).filter(statement__state=StatementState.OPEN),
    ]
