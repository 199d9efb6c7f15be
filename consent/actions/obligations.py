"""Promises after a yes: made with the grant, reported by the researcher, done by a steward's word.

Time makes nothing done. Source: docs/adr/0023-promises-and-publications.md.
"""

from collections.abc import Mapping
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from consent.actions.evidence import keep_file
from consent.document import read_back
from consent.errors import ConflictOfInterest, Incomplete, NotAllowed, TransitionRefused
from consent.models import Grant, Obligation
from consent.promises import AT_THE_END, EACH_TIME, Promise, promises_of
from consent.queries.obligations import obligations_of_grant, rulebooks_of
from consent.queries.reviews import has_part
from consent.reports import written
from consent.rules import AttachmentKind, ObligationKind
from governance.actions.alerts import tell
from governance.actions.audit import record
from governance.actions.permissions import require, require_seated
from governance.models import User
from governance.queries.communities import people_with
from governance.rules import Verb

MAX_REASON = 400  # characters


def promise_all(grant: Grant) -> list[Obligation]:
    """Write down all that follows from a yes, in the transaction that makes the grant.

    Safe to repeat. Where the grant takes the place of an earlier one of the same community on the
    same data, what is still owed moves over and keeps its day: a change of the agreement puts no
    debt off, and none is owed twice.
    """
    grant = (
        Grant.objects.select_for_update(of=("self",))
        .select_related("community", "statement", "review__revision__request")
        .get(pk=grant.pk)
    )
    if grant.obligations.exists():
        return list(grant.obligations.all())
    made = promises_of(
        read_back(grant.review.revision.text),
        rulebooks_of(grant),
        timezone.localtime(grant.not_before),
        timezone.localtime(grant.not_after),
    )
    before = _earlier(grant)
    return [row for promise in made if (row := _kept(grant, promise, before)) is not None]


def _earlier(grant: Grant) -> dict[tuple[str, str, str], Obligation]:
    """What earlier agreements on the same data left, by what makes a promise the same."""
    rows = obligations_of_grant(grant).filter(grant__review__dataset=grant.review.dataset_id)
    rows = rows.exclude(grant=grant).order_by("pk").select_for_update(of=("self",))
    return {(row.kind, row.source, row.text): row for row in rows}


def _kept(
    grant: Grant, promise: Promise, before: Mapping[tuple[str, str, str], Obligation]
) -> Obligation | None:
    old = before.get(promise.key)
    settled = old is not None and (old.done_at is not None or old.let_off_at is not None)
    if old is None or (settled and promise.kind in EACH_TIME):
        row = Obligation.objects.create(
            grant=grant,
            community=grant.community,
            kind=promise.kind.value,
            text=promise.text,
            due_on=promise.due_on,
            source=promise.source,
        )
        _record("promise.make", row, None)
        return row
    if settled:
        return None
    day = promise.due_on
    if promise.kind not in AT_THE_END:
        day = min(day, old.due_on)
    old.grant, old.due_on = grant, day
    old.save(update_fields=["grant", "due_on"])
    _record("promise.move", old, None, reason="The agreement was changed; what is owed goes on.")
    return old


@transaction.atomic
def report(
    obligation_id: int,
    *,
    actor: User,
    answers: Mapping[str, str],
    upload: "UploadedFile[Any] | None" = None,
) -> Obligation:
    """Say, as the applicant, that a promise was kept. It is done when a steward says so.

    Args:
        answers: by the names of ``consent.reports.FORMS``.
        upload: a file that shows it; the people of the community can fetch it.
    Raises:
        governance.errors.NotAllowed, NotAllowed: not a researcher; another one's promise.
        TransitionRefused: it is settled.
        Incomplete: an answer is missing, or the file is not taken (``evidence``).
    """
    row = _own(obligation_id, actor)
    request = row.grant.review.revision.request
    text, problems = written(ObligationKind(row.kind), answers)
    if problems:
        raise Incomplete(problems)
    # Who was told that there is a report needs no letter for each better one.
    told = [] if row.reported_at else people_with(row.community, Verb.CONFIRM_DONE)
    row.report, row.sent_back_because = text, ""
    if upload is not None:
        row.evidence = keep_file(
            request, upload, actor=actor, kind=AttachmentKind.REPORT, field="evidence"
        )
    row.reported_at, row.reported_by = timezone.now(), actor
    row.save()
    event = _record("promise.report", row, actor)
    tell(
        told,
        key=f"promise:{row.public_id}:reported:{event}",
        path=reverse("consent:promise", args=[row.community.slug, row.public_id]),
        community=row.community,
    )
    return row


