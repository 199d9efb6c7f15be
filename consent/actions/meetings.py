"""What a meeting decided: written down by one, confirmed or dropped by another (R-21).

A record decides nothing and signs for nobody. Source: docs/adr/0021-meetings-and-signatures.md.
"""

import hashlib
from base64 import b64encode
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from consent.errors import ConflictOfInterest, Incomplete, TransitionRefused
from consent.grants.statements import Answer
from consent.models import MeetingRecord, Review, TrainingRequest
from consent.queries.meetings import (
    asked_to_sign,
    is_pending,
    texts_of,
    why_not_confirm,
    why_not_record,
)
from consent.rules import ReviewState, ReviewVerb, next_review_state
from governance import uploads
from governance.actions.alerts import tell
from governance.actions.audit import record, refusals_recorded
from governance.actions.permissions import require_member, require_seated
from governance.actions.sealing import seal
from governance.errors import NotAllowed
from governance.labels import language_tag
from governance.models import Community, Membership, Statement, User
from governance.queries.communities import people_with
from governance.queries.conflicts import stewards_named
from governance.rules import Verb

MEETING_ANSWERS = (Answer.YES, Answer.YES_WITH_CONDITIONS, Answer.NO, Answer.NOT_YET)
MAX_TEXT, MAX_PLACE, MAX_OTHERS = 4000, 160, 1000  # characters
MOST_PEOPLE = 100_000
_MOST = {"how": MAX_TEXT, "dissent": MAX_TEXT, "place": MAX_PLACE, "others": MAX_OTHERS}


@dataclass(frozen=True)
class Told:
    """What the writer says of a meeting.

    Attributes:
        statement: primary key of the text that lay before it; None for the present one.
        stewards: primary keys of the memberships of the stewards who were there.
        people: how many were there in all, stewards included.
        dissent: who thought otherwise and why, for the community alone.
        scan: a photograph or scan of the signed sheet, or a recording; its bytes.
    """

    held_on: date
    people: int
    answer: Answer
    how: str
    stewards: Collection[int] = ()
    place: str = ""
    language: str = ""
    others: str = ""
    dissent: str = ""
    scan: bytes = b""
    scan_name: str = ""
    statement: int | None = None


def write_down(review_id: int, *, actor: User, told: Told) -> MeetingRecord:
    """Keep what a meeting decided, as not confirmed yet. It changes no answer and no count.

    Raises:
        NotAllowed: neither a steward nor a convenor here.
        ConflictOfInterest: she has a part in the request, or stepped aside on it.
        TransitionRefused: the review is over.
        Incomplete: a field cannot be used; names the fields.
    """
    community = Review.objects.select_related("community").get(pk=review_id).community
    about = f"review:{review_id}"
    with refusals_recorded("meeting.write", actor=actor, subject=about, community=community):
        require_member(actor, Verb.KEEP_RECORD, community)
        with _kept(community, told) as scan, transaction.atomic():
            return _write(review_id, actor, told, scan)


@transaction.atomic
def confirm(record_id: int, *, actor: User) -> MeetingRecord:
    """Vouch for a record as a second person; whoever was there is then asked to sign herself.

    Raises:
        NotAllowed: not a steward whom the charter names, its writer, or not free to.
        TransitionRefused: it was confirmed or dropped before, or the review is over.
    """
    made, _member = _pending(record_id, actor)
    membership = require_seated(actor, Verb.DECIDE, made.review.community)
    if why := why_not_confirm(made, made.review, actor):
        raise NotAllowed(why)
    made.confirmed_by, made.confirmed_at = membership, timezone.now()
    made.save(update_fields=["confirmed_by", "confirmed_at"])
    _record("meeting.confirm", made, actor)
    _tell(made, [made.written_by.user], "confirmed")
    path = reverse("consent:review", args=[made.review.public_id])
    _tell(made, [seat.user for seat in asked_to_sign(made, made.review)], "sign", path=path)
    return made


@transaction.atomic
def drop(record_id: int, *, actor: User) -> MeetingRecord:
    """Let a record that nobody confirmed fall: by its writer, or by whoever could confirm it.

    Raises:
        NotAllowed, TransitionRefused: as for ``confirm``.
    """
    made, membership = _pending(record_id, actor)
    if made.written_by.user_id != actor.pk and (why := why_not_confirm(made, made.review, actor)):
        raise NotAllowed(why)
    made.dropped_by, made.dropped_at = membership, timezone.now()
    made.save(update_fields=["dropped_by", "dropped_at"])
    _record("meeting.drop", made, actor)
    if made.written_by.user_id != actor.pk:
        _tell(made, [made.written_by.user], "dropped")
    return made


@transaction.atomic
def note_scan_read(made: MeetingRecord, *, actor: User) -> None:
    """Write into the log that somebody took the scan; asked of her before it is sent.

    Raises:
        NotAllowed: her role does not let her keep records here.
    """
    require_member(actor, Verb.KEEP_RECORD, made.review.community)
    _record("meeting.read-scan", made, actor)


@dataclass(frozen=True)
class _Scan:
    record_id: UUID
    stored: str = ""
    content_type: str = ""


