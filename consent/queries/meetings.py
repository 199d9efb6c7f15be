"""Records of meetings: who may read one, who may confirm it, and who was there and has signed."""

from dataclasses import dataclass

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from consent.grants.grant import parse_grant
from consent.grants.statements import Answer
from consent.models import MeetingRecord, Review
from consent.queries.ballot_box import BallotBox, ballot_box
from consent.queries.deliberation import stands_back
from consent.queries.reviews import reviews_visible_to
from consent.rules import ReviewState
from governance.models import Ballot, Membership, Statement, User
from governance.queries import answers_of, communities_where, membership_for
from governance.queries.conflicts import stewards_named
from governance.rules import CommunityRole, StatementKind, StatementState, Verb


@dataclass(frozen=True)
class WasThere:
    """A steward who was at the meeting; ``signed``: an answer of hers to the present text is in."""

    steward: Membership
    signed: bool


@dataclass(frozen=True)
class Meeting:
    """A record through one person's eyes.

    Attributes:
        reads: whether she sees what the meeting decided. A steward who has not answered and was
            not there does not: it would press on her answer like any other steward's. Nor does
            whoever stands back from the request; ``back`` says why, if she does (R-22, R-29).
        older: the text was replaced since, so no signature is asked for on the ground of it.
        there: the stewards who were there; ``signed`` of each only where ``sees_signed``.
        why_not: why she cannot confirm it, in words; "" when she can.
    """

    record: MeetingRecord
    reads: bool
    back: str
    older: bool
    there: tuple[WasThere, ...]
    sees_signed: bool
    why_not: str
    may_drop: bool

    @property
    def pending(self) -> bool:
        return is_pending(self.record)


def reviews_with_records(user: User) -> QuerySet[Review]:
    """Reviews whose meetings this person may write down."""
    return reviews_visible_to(user).filter(community__in=communities_where(user, Verb.KEEP_RECORD))


def meetings_of(review: Review) -> QuerySet[MeetingRecord]:
    """Records of a review, the newest first."""
    rows = MeetingRecord.objects.filter(review=review).order_by("-pk")
    return rows.select_related("written_by", "confirmed_by", "dropped_by", "statement")


def is_pending(record: MeetingRecord) -> bool:
    """Say whether nobody has confirmed or dropped it yet."""
    return record.confirmed_at is None and record.dropped_at is None


def meeting_for(record: MeetingRecord, review: Review, user: User) -> Meeting:
    box = ballot_box(review.statement, user)
    older = record.statement_id != review.statement_id
    signed = set(answers_of(review.statement))
    stewards = record.stewards.order_by("shown_name", "pk")
    mine = record.written_by.user_id == user.pk
    back = stands_back(review, user)
    keeps = may_keep(review, user)
    clerk = keeps and not box.steward
    return Meeting(
        record=record,
        reads=keeps and not back and (clerk or _reads(record, user, box)),
        back=back,
        older=older,
        there=tuple(WasThere(steward, steward.pk in signed) for steward in stewards),
        sees_signed=not back and not older and (clerk or box.sees_others),
        why_not=(why := why_not_confirm(record, review, user)),
        may_drop=keeps and is_pending(record) and (mine or not why),
    )


def may_keep(review: Review, user: User) -> bool:
    """Say whether this person may write down meetings about a review: a steward or a convenor."""
    return communities_where(user, Verb.KEEP_RECORD).filter(pk=review.community_id).exists()


def _reads(record: MeetingRecord, user: User, box: BallotBox) -> bool:
    """Say whether a steward sees what a meeting decided; convenors have no answer to be pushed."""
    if box.sees_others or record.written_by.user_id == user.pk:
        return True
    return record.stewards.filter(user_id=user.pk).exists()


def why_not_confirm(record: MeetingRecord, review: Review, user: User) -> str:
    """Say why this person cannot be the second one who vouches for a record, or "" if she can."""
    seat = _steward_of(review, user)
    if not is_pending(record):
        return _("Somebody has confirmed or dropped this record before.")
    if seat is None or seat.pk not in {named.pk for named in stewards_named(review.statement)}:
        return _("Only a steward whom the charter names confirms a record.")
    if record.written_by.user_id == user.pk:
        return _("You wrote this record. Another person confirms it.")
    return why_not_record(record.statement, review, user)


def why_not_record(statement: Statement, review: Review, user: User) -> str:
    """Say why this person must not write or confirm a record of this text, or "" if she may."""
    if why := stands_back(review, user):
        return why
    # A later text may have asked her anew; on what that meeting spoke of she has stepped aside.
    aside = Ballot.objects.filter(
        statement=statement, membership__user_id=user.pk, answer=Answer.RECUSE.value
    )
    return (
        _("You stepped aside on the text that lay before that meeting.") if aside.exists() else ""
    )


def _steward_of(review: Review, user: User) -> Membership | None:
    held = membership_for(user, review.community)
    return next((m for m in held if m.role == CommunityRole.STEWARD), None)


def texts_of(review: Review) -> list[Statement]:
    """Every text of this review that could lie before a meeting; the present one comes first."""
    fallen = Statement.objects.filter(
        community=review.community,
        kind=StatementKind.GRANT.value,
        state=StatementState.FALLEN.value,
        text__contains=review.revision.digest,
    ).order_by("-pk")
    older = [text for text in fallen if _is_about(text, review)]
    return [review.statement, *(text for text in older if text.pk != review.statement_id)]


def _is_about(statement: Statement, review: Review) -> bool:
    claims = parse_grant(statement.text.encode())
    return (claims.request_digest, claims.keeper, claims.dataset) == (
        review.revision.digest,
        review.dataset.community.slug,
        review.dataset.slug,
    )


def asked_to_sign(record: MeetingRecord, review: Review) -> list[Membership]:
    """Stewards who were there and may sign the present text, and have not; nobody if it is older.

    A record of another text than the present one asks nobody.
    """
    if record.statement_id != review.statement_id or review.state != ReviewState.OPEN:
        return []
    signed = set(answers_of(review.statement))
    seats = {seat.pk for seat in stewards_named(review.statement)} - signed
    return [seat for seat in record.stewards.select_related("user") if seat.pk in seats]


def meetings_to_sign(user: User) -> QuerySet[MeetingRecord]:
    """Confirmed records of meetings where this steward was, on whose text her answer is missing."""
    rows = MeetingRecord.objects.filter(
        confirmed_at__isnull=False,
        stewards__user_id=user.pk,
        review__state=ReviewState.OPEN.value,
        review__statement=F("statement"),
        review__community__in=communities_where(user, Verb.DECIDE),
    )
    answered = Ballot.objects.filter(membership__user_id=user.pk, replaced_at__isnull=True)
    rows = rows.exclude(statement__in=answered.values("statement"))
    return rows.select_related("review__revision__request").order_by("-pk").distinct()


def meetings_to_confirm(user: User) -> QuerySet[MeetingRecord]:
    """Records of open reviews that wait for a second person other than their writer."""
    rows = MeetingRecord.objects.filter(
        confirmed_at__isnull=True,
        dropped_at__isnull=True,
        review__state=ReviewState.OPEN.value,
        review__community__in=communities_where(user, Verb.DECIDE),
    ).exclude(written_by__user_id=user.pk)
    return rows.select_related("review__revision__request").order_by("-pk")
