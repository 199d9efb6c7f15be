"""Everything that the one page of a review shows."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from consent.agreement import rulebook_of
from consent.document import read_back
from consent.grants.grant import Claims, in_words, parse_grant
from consent.models import ConditionWish, Review
from consent.precheck import Check, Verdict, overall, precheck
from consent.queries.agreements import dead_end
from consent.queries.amendments import Amendment, amendment_of, being_changed, review_after
from consent.queries.ballot_box import BallotBox, ballot_box
from consent.queries.deliberation import Advised, advice_read, stands_back
from consent.queries.incidents import Beside, incidents_beside
from consent.queries.obligations import LatePromise, late_promises_for_review
from consent.queries.others import Decided, decided_by_others
from consent.queries.reviews import has_part, text_outdated, wishes_of
from consent.queries.talk import Said, Thread, thread_of_community
from consent.rules import ReviewState
from governance.models import Protocol, User
from governance.queries import communities_where, membership_for
from governance.queries.delegations import Covering, covering
from governance.rules import Verb
from governance.withdrawal import ALWAYS, Level, level_of

SHOWN = 6  # messages on the decision page


@dataclass(frozen=True)
class HeldTo:
    """One of the community's protocols, and what its rules say to the request."""

    protocol: Protocol
    checks: list[Check]

    @property
    def overall(self) -> Verdict:
        """The worst verdict: one rule broken outweighs all that fits."""
        return overall(self.checks)

    @property
    def level(self) -> Level | None:
        """What the protocol chose that stopping undoes."""
        return level_of(json.loads(self.protocol.statement.text))

    @property
    def to_look_at(self) -> list[Check]:
        return [check for check in self.checks if check.verdict is not Verdict.FITS]

    @property
    def fitting(self) -> list[Check]:
        return [check for check in self.checks if check.verdict is Verdict.FITS]


@dataclass(frozen=True)
class ReviewPage:
    """A review through one person's eyes.

    Attributes:
        request: the revision's document.
        claims: what the text under signature says; ``words`` the same as sentences.
        held_to: each protocol that the text names, with what its rules say to the request.
        wishes: conditions that stewards ask for; shown when other answers are.
        outdated: why the text must be put anew first, or "".
        dead_end: why that cannot be done and no yes is possible, or ""; no still is.
        has_part: whether this person is named in the request.
        alone: the delegation under which her own yes decides this, if one does.
        amendment: the part that changes, where an agreement is there already.
        after: the community's review of a later revision. changing: one is being written.
        late: promises of the same people whose day is past. thread: questions and answers.
        advised: what people outside said who were asked, for who talks in private about it.
        decided: what other communities chose to tell; shown when other answers are.
        incidents: what is open about it or about the same people.
    """

    review: Review
    request: Mapping[str, Any]
    claims: Claims
    words: list[str]
    held_to: list[HeldTo]
    box: BallotBox
    wishes: tuple[ConditionWish, ...]
    outdated: str
    dead_end: str
    has_part: bool
    alone: Covering | None
    amendment: Amendment | None
    after: Review | None
    changing: bool
    late: tuple[LatePromise, ...]
    thread: Thread
    advised: tuple[Advised, ...]
    decided: tuple[Decided, ...]
    incidents: Beside

    @property
    def newest(self) -> tuple[Said, ...]:
        """The last messages; the rest stand on the page of questions."""
        return self.thread.said[-SHOWN:]

    @property
    def level(self) -> Level | None:
        """What stopping undoes; of several protocols the one that undoes most binds (R-46)."""
        levels = [held.level for held in self.held_to if held.level]
        return max(levels, key=lambda level: level.code, default=None)

    @property
    def always(self) -> tuple[Any, ...]:
        """What is true of stopping whatever a protocol chooses."""
        return ALWAYS

    @property
    def is_open(self) -> bool:
        return self.review.state == ReviewState.OPEN

    @property
    def can_answer(self) -> bool:
        return self.box.may_sign and (not self.outdated or bool(self.dead_end))


def review_page(review: Review, user: User, *, at: datetime) -> ReviewPage:
    document = read_back(review.revision.text)
    claims = parse_grant(review.statement.text.encode())
    part = has_part(review, user)
    box = ballot_box(review.statement, user)
    if part:  # who asks learns nothing of how her own community answers
        box = replace(box, others=(), sees_others=False, missing="")
    outdated = text_outdated(review, at=at)
    return ReviewPage(
        review=review,
        request=document,
        claims=claims,
        words=in_words(claims),
        held_to=_held_to(document, claims),
        box=box,
        wishes=tuple(wishes_of(review)) if box.sees_others else (),
        outdated=outdated,
        dead_end=dead_end(review, at=at) if outdated else "",
        has_part=part,
        alone=None if part or outdated else _alone(review, user, box, at),
        amendment=amendment_of(review),
        after=None if review.state == ReviewState.OPEN else review_after(review),
        changing=being_changed(review),
        late=tuple(late_promises_for_review(review, today=timezone.localdate(at))),
        thread=thread_of_community(review),
        advised=_advised(review, user),
        decided=tuple(decided_by_others(review)) if box.steward and box.sees_others else (),
        incidents=incidents_beside(review),
    )


def _advised(review: Review, user: User) -> tuple[Advised, ...]:
    deliberates = communities_where(user, Verb.DELIBERATE).filter(pk=review.community_id)
    if not deliberates.exists() or stands_back(review, user):
        return ()
    return tuple(one for one in advice_read(review) if one.advice.given_at)


def _alone(review: Review, user: User, box: BallotBox, at: datetime) -> Covering | None:
    if not box.may_sign:
        return None
    seats = membership_for(user, review.community)
    return covering(review.statement, seats[0], at=at) if seats else None


def _held_to(document: Mapping[str, Any], claims: Claims) -> list[HeldTo]:
    """Hold the request against the protocols that the text names, not against newer ones."""
    versions = Protocol.objects.filter(
        community__slug=claims.community, adopted_at__isnull=False
    ).select_related("statement")
    named = {(ref.line, ref.number) for ref in claims.protocols}
    return [
        HeldTo(protocol, _checks(document, protocol))
        for protocol in versions.order_by("line", "number")
        if (protocol.line, protocol.number) in named
    ]


def _checks(document: Mapping[str, Any], protocol: Protocol) -> list[Check]:
    return precheck(
        document,
        protocol=rulebook_of(protocol.statement.text.encode()),
        communities=len(document["datasets"]),  # one of each community that has data
        server=settings.KINHOLD_PLACES,
    )
