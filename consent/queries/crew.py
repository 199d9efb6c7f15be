"""The people named in a request, and who may read it beside its applicant."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import BooleanField, Case, Q, QuerySet, Value, When

from consent.crew import others_named
from consent.document import read_back
from consent.document_parts import people as read_people
from consent.models import Collaborator, RequestRevision, TrainingRequest
from consent.reading import Reader
from consent.rules import RequestState
from governance.models import User
from governance.rules import Verb, platform_may

_ACCEPTED = {
    "accepted_at__isnull": False,
    "declined_at__isnull": True,
    "removed_at__isnull": True,
}


def requests_readable_by(user: User) -> QuerySet[TrainingRequest]:
    """A researcher's own requests, and those whose terms she took on.

    Each row carries ``mine``: every act stays with the applicant.
    """
    if not user.is_authenticated or not platform_may(user.platform_role, Verb.ASK):
        return TrainingRequest.objects.none()
    with_her = Collaborator.objects.filter(user=user, **_ACCEPTED)
    mine = Q(applicant=user) | Q(pk__in=with_her.values("request"))
    own = Case(
        When(applicant=user, then=Value(True)), default=Value(False), output_field=BooleanField()
    )
    return TrainingRequest.objects.filter(mine).annotate(mine=own).select_related("applicant")


def crew_of(request: TrainingRequest) -> QuerySet[Collaborator]:
    """The people named in it now, but the applicant, in the order in which they were named."""
    rows = Collaborator.objects.filter(request=request, removed_at__isnull=True)
    return rows.select_related("user").order_by("pk")


def to_invite(request_id: int | None = None) -> QuerySet[Collaborator]:
    """People who are named and have no link yet: never sent, or the mail server did not take it."""
    rows = Collaborator.objects.filter(
        removed_at__isnull=True,
        accepted_at__isnull=True,
        declined_at__isnull=True,
        invited_at__isnull=True,
        request__applicant__is_active=True,
    ).exclude(request__state=RequestState.WITHDRAWN.value)
    return rows.filter(request_id=request_id) if request_id is not None else rows


def link_holder(digest: str, *, at: datetime) -> Collaborator | None:
    """Return who is invited by the link with this digest, if it works at that time."""
    rows = Collaborator.objects.filter(
        token_digest=digest,
        expires_at__gt=at,
        removed_at__isnull=True,
        accepted_at__isnull=True,
        declined_at__isnull=True,
    ).exclude(request__state=RequestState.WITHDRAWN.value)
    return rows.select_related("request__applicant").first() if digest else None


def not_accepted(revision: RequestRevision) -> list[str]:
    """Say who of the people named in a revision has not taken on the terms, a sentence each."""
    request = revision.request
    named = others_named(read_back(revision.text)["people"], request.applicant)
    if not named:
        return []
    # Also who was taken off by a later text: she took on the terms of this one. The newest counts.
    rows = Collaborator.objects.filter(request=request).order_by("pk")
    held = {row.email: row for row in rows}
    return [said for person in named if (said := _missing(person["name"], held, person["email"]))]


def _missing(name: str, held: dict[str, Collaborator], email: str) -> str:
    row = held.get(email)
    if row is not None and row.accepted_at and not row.declined_at:
        return ""
    if row is not None and row.declined_at:
        return f"{name} does not take part. Change the request so that it goes without."
    return f"{name} has not accepted the terms yet."


@dataclass(frozen=True)
class Named:
    """A person on the page of a request: as she is written in it, and what she answered."""

    name: str
    email: str
    row: Collaborator | None

    @property
    def state(self) -> str:
        if self.row is None:
            return "not asked"
        if self.row.accepted_at:
            return "accepted"
        if self.row.declined_at:
            return "declined"
        return "asked" if self.row.invited_at else "on its way"


def crew_page(request: TrainingRequest) -> list[Named]:
    """Return the people named but the applicant: those who are asked, and those yet only written.

    The draft counts while it is one or is being changed; what is no name and address is left out.
    """
    rows = list(crew_of(request))
    found = [Named(row.name, row.email, row) for row in rows]
    if request.state not in (RequestState.DRAFT, RequestState.CHANGING):
        return found
    people = [p for p in read_people(Reader(request.draft, {})) if p["name"] and p["email"]]
    known = {row.email for row in rows}
    unasked = [p for p in others_named(people, request.applicant) if p["email"] not in known]
    return found + [Named(p["name"], p["email"], None) for p in unasked]
