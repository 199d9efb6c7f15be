"""Incidents as each side may see them (docs/incidents.md).

A community sees those that concern it, and of other communities' entries only what they wrote for
all. Researchers see what one of them reported. Nobody else sees any.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from consent.models import Incident, IncidentCommunity, IncidentEntry, Review, TrainingRequest
from consent.queries.reviews import has_part
from consent.queries.talk import researchers_of
from consent.rules import IncidentState
from governance.errors import CannotUnseal
from governance.models import Community, User
from governance.queries import communities_where
from governance.queries.sealing import unseal
from governance.rules import PlatformRole, Verb

OPEN = Q(closed_at__isnull=True)


@dataclass(frozen=True)
class Line:
    """One entry as somebody reads it. ``private``: her own community alone does."""

    by: str
    at: datetime
    text: str
    private: bool


@dataclass(frozen=True)
class Beside:
    """What to know of incidents while reading a request.

    Attributes:
        own: open incidents about it, or about the same people, that concern this community.
        elsewhere: whether one that the same people reported is open with others.
    """

    own: tuple[IncidentCommunity, ...]
    elsewhere: bool

    def __bool__(self) -> bool:
        return bool(self.own) or self.elsewhere


def asked_of(request: TrainingRequest) -> list[Community]:
    """Every community that was ever asked by this request, by name."""
    reviews = Review.objects.filter(revision__request=request)
    return list(Community.objects.filter(pk__in=reviews.values("community")).order_by("name", "pk"))


def reported_by_researchers() -> QuerySet[Incident]:
    return Incident.objects.filter(reported_by__role=PlatformRole.RESEARCHER.value)


def incidents_of(community: Community) -> QuerySet[IncidentCommunity]:
    """Those that concern a community, newest first."""
    rows = IncidentCommunity.objects.filter(community=community)
    return rows.select_related(
        "community", "incident__request", "incident__reported_by", "seen_by", "closed_by"
    ).order_by("-pk")


def incidents_of_request(request: TrainingRequest) -> QuerySet[Incident]:
    """What researchers reported on this request, with who of the communities has seen it."""
    concerned = IncidentCommunity.objects.select_related("community").order_by("community__name")
    rows = reported_by_researchers().filter(request=request).select_related("reported_by")
    return rows.prefetch_related(Prefetch("concerned", concerned)).order_by("-pk")


def incidents_to_see(user: User) -> QuerySet[IncidentCommunity]:
    """Open incidents that nobody of this person's communities has looked at, the oldest first."""
    rows = IncidentCommunity.objects.filter(
        OPEN, seen_at__isnull=True, community__in=communities_where(user, Verb.HANDLE_INCIDENT)
    )
    return rows.select_related("community", "incident").order_by("pk")


def lines_for(incident: Incident, community: Community) -> list[Line]:
    """The entries as people of one community read them: own names, and other communities' names."""
    rows = _entries(incident).filter(Q(community__isnull=True) | Q(community=community))
    return [_line(row, community) for row in rows]


def has_part_in(incident: Incident, community: Community, user: User) -> bool:
    """Say whether she is one of those who ask, in a request that this is about (R-22).

    She deals with it neither for her community nor reads what it notes for itself.
    """
    if incident.request_id is None:
        return False
    rows = Review.objects.filter(community=community, revision__request=incident.request_id)
    return any(has_part(row, user) for row in rows.select_related("revision__request"))


def lines_for_researchers(incident: Incident) -> list[Line]:
    """The entries for all. Who of a community wrote stays with it; the community's name stands."""
    return [_line(row, None) for row in _entries(incident).filter(community__isnull=True)]


def incidents_beside(review: Review) -> Beside:
    """What people of the review's community may know of incidents while they read the request."""
    request = review.revision.request
    people = researchers_of(request)
    about = Q(incident__request=request) | Q(incident__request__applicant__in=people)
    own = IncidentCommunity.objects.filter(OPEN, about, community=review.community)
    elsewhere = (
        reported_by_researchers()
        .filter(state=IncidentState.OPEN.value, request__applicant__in=people)
        .exclude(concerned__community=review.community)
    )
    rows = own.select_related("incident", "community").order_by("pk")
    return Beside(tuple(rows), elsewhere.exists())


def _entries(incident: Incident) -> QuerySet[IncidentEntry]:
    rows = IncidentEntry.objects.filter(incident=incident)
    return rows.select_related("author", "seat__community", "community").order_by("pk")


def _line(entry: IncidentEntry, reader: Community | None) -> Line:
    """Args: reader: the community of who reads; None for researchers."""
    if entry.seat is None:
        by = entry.author.name
    elif reader is not None and entry.seat.community_id == reader.pk:
        by = entry.seat.shown_name
    else:
        by = entry.seat.community.name
    private = entry.community is not None
    return Line(by, entry.written_at, _text(entry) if private else entry.text, private)


def _text(entry: IncidentEntry) -> str:
    assert entry.community is not None  # noqa: S101  only such entries are sealed
    assert entry.sealed is not None  # noqa: S101  the database holds it so
    context = f"incident-entry:{entry.public_id}"
    try:
        return unseal(entry.community, bytes(entry.sealed), context=context)
    except CannotUnseal:
        return _("This text cannot be read any more.")
