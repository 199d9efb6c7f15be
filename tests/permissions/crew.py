"""Files, letters and people of a request, and a block list.

What a researcher hands in carries the word that she told the community; what is on the list carries
the community's own.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from consent.actions import attachments, blocks, ethics
from consent.actions import requests as drafts
from consent.actions.blocks import Named
from consent.grants.codec import digest
from consent.models import Attachment, Collaborator, TrainingRequest
from consent.rules import AttachmentKind, BlockKind
from consent.terms import TERMS_DIGEST
from federation.actions import requests
from tests.cast import Person
from tests.permissions.words import PRIVATE, TOLD

if TYPE_CHECKING:
    from tests.permissions.world import Things


def _file(request: TrainingRequest, word: str) -> Attachment:
    return attachments.add(
        request.pk,
        actor=request.applicant,
        kind=AttachmentKind.PLAN,
        title=f"{word} plan",
        upload=SimpleUploadedFile("plan.txt", f"The {word} is counted.".encode()),
    )


def _sent_file(things: "Things", stewards: Sequence[Person]) -> Any:
    """A file of a request that the community reads."""
    word, applicant = TOLD[things.community.slug], things.draft.applicant
    request = drafts.draft(actor=applicant, title=f"{word} files", fields=things.draft.draft)
    file = _file(request, word)
    requests.submit(request.pk, actor=applicant, terms=TERMS_DIGEST)
    return file.public_id


def _approval(things: "Things", stewards: Sequence[Person]) -> Any:
    today = timezone.localdate()
    board = f"{TOLD[things.community.slug]} board"
    wanted = ethics.Wanted(board, "12", today, today + timedelta(days=99))
    approval = ethics.add(things.draft.pk, actor=things.draft.applicant, wanted=wanted)
    return UUID(str(approval.public_id))


def _person(things: "Things", stewards: Sequence[Person], **more: Any) -> Collaborator:
    """Somebody named in the draft, asked a while ago."""
    word = TOLD[things.community.slug]
    asked = timezone.now() - timedelta(hours=2)
    wanted = {"name": f"{word} friend", "email": f"{word}@example.org", "invited_at": asked} | more
    return Collaborator.objects.create(
        request=things.draft, expires_at=asked + timedelta(days=30), **wanted
    )


def _terms(things: "Things", stewards: Sequence[Person]) -> str:
    """A link to the terms of the draft. Nobody has an account with its address."""
    token = f"terms-of-{things.community.slug}"
    _person(
        things,
        stewards,
        email=f"{TOLD[things.community.slug]}-2@example.org",
        token_digest=digest(token.encode()),
    )
    return token


def _block(things: "Things", stewards: Sequence[Person]) -> Any:
    word = PRIVATE[things.community.slug]
    named = Named(BlockKind.PERSON, f"{word} thief", email=f"{word}-thief@example.org")
    [made] = blocks.add(
        things.community.pk, actor=stewards[1].user, named=[named], reason=f"{word} was sold"
    )
    return UUID(str(made.public_id))


CREW = {
    "attachment_id": _sent_file,
    "draft_file": lambda t, _: _file(t.draft, TOLD[t.community.slug]).public_id,
    "approval_id": _approval,
    "person_id": lambda t, stewards: _person(t, stewards).pk,
    "terms": _terms,
    "block_id": _block,
}
