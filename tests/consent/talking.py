"""Messages, private talk and advice for tests, made as the pages make them."""

from consent.actions import advice, deliberation, talk
from consent.models import Advice, Message, Review
from consent.queries.readers import readers_among_themselves, readers_of_talk
from tests.cast import Person


def ask_them(
    review: Review, by: Person, text: str = "Who pays?", *, question: bool = True
) -> Message:
    """A message of the community to the researchers."""
    mark = readers_of_talk(review).mark
    return talk.write_to_researchers(
        review.pk, actor=by.user, text=text, question=question, readers=mark
    )


def write_in(
    review: Review, by: Person, text: str = "When do you meet?", *, question: bool = True
) -> Message:
    """A message of a researcher to the community of this review."""
    return talk.write_to_community(
        review.revision.request_id,
        review.community.slug,
        actor=by.user,
        text=text,
        question=question,
        readers=readers_of_talk(review).mark,
    )


def answer_them(review: Review, asked: Message, by: Person, text: str = "In May.") -> Message:
    mark = readers_of_talk(review).mark
    return talk.answer_researchers(
        review.pk, asked.public_id, actor=by.user, text=text, readers=mark
    )


def answer_in(review: Review, asked: Message, by: Person, text: str = "The state.") -> Message:
    return talk.answer_community(
        review.revision.request_id,
        review.community.slug,
        asked.public_id,
        actor=by.user,
        text=text,
        readers=readers_of_talk(review).mark,
    )


def say(review: Review, by: Person, text: str = "I do not trust them.") -> Message:
    mark = readers_among_themselves(review).mark
    return deliberation.say(review.pk, actor=by.user, text=text, readers=mark)


def ask_outside(review: Review, by: Person, email: str = "dr@clinic.example") -> tuple[Advice, str]:
    return advice.ask(
        review.pk, actor=by.user, name="Dr. Iris", email=email, question="What could go wrong?"
    )
