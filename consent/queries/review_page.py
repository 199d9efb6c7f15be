"""Everything that the one page of a review shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from consent.agreement import rulebook_of
from consent.document import read_back
from consent.grants.grant import Claims, in_words, parse_grant
from consent.models import ConditionWish, Review
from consent.precheck import Check, precheck
from consent.queries.agreements import dead_end
from consent.queries.ballot_box import BallotBox, ballot_box
from consent.queries.reviews import has_part, text_outdated, wishes_of
from consent.rules import ReviewState
from governance.models import Protocol, User
from governance.queries import membership_for
from governance.queries.delegations import Covering, covering


@dataclass(frozen=True)
class ReviewPage:
    """A review through one person's eyes.

    Attributes:
        request: the revision's document.
        claims: what the text under signature says; ``words`` the same as sentences.
        wishes: conditions that stewards ask for; shown when other answers are.
        outdated: why the text must be put anew first, or "".
        dead_end: why that cannot be done and no yes is possible, or ""; no still is.
        has_part: whether this person is named in the request.
        alone: the delegation under which her own yes decides this, if one does.
    """

    review: Review
    request: Mapping[str, Any]
    claims: Claims
    words: list[str]
    checks: list[Check]
    box: BallotBox
    wishes: tuple[ConditionWish, ...]
    outdated: str
    dead_end: str
    has_part: bool
    alone: Covering | None

    @property
    def is_open(self) -> bool:
        return self.review.state == ReviewState.OPEN

    @property
    def can_answer(self) -> bool:
        return self.box.may_sign and (not self.outdated or bool(self.dead_end))


def review_page(review: Review, user: User, *, at: datetime) -> ReviewPage:
    document = read_back(review.revision.text)
    claims = parse_grant(review.statement.text.encode())
    box = ballot_box(review.statement, user)
    outdated = text_outdated(review, at=at)
    return ReviewPage(
        review=review,
        request=document,
        claims=claims,
        words=in_words(claims),
        checks=_checks(document, claims),
        box=box,
        wishes=tuple(wishes_of(review)) if box.sees_others else (),
        outdated=outdated,
        dead_end=dead_end(review, at=at) if outdated else "",
        has_part=(part := has_part(review, user)),
        alone=None if part or outdated else _alone(review, user, box, at),
    )


def _alone(review: Review, user: User, box: BallotBox, at: datetime) -> Covering | None:
    if not box.may_sign:
        return None
    seats = membership_for(user, review.community)
    return covering(review.statement, seats[0], at=at) if seats else None


def _checks(document: Mapping[str, Any], claims: Claims) -> list[Check]:
    """Hold the request against the protocol that the text names, not a newer one."""
    protocol = Protocol.objects.select_related("statement").get(
        community__slug=claims.community,
        line=claims.protocols[0].line,
        number=claims.protocols[0].number,
        adopted_at__isnull=False,
    )
    return precheck(
        document,
        protocol=rulebook_of(protocol.statement.text.encode()),
        communities=len(claims.communities),
    )
