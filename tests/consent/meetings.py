"""Meetings for tests, written down through the same action that the page uses."""

from datetime import date
from typing import Any

from consent.actions import meetings
from consent.actions.meetings import Told
from consent.grants.statements import Answer
from consent.models import MeetingRecord, Review
from tests.cast import Person

DAY = date(2026, 3, 1)
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
DISSENT = "One of us fears the talk."


def told(*there: Person, **changed: Any) -> Told:
    """A meeting of six people, these stewards among them, that said yes."""
    filled = {
        "held_on": DAY,
        "people": 6,
        "answer": Answer.YES,
        "how": "Everybody spoke, nobody objected.",
        "stewards": [person.membership.pk for person in there if person.membership],
        "place": "The long house",
        "language": "en",
        "dissent": DISSENT,
    }
    return Told(**filled | changed)


def write_down(
    review: Review, writer: Person, *there: Person, confirmed_by: Person | None = None, **more: Any
) -> MeetingRecord:
    made = meetings.write_down(review.pk, actor=writer.user, told=told(*there, **more))
    if confirmed_by:
        meetings.confirm(made.pk, actor=confirmed_by.user)
        made.refresh_from_db()
    return made