@transaction.atomic
def confirm(obligation_id: int, *, actor: User) -> Obligation:
    """Say, as a steward whom the charter names, that a promise was kept. It is final.

    A promise may be confirmed without a report: the community sees for itself what came.

    Raises:
        governance.errors.NotAllowed: no such steward of this community.
        ConflictOfInterest: she is named in the request.
        TransitionRefused: it is settled.
    """
    row = _locked(obligation_id)
    membership = require_seated(actor, Verb.CONFIRM_DONE, row.community)
    _refuse_own(row, actor)
    _require_open(row)
    row.done_at, row.done_by = timezone.now(), membership
    row.save(update_fields=["done_at", "done_by"])
    _answered("promise.confirm", row, actor)
    return row


@transaction.atomic
def send_back(obligation_id: int, *, actor: User, reason: str) -> Obligation:
    """Say that what was reported is not enough. The researcher reads why; the day stays.

    Raises:
        governance.errors.NotAllowed: no such steward of this community.
        ConflictOfInterest: she is named in the request.
        TransitionRefused: nothing is reported, or it is settled.
        Incomplete: no reason, or too long.
    """
    row = _locked(obligation_id)
    require_seated(actor, Verb.CONFIRM_DONE, row.community)
    _refuse_own(row, actor)
    _require_open(row)
    if row.reported_at is None:
        raise TransitionRefused(_("Nothing is reported yet, so there is nothing to send back."))
    row.sent_back_because, row.reported_at, row.reported_by = _reason(reason), None, None
    row.save(update_fields=["sent_back_because", "reported_at", "reported_by"])
    _answered("promise.send-back", row, actor)
    return row


@transaction.atomic
def let_off(obligation_id: int, *, actor: User, reason: str) -> Obligation:
    """Say that a promise need not be kept any more, and why. It is final, and stands in the log.

    Raises:
        governance.errors.NotAllowed: no such steward of this community.
        ConflictOfInterest: she is named in the request.
        TransitionRefused: it is settled.
        Incomplete: no reason, or too long.
    """
    row = _locked(obligation_id)
    membership = require_seated(actor, Verb.CONFIRM_DONE, row.community)
    _refuse_own(row, actor)
    _require_open(row)
    row.let_off_because = _reason(reason)
    row.let_off_at, row.let_off_by = timezone.now(), membership
    row.save(update_fields=["let_off_because", "let_off_at", "let_off_by"])
    _answered("promise.let-off", row, actor)
    return row


def _own(obligation_id: int, actor: User) -> Obligation:
    """Return a promise of the actor's own that is still open, locked."""
    require(actor, Verb.ASK)
    row = _locked(obligation_id)
    if row.grant.review.revision.request.applicant_id != actor.pk:
        raise NotAllowed(_("This is another person's promise."))
    _require_open(row)
    return row


def _locked(obligation_id: int) -> Obligation:
    return (
        Obligation.objects.select_for_update(of=("self",))
        .select_related("community", "grant__review__revision__request__applicant")
        .get(pk=obligation_id)
    )


def _require_open(row: Obligation) -> None:
    if row.done_at is not None:
        raise TransitionRefused(_("This promise is confirmed as kept already."))
    if row.let_off_at is not None:
        raise TransitionRefused(_("The community let the researcher off this promise."))


def _refuse_own(row: Obligation, actor: User) -> None:
    if has_part(row.grant.review, actor):
        raise ConflictOfInterest(
            _("You are named in this request. Another steward says how this promise stands.")
        )


def _reason(reason: str) -> str:
    reason = reason.strip()
    if not reason:
        raise Incomplete({"reason": _("Please say why.")})
    if len(reason) > MAX_REASON:
        raise Incomplete({"reason": _("At most 400 characters, please.")})
    return reason


def _answered(verb: str, row: Obligation, actor: User) -> None:
    """Write the row of the log, and tell the researcher that there is an answer."""
    event = _record(verb, row, actor)
    request = row.grant.review.revision.request
    tell(
        [request.applicant],
        key=f"promise:{row.public_id}:answered:{event}",
        path=reverse("consent:own_promise", args=[request.public_id, row.public_id]),
    )


def _record(verb: str, row: Obligation, actor: User | None, *, reason: str = "") -> int:
    request = row.grant.review.revision.request
    event = record(
        verb,
        actor=actor,
        subject=f"promise:{row.public_id}",
        community=row.community,
        reason=reason,
        correlation=str(request.public_id),
    )
    return event.pk
