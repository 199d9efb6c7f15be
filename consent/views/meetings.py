"""Records of meetings about one request: written by one, confirmed by another."""

from base64 import b64decode
from uuid import UUID

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from consent.actions import meetings
from consent.errors import ConsentError, Incomplete
from consent.forms.meetings import MeetingForm
from consent.models import MeetingRecord, Review
from consent.queries import reviews_visible_to
from consent.queries.meetings import (
    Meeting,
    may_keep,
    meeting_for,
    meetings_of,
    reviews_with_records,
    texts_of,
    why_not_record,
)
from consent.rules import ReviewState
from consent.views.visitor import posted
from governance.errors import CannotUnseal, GovernanceError
from governance.listing import Filter, Rows, Sort, listing
from governance.queries.conflicts import stewards_named
from governance.queries.sealing import unseal
from governance.uploads import paper_of
from governance.views.visitor import user_of

_SORTS = [
    Sort("newest", gettext_lazy("newest first"), ("-held_on", "-pk")),
    Sort("oldest", gettext_lazy("oldest first"), ("held_on", "pk")),
]
_STATES = [
    ("pending", gettext_lazy("not confirmed yet")),
    ("confirmed", gettext_lazy("confirmed")),
    ("dropped", gettext_lazy("dropped")),
]


@require_GET
def meeting_list(request: HttpRequest, review_id: UUID) -> HttpResponse:
    user = user_of(request)
    review = get_object_or_404(reviews_visible_to(user), public_id=review_id)
    found = listing(
        request,
        meetings_of(review),
        search=("place__icontains",),
        filters=[Filter("state", _("State"), _STATES, _in_state)],
        sorts=_SORTS,
    )
    may_write = _is_open(review) and may_keep(review, user)
    may_write = may_write and not why_not_record(review.statement, review, user)
    context = {"review": review, "listing": found, "may_write": may_write}
    return render(request, "consent/meeting_list.html", context)


@require_http_methods(["GET", "POST"])
def meeting_new(request: HttpRequest, review_id: UUID) -> HttpResponse:
    review = _review(request, review_id)
    form = MeetingForm(
        posted(request),
        request.FILES or None,
        stewards=stewards_named(review.statement),
        texts=texts_of(review),
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = meetings.write_down(review.pk, actor=user_of(request), told=form.told())
        except Incomplete as refusal:
            for name, sentence in refusal.fields.items():
                form.add_error(name or None, sentence)
        except (ConsentError, GovernanceError) as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("It is written down. A second person now confirms it."))
            return redirect("consent:meeting", review_id, made.public_id)
    status = 400 if form.errors else 200
    context = {"review": review, "form": form}
    return render(request, "consent/meeting_new.html", context, status=status)


@require_GET
def meeting_detail(request: HttpRequest, review_id: UUID, meeting_id: UUID) -> HttpResponse:
    review = get_object_or_404(reviews_visible_to(user_of(request)), public_id=review_id)
    meeting = _in(request, review, meeting_id)
    return render(request, "consent/meeting_detail.html", _context(meeting))


@require_http_methods(["GET", "POST"])
def meeting_confirm(request: HttpRequest, review_id: UUID, meeting_id: UUID) -> HttpResponse:
    meeting = _meeting(request, review_id, meeting_id)
    if request.method == "POST":
        return _done(request, meeting, confirmed=True)
    if meeting.why_not:
        messages.error(request, meeting.why_not)
        return redirect("consent:meeting", review_id, meeting_id)
    # Nobody can vouch for what she has not read; the page before this one says so.
    context = _context(meeting) | {"reads": True, "dissent": _dissent(meeting.record)}
    return render(request, "consent/meeting_confirm.html", context)


@require_http_methods(["GET", "POST"])
def meeting_drop(request: HttpRequest, review_id: UUID, meeting_id: UUID) -> HttpResponse:
    meeting = _meeting(request, review_id, meeting_id)
    if request.method == "POST":
        return _done(request, meeting, confirmed=False)
    if not meeting.may_drop:
        messages.error(request, meeting.why_not)
        return redirect("consent:meeting", review_id, meeting_id)
    return render(request, "consent/meeting_drop.html", _context(meeting))


@never_cache
@require_GET
def meeting_scan(request: HttpRequest, review_id: UUID, meeting_id: UUID) -> HttpResponse:
    """Send the sheet or recording, and write into the log who took it."""
    meeting = _meeting(request, review_id, meeting_id)
    record = meeting.record
    if not record.scan or not (meeting.reads or not meeting.why_not):
        raise Http404
    context = f"meeting-scan:{record.public_id}"
    try:
        with default_storage.open(record.scan) as file:
            sealed = file.read()
        content = b64decode(unseal(record.review.community, sealed, context=context))
    except (FileNotFoundError, CannotUnseal):
        raise Http404 from None
    meetings.note_scan_read(record, actor=user_of(request))
    kind = paper_of(content)
    suffix = kind.suffix if kind else "." + record.scan_type.rpartition("/")[2]
    headers = {
        # Saved, never opened in the page's own name: a PDF or picture comes from a stranger's hand.
        "Content-Disposition": f'attachment; filename="meeting-{record.held_on}{suffix}"',
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(content, content_type=record.scan_type, headers=headers)


def _review(request: HttpRequest, review_id: UUID) -> Review:
    return get_object_or_404(reviews_with_records(user_of(request)), public_id=review_id)


def _meeting(request: HttpRequest, review_id: UUID, meeting_id: UUID) -> Meeting:
    return _in(request, _review(request, review_id), meeting_id)


def _in(request: HttpRequest, review: Review, meeting_id: UUID) -> Meeting:
    record = get_object_or_404(
        meetings_of(review).select_related("written_by__user", "statement"), public_id=meeting_id
    )
    record.review = review
    return meeting_for(record, review, user_of(request))


def _context(meeting: Meeting) -> dict[str, object]:
    return {
        "meeting": meeting,
        "record": meeting.record,
        "review": meeting.record.review,
        "is_open": _is_open(meeting.record.review),
        "reads": meeting.reads,
        "dissent": _dissent(meeting.record) if meeting.reads else "",
    }


def _dissent(record: MeetingRecord) -> str:
    if record.dissent is None:
        return ""
    context = f"meeting:{record.public_id}"
    try:
        return unseal(record.review.community, bytes(record.dissent), context=context)
    except CannotUnseal:
        return _("This text cannot be read any more.")


def _done(request: HttpRequest, meeting: Meeting, *, confirmed: bool) -> HttpResponse:
    act = meetings.confirm if confirmed else meetings.drop
    try:
        act(meeting.record.pk, actor=user_of(request))
    except (ConsentError, GovernanceError) as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("It is confirmed.") if confirmed else _("It is dropped."))
    review_id = meeting.record.review.public_id
    return redirect("consent:meeting", review_id, meeting.record.public_id)


def _in_state(rows: Rows, state: str) -> Rows:
    return rows.filter(
        confirmed_at__isnull=state != "confirmed", dropped_at__isnull=state != "dropped"
    )


def _is_open(review: Review) -> bool:
    return review.state == ReviewState.OPEN
