"""Notices: what stops now, and the list that nodes fetch."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet

from consent.grants.charter import Charter
from consent.grants.decision import require_decided
from consent.grants.errors import BadBallot, NotDecided
from consent.grants.statements import Signed
from consent.models import Grant, Notice, NoticesList
from consent.queries.reviews import has_part
from consent.rules import NoticeKind
from governance.models import Charter as CharterRow
from governance.models import Community, User
from governance.queries import charter_chain, communities_of, communities_where
from governance.rules import Verb

# Nodes refuse a list that is too old, so an unchanged one is issued anew this often.
REISSUE_S = 60
# A notice counts from the moment it is signed but is seen by others when that transaction ends:
# this many seconds around the last issue are looked at again.
OVERLAP_S = 30


def notices_visible_to(user: User) -> QuerySet[Notice]:
    """Notices of the communities this person belongs to, newest first."""
    notices = Notice.objects.filter(community__in=communities_of(user))
    near = (
        "community",
        "statement__proposed_by",
        "grant__review__revision__request",
        "delegation__delegate",
    )
    return notices.select_related(*near).prefetch_related(
        "lifts__grant__review__revision__request", "lifts__delegation__delegate"
    )


def lifts_own(notice: Notice, user: User) -> bool:
    """Say whether a resume lifts the pause of an agreement in which this person has a part (R-22).

    A pause of everything is no one's own.
    """
    pauses = notice.lifts.exclude(grant=None).select_related("grant__review__revision__request")
    return any(has_part(pause.grant.review, user) for pause in pauses if pause.grant)


def notices_of_steward(user: User) -> QuerySet[Notice]:
    """Notices that this person may sign or take back."""
    return notices_visible_to(user).filter(community__in=communities_where(user, Verb.DECIDE))


def notices_about(grant: Grant) -> QuerySet[Notice]:
    """Everything ever written to stop this very grant, newest first."""
    return Notice.objects.filter(grant=grant).select_related("statement")


@dataclass(frozen=True)
class Stops:
    """One community: what is paused now, and what this person may do about it."""

    community: Community
    pauses: list[Notice]
    may_pause: bool


def communities_that_stop(user: User) -> list[Stops]:
    """Every community of this person with what is paused there."""
    may = set(communities_where(user, Verb.PAUSE).values_list("pk", flat=True))
    return [
        Stops(community, pauses_in_force(community), community.pk in may)
        for community in communities_of(user)
    ]


def notices_in_force(community: Community) -> QuerySet[Notice]:
    """Every notice that was ever decided, lifted pauses included, oldest first."""
    decided = Notice.objects.filter(community=community, in_force_at__isnull=False)
    return decided.select_related("statement", "grant", "delegation__delegate").order_by(
        "in_force_at", "pk"
    )


def pauses_in_force(community: Community) -> list[Notice]:
    """Pauses that nothing lifts, told as a node tells it (consent/grants/notices.py)."""
    pauses = notices_in_force(community).filter(kind=NoticeKind.PAUSE.value)
    pauses_left = list(pauses.prefetch_related("lifted_by__statement"))
    if not any(pause.lifted_by.all() for pause in pauses_left):
        return pauses_left
    newest = charter_chain(community)[-1]
    return [
        pause
        for pause in pauses_left
        if not any(_lifts(resume, newest) for resume in pause.lifted_by.all())
    ]


def notices_list_of(community: Community) -> NoticesList:
    """The newest list as nodes fetch it; an empty one with sequence 0 before the first issue."""
    found = NoticesList.objects.filter(community=community).first()
    return found or NoticesList(community=community)


def communities_with_due_lists(at: datetime) -> QuerySet[Community]:
    """Communities with a charter whose list is missing, old, or lacks a recent notice."""
    charter = CharterRow.objects.filter(community=OuterRef("pk"), adopted_at__isnull=False)
    recent = Notice.objects.filter(
        community=OuterRef("community"),
        in_force_at__gte=OuterRef("issued_at") - timedelta(seconds=OVERLAP_S),
    )
    fresh = NoticesList.objects.filter(
        ~Exists(recent),
        community=OuterRef("pk"),
        issued_at__gt=at - timedelta(seconds=REISSUE_S),
    )
    return Community.objects.filter(Exists(charter), ~Exists(fresh)).order_by("pk")


def _lifts(resume: Notice, newest: Charter) -> bool:
    """Say whether a resume counts: it must stand under the newest charter's keys and rule."""
    if resume.in_force_at is None:
        return False
    if resume.statement.charter_number == newest.number:
        return True
    try:
        require_decided(
            Signed.from_json(resume.signed_text), charter=newest, statement_type="resume"
        )
    except (BadBallot, NotDecided):
        return False
    return True
