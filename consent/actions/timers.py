"""Turns what is due by the clock into alerts. It reads states and changes none (R-15).

Each step of each timer has its own key, so nobody is told of one twice. In a quiet time nothing
leaves: alerts wait until it is over.
"""

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse

from consent.models import IncidentCommunity, Message, Review
from consent.queries.talk import researchers_of
from consent.queries.times import (
    clock_of,
    facts_of,
    incidents_not_closed,
    looks_after,
    open_questions,
    open_reviews,
    silent_stewards,
    times_of,
)
from consent.rules import Severity
from consent.times import (
    Due,
    IncidentFacts,
    Remind,
    due_for_question,
    due_in_incident,
    due_in_review,
)
from governance.actions.alerts import tell
from governance.models import User
from governance.queries.communities import people_with
from governance.rules import Verb


def remind(now: datetime) -> int:
    """Remind of all that is due; return how many people were told of something."""
    told = sum(_remind_in(review, now) for review in open_reviews())
    told += sum(_remind_of(question, now) for question in open_questions())
    return told + sum(_remind_about(held, now) for held in incidents_not_closed())


def _remind_in(review: Review, now: datetime) -> int:
    facts = facts_of(review)
    times = times_of(review.community)
    clock = clock_of(review.community, since=review.opened_at, now=now)
    told = 0
    for due in due_in_review(facts, times, clock):
        first = due.step in (times.acknowledge, times.completeness)
        people: Iterable[User] = (
            silent_stewards(review)
            if due.remind is Remind.ANSWER
            else looks_after(review, first=first)
        )
        page = "review" if due.remind is Remind.ANSWER else "review_care"
        told += len(
            tell(
                people,
                key=_key(_thing(review, due), due),
                path=reverse(f"consent:{page}", args=[review.public_id]),
                community=review.community,
            )
        )
    return told


def _remind_of(question: Message, now: datetime) -> int:
    community, request = question.review.community, question.review.revision.request
    clock = clock_of(community, since=question.written_at, now=now)
    return sum(
        len(
            tell(
                researchers_of(request),
                key=_key(f"message:{question.public_id}", due),
                path=reverse("consent:messages", args=[request.public_id]),
            )
        )
        for due in due_for_question(question.written_at, times_of(community), clock)
    )


def _remind_about(held: IncidentCommunity, now: datetime) -> int:
    incident, community = held.incident, held.community
    facts = IncidentFacts(
        reported_at=incident.reported_at,
        severity=Severity(incident.severity),
        seen=held.seen_at is not None,
        closed=held.closed_at is not None,
    )
    clock = clock_of(community, since=incident.reported_at, now=now)
    return sum(
        len(
            tell(
                people_with(community, Verb.HANDLE_INCIDENT),
                key=_key(f"incident:{incident.public_id}:{community.slug}", due),
                path=reverse("consent:incident", args=[community.slug, incident.public_id]),
                community=community,
            )
        )
        for due in due_in_incident(facts, clock)
    )


def _thing(review: Review, due: Due) -> str:
    """What a reminder is of. A new text asks for answers anew, and is reminded of by itself."""
    if due.remind is Remind.ANSWER:
        return f"review:{review.public_id}:{review.statement.digest[:16]}"
    return f"review:{review.public_id}"


def _key(thing: str, due: Due) -> str:
    return f"{thing}:{due.remind.value}:{due.step}"
