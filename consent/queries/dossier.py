"""Everything that a dossier holds: for a community all that is its own, for the applicant less."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from consent.changes import Change, changes
from consent.document import read_back
from consent.field_names import REQUEST, in_words
from consent.grant_rows import Row, Text, rows_of
from consent.grants.acceptance import Acceptance
from consent.grants.grant import parse_grant
from consent.models import Grant, Obligation, RequestRevision, Review, TrainingRequest
from consent.promise_labels import KINDS
from consent.queries.acceptance import acceptance_of
from consent.queries.ballot_box import ballot_box
from consent.queries.export_parts import reviews_told, revisions_told
from consent.queries.exports import Exportable
from consent.queries.grant_page import around_of, course_of, signed_yes
from consent.queries.meetings import meeting_for, meetings_of
from consent.queries.requests import requests_visible_to, revision_of
from consent.queries.reviews import has_part, reviews_visible_to
from consent.rules import ReviewState
from consent.standing import Now, now_of
from governance.models import Community, User


@dataclass(frozen=True)
class Submitted:
    """One revision: when it came, its fingerprint, and what is other than in the one before."""

    revision: RequestRevision
    changes: list[Change]


@dataclass(frozen=True)
class Meeting:
    """What the community wrote down of a meeting; no names of who was there."""

    held_on: date
    place: str
    people: int
    answer: str
    how: str
    confirmed: bool


@dataclass(frozen=True)
class Owed:
    kind: Text
    text: str
    due: date


@dataclass(frozen=True)
class Internal:
    """What never leaves the community. ``yes``: how many signed yes, for those who may know."""

    rule: str
    yes: int | None
    meetings: list[Meeting]


@dataclass(frozen=True)
class Agreed:
    """A yes: every bound item, where it stands, what was signed and what is owed."""

    rows: list[Row]
    now: Now
    accepted: Acceptance | None
    owed: list[Owed]


@dataclass(frozen=True)
class Part:
    """One review: what its community said to one revision."""

    review: Review
    agreed: Agreed | None
    internal: Internal | None

    @property
    def decided(self) -> bool:
        return self.review.state in (ReviewState.APPROVED, ReviewState.DECLINED)


@dataclass(frozen=True)
class Dossier:
    """``community`` is None in the version for the applicant."""

    request: TrainingRequest
    rows: list[tuple[Text, str]]
    submitted: list[Submitted]
    parts: list[Part]
    community: Community | None = None


def dossier_for_applicant(user: User, request_id: UUID, *, at: datetime) -> Dossier | None:
    """Return what the applicant may hold in hand; None when it is not hers, or a draft."""
    request = requests_visible_to(user).filter(public_id=request_id).first()
    revision = revision_of(request) if request else None
    if request is None or revision is None:
        return None
    found = Exportable(revision, (), None)
    parts = [
        Part(review, _agreed(review, at, told_all=False), None) for review in reviews_told(found)
    ]
    return _dossier(request, found, parts)


def dossier_for_community(user: User, review_id: UUID, *, at: datetime) -> Dossier | None:
    """Return what a community's person may hold in hand, from any of its reviews of a request."""
    review = reviews_visible_to(user).filter(public_id=review_id).first()
    if review is None:
        return None
    found = Exportable(review.revision, (), review.community)
    parts = [
        Part(row, _agreed(row, at, told_all=True), _internal(row, user))
        for row in reviews_told(found)
    ]
    return _dossier(review.revision.request, found, parts)


def _dossier(request: TrainingRequest, found: Exportable, parts: list[Part]) -> Dossier:
    revisions = revisions_told(found)
    document = read_back(revisions[-1].text)
    rows = [
        (label, words)
        for name, label in REQUEST.items()
        if name in document and (words := in_words(document[name]))
    ]
    return Dossier(request, rows, _submitted(revisions), parts, found.community)


def _submitted(revisions: list[RequestRevision]) -> list[Submitted]:
    found = []
    before = None
    for revision in revisions:
        document = read_back(revision.text)
        found.append(Submitted(revision, changes(before, document) if before else []))
        before = document
    return found


def _agreed(review: Review, at: datetime, *, told_all: bool) -> Agreed | None:
    """Args: told_all: whether pages and pauses of the community are the reader's to know."""
    grant = Grant.objects.filter(review=review).select_related(*_NEAR).first()
    if grant is None:
        return None
    claims = parse_grant(grant.statement.text.encode())
    course, around = course_of(grant), around_of(grant, claims, pages=told_all)
    if not told_all:
        course = replace(course, paused_at=None)
    owed = Obligation.objects.filter(grant=grant, let_off_at__isnull=True)
    return Agreed(
        rows=rows_of(claims, around),
        now=now_of(course, at=at),
        accepted=acceptance_of(grant),
        owed=[Owed(KINDS[row.kind], row.text, row.due_on) for row in owed],
    )


_NEAR = ("community", "statement", "review__dataset", "review__revision__request")


def _internal(review: Review, user: User) -> Internal:
    box = ballot_box(review.statement, user)
    records = [meeting_for(record, review, user) for record in meetings_of(review)]
    return Internal(
        rule=box.rule,
        yes=None if has_part(review, user) else signed_yes(box),
        meetings=[
            Meeting(
                held_on=meeting.record.held_on,
                place=meeting.record.place,
                people=meeting.record.people,
                answer=meeting.record.answer,
                how=meeting.record.how,
                confirmed=meeting.record.confirmed_at is not None,
            )
            for meeting in records
            if meeting.reads and meeting.record.dropped_at is None
        ],
    )