@contextmanager
def _kept(community: Community, told: Told) -> Iterator[_Scan]:
    """Store the scan sealed, bound to the record it belongs to; nothing stays if that fails."""
    record_id = uuid4()
    if not told.scan:
        yield _Scan(record_id)
        return
    kind = uploads.paper_of(told.scan) or uploads.audio_of(told.scan)
    if kind is None or len(told.scan) > uploads.MAX_UPLOAD_BYTES:
        raise Incomplete({"scan": _("Send a PDF, JPEG or PNG, or a recording, of 5 MB at most.")})
    text = b64encode(told.scan).decode()
    sealed = seal(community, text, context=f"meeting-scan:{record_id}")
    with uploads.kept(sealed, "meetings", ".sealed") as stored:
        yield _Scan(record_id, stored, kind.content_type)


def _write(review_id: int, actor: User, told: Told, scan: _Scan) -> MeetingRecord:
    review = _locked(review_id)
    membership = require_member(actor, Verb.KEEP_RECORD, review.community)
    next_review_state(ReviewState(review.state), ReviewVerb.APPROVE)
    statement = _text_of(review, told)
    if why := why_not_record(statement, review, actor):
        raise ConflictOfInterest(why)
    made = MeetingRecord(
        public_id=scan.record_id, review=review, statement=statement, written_by=membership
    )
    _fill(made, told, scan)
    made.save()
    made.stewards.set(told.stewards)
    _record("meeting.write", made, actor)
    others = [user for user in people_with(review.community, Verb.DECIDE) if user.pk != actor.pk]
    _tell(made, others, "written")
    return made


def _text_of(review: Review, told: Told) -> Statement:
    """Return the text that lay before the meeting, if all that is told can be kept."""
    texts = {text.pk: text for text in texts_of(review)}
    statement = texts.get(told.statement or review.statement_id)
    problems = _problems(review, told)
    if statement is None:
        problems["statement"] = _("This is none of the texts of this request.")
    if problems or statement is None:
        raise Incomplete(problems)
    return statement


def _problems(review: Review, told: Told) -> dict[str, str]:
    problems: dict[str, str] = {}
    if told.held_on > timezone.localdate():
        problems["held_on"] = _("This day is still to come.")
    if not max(1, len(set(told.stewards))) <= told.people <= MOST_PEOPLE:
        problems["people"] = _("Count everybody who was there, the stewards too.")
    if told.answer not in MEETING_ANSWERS:
        problems["answer"] = _("A meeting says yes, yes with conditions, no, or not yet.")
    if not told.how.strip():
        problems["how"] = _("Please say in a few words how it was decided.")
    for name, most in _MOST.items():
        if len(getattr(told, name)) > most:
            problems[name] = _("At most %(most)s characters are kept.") % {"most": most}
    if told.language and not _is_tag(told.language):
        problems["language"] = _("This is not a language tag. Examples: en, fr-CA, x-ours.")
    if set(told.stewards) - {seat.pk for seat in stewards_named(review.statement)}:
        problems["stewards"] = _("Choose among the stewards whom the charter names.")
    return problems


def _is_tag(text: str) -> bool:
    try:
        language_tag(text)
    except ValueError:
        return False
    return True


def _fill(made: MeetingRecord, told: Told, scan: _Scan) -> None:
    made.held_on, made.people, made.answer = told.held_on, told.people, told.answer.value
    made.place, made.others, made.how = told.place.strip(), told.others.strip(), told.how.strip()
    made.language = language_tag(told.language) if told.language else ""
    if dissent := told.dissent.strip():
        context = f"meeting:{made.public_id}"
        made.dissent = seal(made.review.community, dissent, context=context)
    if scan.stored:
        made.scan, made.scan_type = scan.stored, scan.content_type
        made.scan_name, made.scan_size = told.scan_name[:160], len(told.scan)
        made.scan_digest = hashlib.sha256(told.scan).hexdigest()


def _locked(review_id: int) -> Review:
    """Return the review with its request's row and its own locked, in the order of ``reviews``."""
    request_id = Review.objects.values_list("revision__request_id", flat=True).get(pk=review_id)
    TrainingRequest.objects.select_for_update().get(pk=request_id)
    return (
        Review.objects.select_for_update(of=("self",))
        .select_related("community", "dataset__community", "statement", "revision__request")
        .get(pk=review_id)
    )


def _pending(record_id: int, actor: User) -> tuple[MeetingRecord, Membership]:
    review_id = MeetingRecord.objects.values_list("review_id", flat=True).get(pk=record_id)
    review = _locked(review_id)
    membership = require_member(actor, Verb.KEEP_RECORD, review.community)
    made = (
        MeetingRecord.objects.select_for_update(of=("self",))
        .select_related("statement", "written_by__user")
        .get(pk=record_id)
    )
    made.review = review
    if not is_pending(made):
        raise TransitionRefused(_("Somebody has confirmed or dropped this record before."))
    next_review_state(ReviewState(review.state), ReviewVerb.APPROVE)
    return made, membership


def _tell(made: MeetingRecord, users: list[User], what: str, *, path: str = "") -> None:
    """Say nothing of what was decided: the alert leads to a page that asks who she is."""
    own = reverse("consent:meeting", args=[made.review.public_id, made.public_id])
    key = f"meeting:{made.public_id}:{what}"
    tell(users, key=key, path=path or own, community=made.review.community)


def _record(verb: str, made: MeetingRecord, actor: User) -> None:
    """Write the row: what the meeting decided is the community's own, and auditors read the log."""
    record(
        verb,
        actor=actor,
        subject=f"meeting:{made.public_id}",
        community=made.review.community,
        document_digest=made.statement.digest,
        correlation=str(made.review.public_id),
    )
