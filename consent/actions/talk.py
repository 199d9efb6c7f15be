"""What a community and the researchers say to each other. Nothing of it is ever changed.

Who will read a message is said before it is sent. Its mark comes back with the text: if others
would read it by now, it is not sent.
"""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from consent.actions.attending import locked_for
from consent.errors import NotAllowed, NotNow, ReadersChanged
from consent.models import Message, Review, TrainingRequest
from consent.queries.crew import requests_readable_by
from consent.queries.readers import readers_of_talk
from consent.queries.talk import (
    ASKING,
    researchers_of,
    review_talked_on,
    threads_of_researchers,
)
from consent.rules import Audience, MessageKind, ReviewState
from consent.saying import said
from consent.talking import (
    COMMUNITY_WRITES,
    MAX_TEXT,
    MOST_A_DAY,
    RESEARCHERS_ANSWER,
    RESEARCHERS_WRITE,
)
from governance.actions.alerts import tell
from governance.actions.audit import record
from governance.models import Membership, User
from governance.queries.communities import people_with
from governance.rules import Verb

HOW = "How does it stand?"


@transaction.atomic
def write_to_researchers(
    review_id: int, *, actor: User, text: str, question: bool, readers: str
) -> Message:
    """Say something to the researchers in the community's name.

    Args:
        question: whether an answer is wanted.
        readers: the mark of the readers that were shown.
    Raises:
        NotAllowed: no role that looks after requests. StandsBack: she has a part in it.
        ReadersChanged, Incomplete: nothing was sent.
        NotNow: the request was withdrawn, or a newer text took its place.
    """
    review, membership = _by_community(review_id, actor, readers)
    kind = MessageKind.QUESTION if question else MessageKind.REMARK
    return _to_researchers(review, actor, membership, kind, text)


@transaction.atomic
def answer_researchers(
    review_id: int, message_id: UUID, *, actor: User, text: str, readers: str
) -> Message:
    """Answer a question of the researchers; raises as ``write_to_researchers``."""
    review, membership = _by_community(review_id, actor, readers)
    asked = _question(review, message_id, of_community=False)
    return _to_researchers(review, actor, membership, MessageKind.ANSWER, text, answers=asked)


@transaction.atomic
def write_to_community(
    request_id: int, slug: str, *, actor: User, text: str, question: bool, readers: str
) -> Message:
    """Say something to one community, as a researcher of the request.

    Raises:
        NotAllowed: not a researcher of this request, or this community was not asked.
        ReadersChanged, Incomplete: nothing was sent.
        NotNow: the community said no, it is over, or too much was sent today.
    """
    review = _by_researcher(request_id, slug, actor, RESEARCHERS_WRITE)
    _must_be_read_by(review, readers)
    _not_too_many(review)
    kind = MessageKind.QUESTION if question else MessageKind.REMARK
    return _to_community(review, actor, kind, text)


@transaction.atomic
def answer_community(
    request_id: int, slug: str, message_id: UUID, *, actor: User, text: str, readers: str
) -> Message:
    """Answer a question of one community; raises as ``write_to_community``."""
    review = _by_researcher(request_id, slug, actor, RESEARCHERS_ANSWER)
    _must_be_read_by(review, readers)
    asked = _question(review, message_id, of_community=True)
    return _to_community(review, actor, MessageKind.ANSWER, text, answers=asked)


@transaction.atomic
def nudge(request_id: int, slug: str, *, actor: User) -> Message:
    """Ask a community how it stands; at most once in 30 days.

    Raises:
        NotAllowed: as for ``write_to_community``.
        NotNow: it is decided, or it was asked a short while ago.
    """
    review = _by_researcher(request_id, slug, actor, frozenset({ReviewState.OPEN}))
    thread = next(
        one
        for one in threads_of_researchers(review.revision.request)
        if one.community.pk == review.community_id
    )
    if timezone.now() < thread.next_nudge:
        day = date_format(timezone.localtime(thread.next_nudge), "DATE_FORMAT")
        raise NotNow(_("You asked a short while ago. You can ask again on %(day)s.") % {"day": day})
    return _to_community(review, actor, MessageKind.NUDGE, HOW)


def _by_community(review_id: int, actor: User, readers: str) -> tuple[Review, Membership]:
    review, membership = locked_for(review_id, actor)
    if ReviewState(review.state) not in COMMUNITY_WRITES:
        raise NotNow(_("This is over; nothing more can be said here."))
    _must_be_read_by(review, readers)
    return review, membership


def _by_researcher(
    request_id: int, slug: str, actor: User, states: frozenset[ReviewState]
) -> Review:
    request = TrainingRequest.objects.select_for_update().get(pk=request_id)
    review = review_talked_on(request, slug)
    if review is None or not requests_readable_by(actor).filter(pk=request_id).exists():
        raise NotAllowed(_("You do not talk with this community about this request."))
    if ReviewState(review.state) not in states:
        raise NotNow(_("As things stand, only the community can write first."))
    return review


def _must_be_read_by(review: Review, readers: str) -> None:
    if readers_of_talk(review).mark != readers:
        raise ReadersChanged(_("Who reads this has changed. Please look again, then send it."))


def _not_too_many(review: Review) -> None:
    lately = _thread(review).filter(
        membership__isnull=True,
        answers__isnull=True,
        written_at__gt=timezone.now() - timedelta(days=1),
    )
    if lately.count() >= MOST_A_DAY:
        raise NotNow(_("That is enough for one day. Please go on tomorrow."))


def _thread(review: Review) -> QuerySet[Message]:
    return Message.objects.filter(
        review__revision__request=review.revision.request_id,
        review__community=review.community_id,
        audience=Audience.APPLICANT.value,
    )


def _question(review: Review, message_id: UUID, *, of_community: bool) -> Message:
    """Return the other side's question. The request's row is locked, so nobody answers it twice."""
    asked = (
        _thread(review)
        .filter(public_id=message_id, kind__in=ASKING, membership__isnull=not of_community)
        .first()
    )
    if asked is None:
        raise NotAllowed(_("There is no such question."))
    if asked.answered_by.exists():
        raise NotNow(_("Somebody answered this meanwhile. You can still write a message."))
    return asked


def _to_researchers(
    review: Review,
    actor: User,
    membership: Membership,
    kind: MessageKind,
    text: str,
    answers: Message | None = None,
) -> Message:
    message = _keep(review, actor, membership, kind, text, answers)
    request = review.revision.request
    tell(
        researchers_of(request),
        key=f"message:{message.public_id}",
        path=reverse("consent:messages", args=[request.public_id]),
    )
    return message


def _to_community(
    review: Review, actor: User, kind: MessageKind, text: str, answers: Message | None = None
) -> Message:
    message = _keep(review, actor, None, kind, text, answers)
    tell(
        people_with(review.community, Verb.ATTEND),
        key=f"message:{message.public_id}",
        path=reverse("consent:review_talk", args=[review.public_id]),
        community=review.community,
    )
    return message


def _keep(
    review: Review,
    actor: User,
    membership: Membership | None,
    kind: MessageKind,
    text: str,
    answers: Message | None,
) -> Message:
    message = Message.objects.create(
        review=review,
        audience=Audience.APPLICANT.value,
        kind=kind.value,
        author=actor,
        membership=membership,
        text=said("text", text, MAX_TEXT),
        answers=answers,
    )
    record(
        f"message.{kind.value}",
        actor=actor,
        subject=f"review:{review.public_id}",
        community=review.community,
        correlation=str(review.revision.request.public_id),
    )
    return message
