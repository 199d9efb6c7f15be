"""Files that come after a yes: kept with the request, read by the community they are for."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile

from consent.actions.attachments import MAX_TITLE, store
from consent.errors import Incomplete
from consent.models import Attachment, TrainingRequest
from consent.rules import AttachmentKind
from governance.models import User


def keep_file(
    request: TrainingRequest,
    upload: "UploadedFile[Any]",
    *,
    actor: User,
    kind: AttachmentKind,
    field: str,
) -> Attachment:
    """Keep a file under its own name. Inside the caller's transaction.

    Args:
        field: the name under which a refusal is told.
    Raises:
        Incomplete: it is not taken; the sentence says why.
    """
    title = (upload.name or "").strip()[:MAX_TITLE] or kind.value
    try:
        return store(request, actor=actor, kind=kind, title=title, upload=upload)
    except Incomplete as refusal:
        raise Incomplete({field: str(refusal)}) from refusal
