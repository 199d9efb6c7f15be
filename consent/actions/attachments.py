"""Files of a request: taken in after a check of their content, taken off again, handed out."""

from hashlib import sha256
from typing import Any, Protocol

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Count, Sum
from django.utils import timezone

from consent.actions.ownership import own
from consent.errors import Incomplete, TransitionRefused
from consent.file_kinds import FileKind, FileRefused, checked, shown_name
from consent.models import Attachment, TrainingRequest
from consent.queries.files import community_that_reads, was_submitted
from consent.reading import Reader
from consent.rules import AttachmentKind, RequestState
from governance import uploads
from governance.actions.audit import record
from governance.errors import NotReady
from governance.models import User
from governance.scanning import scan

MEGABYTE = 1024 * 1024
MAX_FILE_BYTES = uploads.MAX_UPLOAD_BYTES
MOST_FILES = 20
MOST_BYTES = 25 * MEGABYTE
MAX_TITLE = 160

# What comes after a yes, for one community: it is no part of the request's text.
EVIDENCE = frozenset({AttachmentKind.REPORT, AttachmentKind.PAPER})
MOST_EVIDENCE = 60
MOST_EVIDENCE_BYTES = 150 * MEGABYTE

WRITING = frozenset({RequestState.DRAFT, RequestState.CHANGING})


class Upload(Protocol):
    """What of Django's ``UploadedFile`` is read here. Its ``content_type`` never is."""

    @property
    def name(self) -> str | None: ...
    @property
    def size(self) -> int | None: ...
    def read(self) -> Any: ...


@transaction.atomic
def add(
    request_id: int, *, actor: User, kind: AttachmentKind, title: str, upload: "Upload"
) -> Attachment:
    """Put a file to a request that is being written.

    Raises:
        governance.errors.NotAllowed, NotAllowed: not a researcher; another one's request.
        TransitionRefused: the communities read it already, or it was withdrawn.
        Incomplete: as for ``store``; or a kind that is for evidence.
    """
    request = own(request_id, actor)
    require_writing(request)
    if kind in EVIDENCE:
        raise Incomplete({"kind": "Please choose one of the offered answers."})
    return store(request, actor=actor, kind=kind, title=title, upload=upload)


@transaction.atomic
def remove(attachment_id: int, *, actor: User) -> Attachment:
    """Take a file off a request that is being written.

    What no community was ever shown is deleted from the disk. What an earlier text names stays
    for those who read that text.

    Raises:
        governance.errors.NotAllowed, NotAllowed: not a researcher; another one's request.
        TransitionRefused: the communities read it, it is evidence, or it is gone already; or it is
            the letter of an approval that still stands there.
    """
    attachment = Attachment.objects.select_related("request").get(pk=attachment_id)
    request = own(attachment.request_id, actor)
    require_writing(request)
    attachment.refresh_from_db()
    if attachment.removed_at is not None or attachment.kind in EVIDENCE:
        raise TransitionRefused("This file is not there any more, or it is evidence and stays.")
    if attachment.approvals.filter(removed_at__isnull=True).exists():
        raise TransitionRefused("This is the letter of an approval. Take the approval off first.")
    _take_off(attachment)
    _record("attachment.remove", attachment, actor)
    return attachment


@transaction.atomic
def store(
    request: TrainingRequest,
    *,
    actor: User,
    kind: AttachmentKind,
    title: str,
    upload: "Upload",
) -> Attachment:
    """Keep a file with a request. Whether the actor may was asked by the caller.

    Evidence (kinds REPORT and PAPER) never becomes a part of the request's text; it is read by
    the community of the promise or publication that names it. Its bytes stay on the disk, found by
    nobody, if the caller's own transaction fails afterwards.

    Raises:
        Incomplete: with a sentence for ``title`` or ``upload``: too large, too many, not of a kind
            that is taken, or the scanner does not let it through.
    """
    title = _title(title)
    content = _content(upload)
    name = upload.name or ""
    looked_at = _looked_at(content, name)
    # Two uploads at once must not go over the limit together.
    TrainingRequest.objects.select_for_update(no_key=True).get(pk=request.pk)
    _require_room(request, kind, len(content))
    with uploads.kept(content, "requests", looked_at.suffix) as stored:
        attachment = Attachment.objects.create(
            request=request,
            kind=kind.value,
            title=title,
            file_name=shown_name(name, looked_at),
            stored=stored,
            content_type=looked_at.content_type,
            size=len(content),
            digest=sha256(content).hexdigest(),
            uploaded_by=actor,
        )
        _record("attachment.add", attachment, actor)
    return attachment


def hand_out(attachment: Attachment, *, actor: User) -> bytes:
    """Return the content of a file that the actor may read, and write down that she fetched it.

    Raises:
        FileNotFoundError: it was lost with a disk.
    """
    with default_storage.open(attachment.stored) as file:
        content: bytes = file.read()
    record(
        "attachment.download",
        actor=actor,
        subject=f"attachment:{attachment.public_id}",
        community=community_that_reads(attachment, actor),
        document_digest=attachment.digest,
        correlation=str(attachment.request.public_id),
    )
    return content


def require_writing(request: TrainingRequest) -> None:
    """Refuse what may be done only before a text goes to the communities.

    Raises:
        TransitionRefused: they have it, or it was withdrawn.
    """
    if request.state not in WRITING:
        raise TransitionRefused("The communities have this text. Begin a change of it first.")


def _take_off(attachment: Attachment) -> None:
    attachment.removed_at = timezone.now()
    if not was_submitted(attachment):
        gone, attachment.stored = attachment.stored, ""
        transaction.on_commit(lambda: default_storage.delete(gone))
    attachment.save(update_fields=["removed_at", "stored"])


def _title(title: str) -> str:
    problems: dict[str, str] = {}
    title = Reader({"title": title}, problems).text("title", MAX_TITLE, line=True)
    if problems:
        raise Incomplete(problems)
    return title


def _content(upload: "Upload") -> bytes:
    if (upload.size or 0) > MAX_FILE_BYTES:
        most = MAX_FILE_BYTES // MEGABYTE
        raise Incomplete({"upload": f"This file is too large. At most {most} MB, please."})
    content: bytes = upload.read()
    return content


def _looked_at(content: bytes, name: str) -> FileKind:
    try:
        kind = checked(content, name)
        scan(content)
    except (FileRefused, NotReady) as refusal:
        raise Incomplete({"upload": str(refusal)}) from refusal
    return kind


def _require_room(request: TrainingRequest, kind: AttachmentKind, size: int) -> None:
    rows = Attachment.objects.filter(request=request, removed_at__isnull=True)
    later = {"kind__in": [each.value for each in EVIDENCE]}
    evidence = kind in EVIDENCE
    rows = rows.filter(**later) if evidence else rows.exclude(**later)
    held = rows.aggregate(files=Count("pk"), size=Sum("size", default=0))
    files = MOST_EVIDENCE if evidence else MOST_FILES
    most = MOST_EVIDENCE_BYTES if evidence else MOST_BYTES
    if held["files"] >= files:
        raise Incomplete({"upload": f"There are {files} files already. Take one off first."})
    if held["size"] + size > most:
        raise Incomplete(
            {"upload": f"All files of a request may have {most // MEGABYTE} MB together."}
        )


def _record(verb: str, attachment: Attachment, actor: User) -> None:
    record(
        verb,
        actor=actor,
        subject=f"attachment:{attachment.public_id}",
        document_digest=attachment.digest,
        correlation=str(attachment.request.public_id),
    )
