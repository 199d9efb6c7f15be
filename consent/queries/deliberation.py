"""What a community says in private about a request, and who stands back from it (R-22, R-50)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from consent.grants.statements import Answer
from consent.models import Advice, Message, Review
from consent.queries.reviews import has_part
from consent.rules import Audience
from governance.models import Ballot, Membership, User
from governance.queries import members_of
from governance.queries.sealing import unseal_each
from governance.rules import CommunityRole, StatementKind, Verb, community_may


@dataclass(frozen=True)
class Private:
    """One sealed message, opened. ``text`` is None where it cannot be read any more."""

    id: UUID
    by: str
    text: str | None
    at: datetime


@dataclass(frozen=True)
class Advised:
    """One request for advice and, once it is given, the advice; ``text`` as in ``Private``."""

    advice: Advice
    text: str | None


def stands_back(review: Review, user: User) -> str:
    """Say why this person neither reads the private talk nor acts for the community; "" if not."""
    if has_part(review, user):
        return _("You are named in this request, so others of your community deal with it.")
    if user.pk in stepped_aside(review):
        return _("You stepped aside from this request, so others of your community deal with it.")
    return ""


def stepped_aside(review: Review) -> set[int]:
    """Return who stepped aside on a text that is put now, or last did on any: ids of users.

    A new text asks them anew. Until they have answered it, what they said before holds, or changing
    the text would open the private talk to them. An answer that was set aside counts too.
    """
    request = review.revision.request
    answers = Ballot.objects.filter(
        statement__community=review.community_id,
        statement__kind=StatementKind.GRANT.value,
        statement__text__contains=str(request.public_id),
    ).order_by("pk")
    reviews = Review.objects.filter(revision__request=request, community=review.community_id)
    newest = reviews.order_by("-revision__number").values("revision")[:1]
    now = set(reviews.filter(revision=newest).values_list("statement", flat=True))
    last: dict[int, str] = {}
    aside: set[int] = set()
    for user, answer, text in answers.values_list("membership__user", "answer", "statement"):
        last[user] = answer
        if answer == Answer.RECUSE and text in now:
            aside.add(user)
    return aside | {user for user, answer in last.items() if answer == Answer.RECUSE}


def people_who_deliberate(review: Review) -> list[Membership]:
    """Stewards and convenors of the community, but for those who stand back; each once."""
    return _without_those_who_stand_back(review, Verb.DELIBERATE)


def people_who_attend(review: Review) -> list[Membership]:
    """Who may look after a request, but for those who stand back; each once."""
    return _without_those_who_stand_back(review, Verb.ATTEND)


def _without_those_who_stand_back(review: Review, verb: Verb) -> list[Membership]:
    aside = stepped_aside(review)
    found: dict[int, Membership] = {}
    for held in members_of(review.community):
        if not (held.user.is_active and community_may([CommunityRole(held.role)], verb)):
            continue
        if held.user_id not in aside and not has_part(review, held.user):
            found.setdefault(held.user_id, held)
    return list(found.values())


def private_talk(review: Review) -> list[Private]:
    """What the community said about this request, over all its revisions, oldest first."""
    rows = Message.objects.filter(
        review__revision__request=review.revision.request_id,
        review__community=review.community_id,
        audience=Audience.COMMUNITY.value,
    )
    found = list(rows.select_related("membership", "author").order_by("pk"))
    texts = _opened(review, found, "message")
    return [
        Private(row.public_id, _name(row), text, row.written_at)
        for row, text in zip(found, texts, strict=True)
    ]


def advice_on(review: Review) -> QuerySet[Advice]:
    """What was asked of people outside about this request, over all its revisions."""
    rows = Advice.objects.filter(
        review__revision__request=review.revision.request_id,
        review__community=review.community_id,
    )
    return rows.select_related("asked_by").order_by("pk")


def advice_read(review: Review) -> list[Advised]:
    """The same with the words of the advisers; the reader may deliberate (the caller's check)."""
    found = list(advice_on(review))
    texts = _opened(review, [row for row in found if row.given_at], "advice")
    return [Advised(row, texts.pop(0) if row.given_at else None) for row in found]


def _name(message: Message) -> str:
    return message.membership.shown_name if message.membership else message.author.name


def _opened(review: Review, rows: Sequence[Message | Advice], what: str) -> list[str | None]:
    texts = [(row.sealed or b"", f"{what}:{row.public_id}") for row in rows]
    return unseal_each(review.community, texts)
