"""What a community and the researchers say to each other about a request.

One thread for each community, over all revisions of the request. Researchers read a community's
messages in its name; who of its people wrote one stays with the community (R-29).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from consent.models import Message, Review, TrainingRequest
from consent.queries.crew import crew_of, requests_readable_by
from consent.rules import Audience, MessageKind, RequestState, ReviewState
from consent.talking import RESEARCHERS_WRITE, nudge_from
from governance.models import Community, User
from governance.queries import communities_where
from governance.rules import Verb

ASKING = (MessageKind.QUESTION.value, MessageKind.NUDGE.value)


@dataclass(frozen=True)
class Said:
    """One message as one side reads it.

    Attributes:
        by: the writer's name; to researchers the community's name stands for all its people.
        from_community: whether the community said it.
        answers: the message that this one answers.
        open: whether it is a question that nobody has answered yet.
    """

    id: UUID
    by: str
    from_community: bool
    kind: MessageKind
    text: str
    at: datetime
    answers: "Said | None"
    open: bool


@dataclass(frozen=True)
class Thread:
    """All that one community and the researchers of a request said to each other, oldest first."""

    review: Review
    said: tuple[Said, ...]

    @property
    def community(self) -> Community:
        return self.review.community

    @property
    def to_community(self) -> list[Said]:
        """Questions of the researchers that wait for an answer."""
        return [one for one in self.said if one.open and not one.from_community]

    @property
    def to_researchers(self) -> list[Said]:
        return [one for one in self.said if one.open and one.from_community]

    @property
    def state(self) -> ReviewState:
        return ReviewState(self.review.state)

    @property
    def researchers_may_write(self) -> bool:
        return self.state in RESEARCHERS_WRITE

    @property
    def next_nudge(self) -> datetime:
        nudges = [one.at for one in self.said if one.kind is MessageKind.NUDGE]
        return nudge_from(max(nudges, default=None), opened=self.review.opened_at)


def researchers_of(request: TrainingRequest) -> list[User]:
    """The applicant, then everybody who is named in the request and took on its terms.

    They are those who find the request through ``requests_readable_by``.
    """
    joined = crew_of(request).filter(
        user__is_active=True, accepted_at__isnull=False, declined_at__isnull=True
    )
    people = [request.applicant, *(row.user for row in joined if row.user)]
    return list({person.pk: person for person in people}.values())


def review_talked_on(request: TrainingRequest, slug: str) -> Review | None:
    """The review to which a new message of this community's thread belongs."""
    rows = _newest_first(Review.objects.filter(revision__request=request, community__slug=slug))
    return rows[0] if rows else None


def thread_of_community(review: Review) -> Thread:
    """The thread as the community's own people read it, with their names. Two queries."""
    request, community = review.revision.request, review.community
    rows = _messages(request).filter(review__community=community)
    current = review_talked_on(request, community.slug)
    return Thread(current or review, _told(rows, names=True))


def threads_of_researchers(request: TrainingRequest) -> list[Thread]:
    """One thread for each community that was asked, by their names. Two queries."""
    newest: dict[int, Review] = {}
    for review in _newest_first(Review.objects.filter(revision__request=request)):
        newest.setdefault(review.community_id, review)
    rows: dict[int, list[Message]] = {pk: [] for pk in newest}
    for message in _messages(request):
        rows[message.review.community_id].append(message)
    threads = [Thread(review, _told(rows[pk], names=False)) for pk, review in newest.items()]
    return sorted(threads, key=lambda thread: (thread.community.name, thread.community.pk))


def questions_to_community(user: User) -> QuerySet[Message]:
    """What researchers asked communities for which this person looks after requests."""
    communities = communities_where(user, Verb.ATTEND)
    return _unanswered().filter(membership__isnull=True, review__community__in=communities)


def questions_to_researcher(user: User) -> QuerySet[Message]:
    """What communities asked about requests of this person, or that she joined."""
    mine = requests_readable_by(user).values("pk")
    return _unanswered().filter(membership__isnull=False, review__revision__request__in=mine)


def _unanswered() -> QuerySet[Message]:
    """Questions that wait, oldest first, where an answer can still be given."""
    rows = Message.objects.filter(
        audience=Audience.APPLICANT.value, kind__in=ASKING, answered_by__isnull=True
    ).exclude(review__revision__request__state=RequestState.WITHDRAWN.value)
    return rows.select_related("review__community", "review__revision__request").order_by("pk")


def _newest_first(rows: QuerySet[Review]) -> list[Review]:
    """Newest revision first; of several reviews of it, an open one first."""
    found = rows.select_related("community", "revision__request__applicant").order_by("-pk")
    return sorted(
        found, key=lambda r: (-r.revision.number, r.state != ReviewState.OPEN.value, -r.pk)
    )


def _messages(request: TrainingRequest) -> QuerySet[Message]:
    rows = Message.objects.filter(
        review__revision__request=request, audience=Audience.APPLICANT.value
    )
    return rows.select_related("author", "membership", "review__community").order_by("pk")


def _told(rows: Iterable[Message], *, names: bool) -> tuple[Said, ...]:
    """Args: names: whether the reader belongs to the community."""
    rows = list(rows)
    answered = {row.answers_id for row in rows}
    told: dict[int, Said] = {}
    for row in rows:
        told[row.pk] = Said(
            id=row.public_id,
            by=_writer(row, names=names),
            from_community=row.membership_id is not None,
            kind=MessageKind(row.kind),
            text=row.text,
            at=row.written_at,
            answers=told.get(row.answers_id or 0),
            open=row.kind in ASKING and row.pk not in answered,
        )
    return tuple(told.values())


def _writer(message: Message, *, names: bool) -> str:
    if message.membership is None:
        return message.author.name
    return message.membership.shown_name if names else message.review.community.name
