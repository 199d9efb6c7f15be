"""What is to be made public: put to a community, answered by a steward, marked as published.

No answer is ever given by time. Source: docs/adr/0023-promises-and-publications.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import URLValidator
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from consent.actions.evidence import keep_file
from consent.errors import ConflictOfInterest, Incomplete, NotAllowed, TransitionRefused
from consent.models import Attachment, Grant, Publication
from consent.promises import reading_days
from consent.queries.obligations import rulebooks_of
from consent.queries.publications import WANTS_ANOTHER, followed, what_locks
from consent.queries.reviews import has_part
from consent.rules import AttachmentKind, PublicationAnswer, PublicationKind
from governance.actions.alerts import tell
from governance.actions.audit import record
from governance.actions.permissions import require, require_seated
from governance.models import User
from governance.queries.communities import people_with
from governance.rules import Verb

MAX_LINE = 200  # characters
MAX_SUMMARY = 4000
MOST_WAITING = 20  # of one agreement, for their answer


@dataclass(frozen=True)
class Wanted:
    """What somebody wants to make public. ``where``: journal, meeting or site."""

    kind: PublicationKind
    title: str
    where: str
    plain_summary: str


@transaction.atomic
def submit(
    grant_id: int,
    *,
    actor: User,
    wanted: Wanted,
    upload: "UploadedFile[Any] | None" = None,
    follows: Publication | None = None,
) -> Publication:
    """Put something to one community before it is made public.

    Args:
        upload: the text itself; the people of the community can fetch it.
        follows: the version before, which the community did not agree to.
    Raises:
        governance.errors.NotAllowed, NotAllowed: not a researcher; another one's agreement.
        Incomplete: a field is missing or too long, or the file is not taken (``file``).
        TransitionRefused: the version before waits for its answer, was agreed to, or has a
            successor already; or too many wait.
    """
    grant = _own_grant(grant_id, actor)
    _require_whole(wanted)
    if Publication.objects.filter(grant=grant, answer="").count() >= MOST_WAITING:
        raise TransitionRefused(_("Twenty wait for an answer already. Please wait for some."))
    if follows is not None:
        _require_may_follow(follows, grant)
    today = timezone.localdate()
    made = Publication.objects.create(
        grant=grant,
        kind=wanted.kind.value,
        title=wanted.title.strip(),
        where=wanted.where.strip(),
        plain_summary=wanted.plain_summary.strip(),
        file=_paper(upload, grant, actor),
        follows=follows,
        submitted_by=actor,
        answer_due_on=today + timedelta(days=reading_days(rulebooks_of(grant))),
    )
    _record("publication.submit", made, actor)
    _tell_stewards(made, "submitted")
    return made


def _own_grant(grant_id: int, actor: User) -> Grant:
    require(actor, Verb.ASK)
    grant = (
        Grant.objects.select_for_update(of=("self",))
        .select_related("community", "statement", "review__revision__request")
        .get(pk=grant_id)
    )
    if grant.review.revision.request.applicant_id != actor.pk:
        raise NotAllowed(_("This is another person's agreement."))
    return grant


def _paper(upload: "UploadedFile[Any] | None", grant: Grant, actor: User) -> Attachment | None:
    if upload is None:
        return None
    request = grant.review.revision.request
    return keep_file(request, upload, actor=actor, kind=AttachmentKind.PAPER, field="file")


def _tell_stewards(made: Publication, word: str) -> None:
    community = made.grant.community
    tell(
        people_with(community, Verb.CONFIRM_DONE),
        key=f"publication:{made.public_id}:{word}",
        path=reverse("consent:publication", args=[community.slug, made.public_id]),
        community=community,
    )


@transaction.atomic
def answer(
    publication_id: int, *, actor: User, answer: PublicationAnswer, text: str = ""
) -> Publication:
    """Answer, as a steward whom the charter names. It is final; a new version is asked about anew.

    Raises:
        governance.errors.NotAllowed: no such steward of this community.
        ConflictOfInterest: she is named in the request.
        TransitionRefused: it is answered, or a newer version took its place.
        Incomplete: changes are asked for without a word which.
    """
    row = _locked(publication_id)
    membership = require_seated(actor, Verb.CONFIRM_DONE, row.grant.community)
    if has_part(row.grant.review, actor):
        raise ConflictOfInterest(_("You are named in this request. Another steward answers."))
    if row.answer:
        raise TransitionRefused(_("This is answered already."))
    text = text.strip()
    if answer is PublicationAnswer.CHANGES and not text:
        raise Incomplete({"text": _("Please say what should change.")})
    if len(text) > MAX_SUMMARY:
        raise Incomplete({"text": _("At most 4000 characters, please.")})
    row.answer, row.answer_text = answer.value, text
    row.answered_by, row.answered_at = membership, timezone.now()
    row.save(update_fields=["answer", "answer_text", "answered_by", "answered_at"])
    _record("publication.answer", row, actor)
    request = row.grant.review.revision.request
    tell(
        [request.applicant],
        key=f"publication:{row.public_id}:answered",
        path=reverse("consent:own_publication", args=[request.public_id, row.public_id]),
    )
    return row


@transaction.atomic
def publish(publication_id: int, *, actor: User, on: date, link: str = "") -> Publication:
    """Note, as the applicant, that it is out. Locked until the community agreed (R-34) and said
    that results came back to it first (R-32).

    Raises:
        governance.errors.NotAllowed, NotAllowed: not a researcher; another one's publication.
        TransitionRefused: it is noted already, or something locks it; the sentences say what.
        Incomplete: a day to come or before the answer, or no web address.
    """
    require(actor, Verb.ASK)
    row = _locked(publication_id)
    request = row.grant.review.revision.request
    if request.applicant_id != actor.pk:
        raise NotAllowed(_("This is another person's publication."))
    if row.published_at is not None:
        raise TransitionRefused(_("This is noted as published already."))
    today = timezone.localdate()
    if locks := what_locks(row, today=today):
        raise TransitionRefused(" ".join(locks))
    _require_published(row, on, link, today)
    row.published_at, row.link = on, link
    row.save(update_fields=["published_at", "link"])
    _record("publication.publish", row, actor)
    _tell_stewards(row, "published")
    return row


def _require_published(row: Publication, on: date, link: str, today: date) -> None:
    problems: dict[str, str] = {}
    if on > today:
        problems["published_at"] = _("This day is still to come.")
    elif row.answered_at is not None and on < timezone.localdate(row.answered_at):
        problems["published_at"] = _("This day is before the community agreed.")
    if link:
        try:
            URLValidator(schemes=["http", "https"])(link)
        except ValidationError:
            problems["link"] = _("This is no web address.")
        if len(link) > 300:
            problems["link"] = _("At most 300 characters, please.")
    if problems:
        raise Incomplete(problems)


def _require_whole(wanted: Wanted) -> None:
    problems: dict[str, str] = {}
    texts: Mapping[str, tuple[str, int]] = {
        "title": (wanted.title, MAX_LINE),
        "where": (wanted.where, MAX_LINE),
        "plain_summary": (wanted.plain_summary, MAX_SUMMARY),
    }
    for name, (text, most) in texts.items():
        if not text.strip():
            problems[name] = _("Please fill this in.")
        elif len(text) > most:
            problems[name] = _("At most %(most)s characters, please.") % {"most": most}
    if problems:
        raise Incomplete(problems)


def _require_may_follow(follows: Publication, grant: Grant) -> None:
    before = _locked(follows.pk)
    same = before.grant.review.revision.request_id == grant.review.revision.request_id
    if not same or before.grant.community_id != grant.community_id:
        raise NotAllowed(_("The version before was put to another community or request."))
    if before.answer not in WANTS_ANOTHER:
        raise TransitionRefused(_("Nobody asked for another version of this."))
    if followed(before):
        raise TransitionRefused(_("There is a newer version of this already."))


def _locked(publication_id: int) -> Publication:
    return (
        Publication.objects.select_for_update(of=("self",))
        .select_related(
            "grant__community", "grant__statement", "grant__review__revision__request__applicant"
        )
        .get(pk=publication_id)
    )


def _record(verb: str, row: Publication, actor: User) -> None:
    record(
        verb,
        actor=actor,
        subject=f"publication:{row.public_id}",
        community=row.grant.community,
        reason=f"Answer: {row.answer}." if verb == "publication.answer" else "",
        correlation=str(row.grant.review.revision.request.public_id),
    )
