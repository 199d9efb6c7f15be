"""What a community's desk holds of one request: a check, questions, private talk, advice.

What is the community's own carries its word; what is said to the other side carries the other's.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from consent.actions import advice, attending, deliberation, talk
from consent.models import Advice
from consent.queries.readers import readers_among_themselves, readers_of_talk
from consent.rules import Completeness
from tests.cast import Person
from tests.permissions.words import PRIVATE, TOLD

if TYPE_CHECKING:
    from tests.permissions.world import Things


def _word(things: "Things") -> str:
    return PRIVATE[things.community.slug]


def _asked_by_researcher(things: "Things", stewards: Sequence[Person]) -> Any:
    """A question that waits for the community."""
    return talk.write_to_community(
        things.asked.pk,
        things.community.slug,
        actor=things.asked.applicant,
        text=f"When do you meet, {TOLD[things.community.slug]}?",
        question=True,
        readers=readers_of_talk(things.review).mark,
    ).public_id


def _asked_by_community(things: "Things", stewards: Sequence[Person]) -> Any:
    """A question that waits for the researcher; beside it, what only the community may read."""
    writer, review = stewards[1].user, things.review
    attending.check(
        review.pk, actor=writer, found=Completeness.INCOMPLETE, note=f"{_word(things)} is missing"
    )
    deliberation.say(
        review.pk,
        actor=writer,
        text=f"{_word(things)} would not like it",
        readers=readers_among_themselves(review).mark,
    )
    return talk.write_to_researchers(
        review.pk,
        actor=writer,
        text="Who pays?",
        question=True,
        readers=readers_of_talk(review).mark,
    ).public_id


def _ask(things: "Things", steward: Person, number: int) -> tuple[Advice, str]:
    return advice.ask(
        things.review.pk,
        actor=steward.user,
        name=f"Adviser {number}",
        email=f"adviser{number}@clinic.example",
        question=f"Could it harm {_word(things)}?",
    )


def _advice(things: "Things", stewards: Sequence[Person]) -> Any:
    """One that waits, and one that was given."""
    _given, token = _ask(things, stewards[1], 1)
    advice.give(token, interests=f"{_word(things)} is a cousin", text=f"{_word(things)}: beware")
    return _ask(things, stewards[1], 2)[0].public_id


DESK = {
    "message_id": _asked_by_researcher,
    "question_of_community": _asked_by_community,
    "advice_id": _advice,
    "advice_link": lambda things, stewards: _ask(things, stewards[1], 3)[1],
}
