"""What timers of reviews and incidents look at: who waits for whom, and since when."""

from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from consent.models import IncidentCommunity, Message, Review, ReviewTimes
from consent.queries.deliberation import stands_back
from consent.rules import Audience, MessageKind, ReviewState
from consent.times import DEFAULTS, Clock, ReviewFacts, Times
from governance.models import Ballot, Community, Membership, User
from governance.queries import charter_in_force, stewards_of
from governance.queries.communities import in_force, people_with
from governance.queries.quiet import quiet_days
from governance.queries.statements import charter_that_governs
from governance.rules import Verb

NAMES = ("acknowledge", "completeness", "first_reminder", "reply")


def times_of(community: Community) -> Times:
    """The times that a community set, or the defaults."""
    row = ReviewTimes.objects.filter(community=community).first()
    return Times(**{name: getattr(row, name) for name in NAMES}) if row else DEFAULTS


def clock_of(community: Community, *, since: datetime, now: datetime) -> Clock:
    """The time as a community's timers see it, with its quiet days from ``since`` on."""
    zone = timezone.get_default_timezone()
    first, last = timezone.localdate(since, zone), timezone.localdate(now, zone)
    return Clock(now, zone, frozenset(quiet_days(community, first, last)))


def open_reviews() -> QuerySet[Review]:
    rows = Review.objects.filter(state=ReviewState.OPEN.value)
    return rows.select_related(
        "community", "statement", "revision__request__applicant", "assigned_to__user"
    ).order_by("pk")


def facts_of(review: Review) -> ReviewFacts:
    return ReviewFacts(
        opened_at=review.opened_at,
        text_opened_at=review.statement.opened_at,
        acknowledged=review.acknowledged_at is not None,
        checked=review.completeness_at is not None,
    )


def open_questions() -> QuerySet[Message]:
    """Questions of communities that no researcher has answered, in reviews that go on."""
    rows = Message.objects.filter(
        audience=Audience.APPLICANT.value,
        kind=MessageKind.QUESTION.value,
        membership__isnull=False,
        answered_by__isnull=True,
        review__state__in=[ReviewState.OPEN.value, ReviewState.SENT_BACK.value],
    )
    return rows.select_related("review__community", "review__revision__request").order_by("pk")


def incidents_not_closed() -> QuerySet[IncidentCommunity]:
    rows = IncidentCommunity.objects.filter(closed_at__isnull=True)
    return rows.select_related("incident", "community").order_by("pk")


def looks_after(review: Review, *, first: bool) -> list[User]:
    """Whom to remind: who took it on, at the first time; afterwards all who could."""
    held = review.assigned_to
    if first and held and Membership.objects.filter(in_force(), pk=held.pk).exists():
        return [held.user]
    able = people_with(review.community, Verb.ATTEND)
    return [user for user in able if not stands_back(review, user)]


def silent_stewards(review: Review) -> list[User]:
    """Stewards whose answer to the present text is waited for.

    Nobody, if another charter came into force since: what the older one would decide cannot be
    signed any more.
    """
    statement = review.statement
    charter = charter_in_force(review.community)
    if charter is None or charter.number != statement.charter_number:
        return []
    named = {steward.id for steward in charter_that_governs(statement).stewards}
    ballots = Ballot.objects.filter(statement=statement, replaced_at__isnull=True)
    answered = set(ballots.values_list("membership__user_id", flat=True))
    return [
        steward.user
        for steward in stewards_of(review.community)
        if steward.steward_id in named and steward.user_id not in answered
    ]
