"""Letters of ethics boards: entered, renewed, taken off; a warning before one runs out (R-27)."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from consent import ethics
from consent.actions.attachments import Upload, require_writing, store
from consent.actions.ownership import own
from consent.errors import Incomplete, TransitionRefused
from consent.models import Attachment, EthicsApproval, Review, TrainingRequest
from consent.reading import Reader
from consent.rules import AttachmentKind, RequestState
from governance.actions.alerts import tell
from governance.actions.audit import record
from governance.models import Alert, User
from governance.queries.communities import people_with
from governance.rules import Verb

MOST_APPROVALS = 20
MAX_BOARD, MAX_NUMBER = 200, 80


@dataclass(frozen=True)
class Wanted:
    """What is entered of a letter. ``upload`` is the letter itself, if it is handed in."""

    board: str
    number: str
    valid_from: date
    valid_until: date
    upload: Upload | None = None


@transaction.atomic
def add(request_id: int, *, actor: User, wanted: Wanted) -> EthicsApproval:
    """Enter an approval with a request that is being written.

    Raises:
        governance.errors.NotAllowed, NotAllowed: not a researcher; another one's request.
        TransitionRefused: the communities have the text already, or it was withdrawn.
        Incomplete: with a sentence for each field that cannot be used.
    """
    request = own(request_id, actor)
    require_writing(request)
    if _live(request).count() >= MOST_APPROVALS:
        raise Incomplete({"": f"There are {MOST_APPROVALS} approvals already."})
    wanted = _checked(wanted)
    approval = _made(request, actor, wanted)
    _record("approval.add", approval, actor)
    return approval


@transaction.atomic
def renew(approval_id: int, *, actor: User, wanted: Wanted) -> EthicsApproval:
    """Enter the letter that takes an older one's place. Nothing else of the request changes.

    At any time before the request is withdrawn, with the letter itself: the communities read it.

    Raises:
        governance.errors.NotAllowed, NotAllowed: not a researcher; another one's request.
        TransitionRefused: it was renewed or taken off already, or the request was withdrawn.
        Incomplete: with a sentence for each field that cannot be used.
    """
    older = EthicsApproval.objects.select_related("request").get(pk=approval_id)
    request = own(older.request_id, actor)
    if request.state == RequestState.WITHDRAWN:
        raise TransitionRefused("The request was withdrawn.")
    older.refresh_from_db()
    if older.removed_at is not None or older.renewed_by.filter(removed_at=None).exists():
        raise TransitionRefused("This letter was renewed or taken off already.")
    wanted = _checked(wanted)
    problems = {}
    if wanted.upload is None:
        problems["upload"] = "Hand in the new letter: the communities read it."
    if wanted.valid_until <= older.valid_until:
        problems["valid_until"] = "The new letter must last longer than the one before."
    if problems:
        raise Incomplete(problems)
    approval = _made(request, actor, wanted, renews=older)
    _record("approval.renew", approval, actor)
    _tell_communities(approval, "renewed")
    return approval


@transaction.atomic
def remove(approval_id: int, *, actor: User) -> EthicsApproval:
    """Take an approval off a request that is being written. Its letter stays as a file.

    Runs that go by an earlier text which names it are held by its dates all the same.

    Raises:
        governance.errors.NotAllowed, NotAllowed: not a researcher; another one's request.
        TransitionRefused: the communities have the text, or it was taken off before.
    """
    approval = EthicsApproval.objects.select_related("request").get(pk=approval_id)
    request = own(approval.request_id, actor)
    require_writing(request)
    approval.refresh_from_db()
    if approval.removed_at is not None:
        raise TransitionRefused("This approval was taken off already.")
    approval.removed_at = timezone.now()
    approval.save(update_fields=["removed_at"])
    _record("approval.remove", approval, actor)
    return approval


def warn(now: datetime) -> int:
    """Do what ``warn_of_expiry`` does on the day of ``now`` in UTC; return how many were told."""
    return len(warn_of_expiry(now.astimezone(UTC).date()))


@transaction.atomic
def warn_of_expiry(today: date) -> list[Alert]:
    """Tell of letters that run out within 30 days, and of those that did. Each once.

    Told are the applicant and the stewards of the communities that were asked. Called by the clock
    of requests; safe to call at any time, and twice.

    Args:
        today: the day in UTC.
    """
    over = (RequestState.DRAFT.value, RequestState.WITHDRAWN.value)
    rows = EthicsApproval.objects.filter(removed_at__isnull=True).exclude(request__state__in=over)
    # Those that end later than the notice are of no use here but for what they renew.
    letters = list(rows.select_related("request__applicant"))
    told = []
    for word, found in (
        ("runs-out", ethics.approvals_expiring(letters, today=today)),
        ("ran-out", ethics.approvals_run_out(letters, today=today)),
    ):
        for approval in found:
            told += _tell_applicant(approval, word)
            told += _tell_communities(approval, word)
    return told


def _live(request: TrainingRequest) -> QuerySet[EthicsApproval]:
    return EthicsApproval.objects.filter(request=request, removed_at__isnull=True)


def _checked(wanted: Wanted) -> Wanted:
    problems: dict[str, str] = {}
    read = Reader({"board": wanted.board, "number": wanted.number}, problems)
    board = read.text("board", MAX_BOARD, line=True)
    number = read.text("number", MAX_NUMBER, line=True)
    if wanted.valid_until < wanted.valid_from:
        problems["valid_until"] = "The last day comes before the first."
    elif wanted.valid_until < timezone.localdate():
        problems["valid_until"] = "This letter ran out already. Ask the board for a new one."
    if problems:
        raise Incomplete(problems)
    return Wanted(board, number, wanted.valid_from, wanted.valid_until, wanted.upload)


def _made(
    request: TrainingRequest, actor: User, wanted: Wanted, renews: EthicsApproval | None = None
) -> EthicsApproval:
    return EthicsApproval.objects.create(
        request=request,
        board=wanted.board,
        number=wanted.number,
        valid_from=wanted.valid_from,
        valid_until=wanted.valid_until,
        letter=_letter(request, actor, wanted),
        renews=renews,
        added_by=actor,
    )


def _letter(request: TrainingRequest, actor: User, wanted: Wanted) -> Attachment | None:
    if wanted.upload is None:
        return None
    title = f"{wanted.board} {wanted.number}"[:160]
    return store(
        request, actor=actor, kind=AttachmentKind.ETHICS, title=title, upload=wanted.upload
    )


def _tell_applicant(approval: EthicsApproval, word: str) -> list[Alert]:
    path = reverse("consent:request_files", args=[approval.request.public_id])
    key = f"approval:{approval.public_id}:{word}"
    return tell([approval.request.applicant], key=key, path=path)


def _tell_communities(approval: EthicsApproval, word: str) -> list[Alert]:
    """Tell the stewards of every community that was asked, each of its newest review."""
    rows = Review.objects.filter(revision__request=approval.request_id).select_related("community")
    newest = {review.community_id: review for review in rows.order_by("pk")}
    told = []
    for review in newest.values():
        told += tell(
            people_with(review.community, Verb.DECIDE),
            key=f"approval:{approval.public_id}:{word}",
            path=reverse("consent:review", args=[review.public_id]),
            community=review.community,
        )
    return told


def _record(verb: str, approval: EthicsApproval, actor: User) -> None:
    record(
        verb,
        actor=actor,
        subject=f"approval:{approval.public_id}",
        document_digest=approval.letter.digest if approval.letter else "",
        correlation=str(approval.request.public_id),
    )
