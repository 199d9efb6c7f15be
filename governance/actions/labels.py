"""Labels and notices on datasets: put on, put into words, confirmed, reviewed, removed.

A label is a social and ethical sign, not a lock. What it asks for counts only when people say so.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from governance import labels, uploads
from governance.actions.audit import record
from governance.actions.permissions import require_member, require_seated
from governance.errors import NotAllowed, NotReady
from governance.models import (
    AppliedLabel,
    Community,
    Dataset,
    LabelClause,
    LabelText,
    Membership,
    User,
)
from governance.queries.labels import datasets_to_label
from governance.rules import Offer, Verb

MAX_TEXT = 8000  # characters
MAX_NOTE = 400  # characters
ANSWERS = frozenset({Offer.CONFIRMED, Offer.DECLINED})


@dataclass(frozen=True)
class Words:
    """The community's own text in one language (a BCP 47 tag), and a sound file's content."""

    language: str
    text: str
    audio: bytes = b""


def put_on(
    *,
    community_id: int,
    dataset_id: int,
    actor: User,
    code: str,
    words: Words,
    project_uuid: UUID | None = None,
    label_uuid: UUID | None = None,
) -> AppliedLabel:
    """Put a label or notice on a dataset that the community keeps or has a say over.

    The clauses it suggests are offered to the stewards. A holding one holds the dataset at once.

    Raises:
        NotAllowed: no role here carries this.
        NotReady: no such label or dataset here, it is on already, or the words cannot be kept.
    """
    community = Community.objects.get(pk=community_id)
    membership = require_member(actor, Verb.LABEL, community)
    label = _known(code)
    with _kept(words) as (checked, audio), transaction.atomic():
        dataset = _dataset(community, dataset_id)
        if dataset.labels.filter(community=community, code=code, removed_at=None).exists():
            raise NotReady(f"{label.name} is on this dataset already. Add a text to it instead.")
        applied = AppliedLabel.objects.create(
            community=community,
            dataset=dataset,
            kind=label.kind.value,
            code=code,
            project_uuid=project_uuid,
            label_uuid=label_uuid,
            applied_by=membership,
        )
        LabelClause.objects.bulk_create(
            [LabelClause(label=applied, clause=clause) for clause in label.clauses]
        )
        _record("label.put-on", applied, actor)
        _write(applied, membership, checked, audio, version=1)
    return applied


def write_text(label_id: int, *, actor: User, words: Words, new_version: bool) -> LabelText:
    """Add the text in a further language, or a new version of it. Earlier ones stay readable.

    Raises:
        NotAllowed: no role here carries this.
        NotReady: removed; the newest version has a text in this language; the words cannot be kept.
    """
    applied = AppliedLabel.objects.select_related("community").get(pk=label_id)
    membership = require_member(actor, Verb.LABEL, applied.community)
    with _kept(words) as (checked, audio), transaction.atomic():
        applied = _locked(label_id)
        newest = applied.texts.aggregate(newest=Max("version"))["newest"] or 0
        version = newest + 1 if new_version else max(newest, 1)
        if applied.texts.filter(version=version, language=checked.language).exists():
            raise NotReady(
                f"Version {version} has a text in {checked.language} already. "
                "Texts are never changed: write a new version."
            )
        return _write(applied, membership, checked, audio, version=version)


@transaction.atomic
def identify(
    label_id: int, *, actor: User, project_uuid: UUID | None, label_uuid: UUID | None
) -> AppliedLabel:
    """Note the numbers by which the Local Contexts Hub knows the project and the label.

    Raises:
        NotAllowed: no role here carries this.
        NotReady: the label was removed.
    """
    applied = _locked(label_id)
    require_member(actor, Verb.LABEL, applied.community)
    _in_force(applied)
    applied.project_uuid, applied.label_uuid = project_uuid, label_uuid
    applied.save(update_fields=["project_uuid", "label_uuid"])
    _record("label.identify", applied, actor)
    return applied


@transaction.atomic
def answer_clause(clause_id: int, *, actor: User, answer: Offer) -> LabelClause:
    """Confirm or decline a clause that a label suggests. It may be answered anew later.

    A confirmed one is proposed for the next protocol; it binds nobody before that is signed.

    Raises:
        NotAllowed: not a steward whom the charter in force names.
        NotReady: the label was removed.
        ValueError: ``answer`` is neither of the two.
    """
    if answer not in ANSWERS:
        raise ValueError(f"{answer} is no answer to a clause")
    row = LabelClause.objects.select_related("label").get(pk=clause_id)
    applied = _locked(row.label_id)
    membership = require_seated(actor, Verb.CONFIRM_LABEL, applied.community)
    _in_force(applied)
    row.state, row.answered_by, row.answered_at = answer.value, membership, timezone.now()
    row.save(update_fields=["state", "answered_by", "answered_at"])
    verb = "label.confirm-clause" if answer is Offer.CONFIRMED else "label.decline-clause"
    # What a label that is not for outsiders asks for would tell the log's readers which it is.
    told = f"{row.clause} for dataset:{applied.dataset.slug}"
    _record(verb, applied, actor, reason="" if applied.code in labels.not_shown() else told)
    return row


@transaction.atomic
def review_hold(label_id: int, *, actor: User, note: str) -> AppliedLabel:
    """Lift the hold of a label; the label itself stays.

    Raises:
        NotAllowed: not a steward whom the charter in force names, or the one who put it on.
        NotReady: it holds nothing (any more), or there is no note.
    """
    applied = _locked(label_id)
    membership = _second_person(applied, actor)
    if not _holds(applied):
        raise NotReady("This label holds nothing.")
    applied.review_note = _note(note)
    applied.reviewed_by, applied.reviewed_at = membership, timezone.now()
    applied.save(update_fields=["review_note", "reviewed_by", "reviewed_at"])
    # The note is the community's own: the log, which auditors read, does not tell it.
    _record("label.review-hold", applied, actor)
    return applied


@transaction.atomic
def take_off(label_id: int, *, actor: User, reason: str) -> AppliedLabel:
    """Take a label off its dataset. Its row and texts stay, for the community to read.

    Raises:
        NotAllowed: no role here carries this; or it still holds the dataset, and this is not a
            second person whom the charter names: taking it off would lift the hold unseen.
        NotReady: it was removed before, or there is no reason.
    """
    applied = _locked(label_id)
    membership = require_member(actor, Verb.LABEL, applied.community)
    _in_force(applied)
    if _holds(applied):
        membership = _second_person(applied, actor)
    applied.removed_because = _note(reason)
    applied.removed_by, applied.removed_at = membership, timezone.now()
    applied.save(update_fields=["removed_because", "removed_by", "removed_at"])
    _record("label.take-off", applied, actor)
    return applied


def _known(code: str) -> labels.Label:
    if code not in labels.library():
        raise NotReady("There is no such label in the library.")
    return labels.library()[code]


def _second_person(applied: AppliedLabel, actor: User) -> Membership:
    """Return the membership of a steward of the charter who did not put the label on."""
    membership = require_seated(actor, Verb.CONFIRM_LABEL, applied.community)
    # By person, not by membership: somebody may be custodian and steward at once.
    if applied.applied_by.user_id == actor.pk:
        raise NotAllowed("You put this label on, so another steward must look at it.")
    return membership


def _locked(label_id: int) -> AppliedLabel:
    rows = AppliedLabel.objects.select_for_update(of=("self",))
    return rows.select_related("community", "dataset", "applied_by").get(pk=label_id)


def _dataset(community: Community, dataset_id: int) -> Dataset:
    """Return the dataset, locked: two people who put the same label on come one after the other."""
    if not datasets_to_label(community).filter(pk=dataset_id).exists():
        raise NotReady("This community has no such dataset.")
    return Dataset.objects.select_for_update(of=("self",)).get(pk=dataset_id)


def _holds(applied: AppliedLabel) -> bool:
    return applied.code in labels.holding() and not (applied.removed_at or applied.reviewed_at)


def _in_force(applied: AppliedLabel) -> None:
    if applied.removed_at:
        raise NotReady("This label was taken off.")


def _note(text: str) -> str:
    text = text.strip()
    if not 0 < len(text) <= MAX_NOTE or "\x00" in text:
        raise NotReady(f"Write why, in at most {MAX_NOTE} characters.")
    return text


@contextmanager
def _kept(words: Words) -> Iterator[tuple[Words, tuple[str, str]]]:
    """Check the words and store their sound; yield both, the sound as name and type.

    Stands outside the transaction: see ``uploads.kept``.
    """
    try:
        language = labels.language_tag(words.language)
    except ValueError as error:
        raise NotReady("The language must be a tag such as en, fr-CA or x-ours.") from error
    text = words.text.strip()
    if not 0 < len(text) <= MAX_TEXT or "\x00" in text:
        raise NotReady(f"Write the label's text, in at most {MAX_TEXT} characters.")
    checked = Words(language, text)
    if not words.audio:
        yield checked, ("", "")
        return
    sound = uploads.audio_of(words.audio)
    if sound is None or len(words.audio) > uploads.MAX_AUDIO_BYTES:
        raise NotReady("The recording must be MP3, OGG, M4A or WAV, and not too long.")
    with uploads.kept(words.audio, "labels", sound.suffix) as name:
        yield checked, (name, sound.content_type)


def _write(
    applied: AppliedLabel,
    membership: Membership,
    words: Words,
    audio: tuple[str, str],
    *,
    version: int,
) -> LabelText:
    _in_force(applied)
    text = LabelText.objects.create(
        label=applied,
        version=version,
        language=words.language,
        text=words.text,
        audio=audio[0],
        audio_type=audio[1],
        written_by=membership,
    )
    # The log proves which text it was without telling it.
    digest = hashlib.sha256(words.text.encode()).hexdigest()
    _record("label.write-text", applied, membership.user, digest=digest)
    return text


def _record(
    verb: str, applied: AppliedLabel, actor: User, *, reason: str = "", digest: str = ""
) -> None:
    """Write the row without the label's name: some of them are not for auditors to read."""
    record(
        verb,
        actor=actor,
        subject=f"label:{applied.public_id}",
        community=applied.community,
        reason=reason or f"dataset:{applied.dataset.slug}",
        document_digest=digest,
    )
