"""What holds a request's runs back, beside the communities' own answers."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

from django.utils.formats import date_format

from consent import ethics
from consent.document import read_back
from consent.models import EthicsApproval, RequestRevision, TrainingRequest
from consent.queries.blocks import communities_that_block
from consent.queries.crew import not_accepted
from consent.queries.revisions import revision_in_use, revisions_of
from governance.models import Community


def what_holds(request: TrainingRequest, *, at: datetime, for_all: bool = False) -> list[str]:
    """Return, as plain sentences that its applicant may read, what holds back every run.

    Asked when a run is planned and again when it is sent. Empty when nothing does. It looks at
    the revision by which runs go, or at the newest one while there is none.

    Args:
        at: aware time of the decision; days are those of UTC.
        for_all: whether other communities of a run read it too: then a block reads as a pause.
    """
    revision = revision_in_use(request) or revisions_of(request).last()
    if revision is None:
        return []
    return [
        *_letters(revision, at.astimezone(UTC).date()),
        *not_accepted(revision),
        *_blocks(revision, for_all=for_all),
    ]


def letters_in_use(revision: RequestRevision) -> list[EthicsApproval]:
    """Return the letters that count for a revision, with what renewed them.

    A letter that was removed counts on for the revision that names it: else taking an old one off
    a draft would let runs of the text before go on.
    """
    named = read_back(revision.text).get("approvals") or []
    held = {(each["board"], each["number"], each["until"]) for each in named}
    rows = EthicsApproval.objects.filter(request=revision.request_id).order_by("pk")
    return [
        row
        for row in rows
        if row.removed_at is None or (row.board, row.number, row.valid_until.isoformat()) in held
    ]


def _letters(revision: RequestRevision, today: date) -> Iterator[str]:
    letters = letters_in_use(revision)
    for each in ethics.approvals_run_out(letters, today=today):
        day = date_format(each.valid_until)
        yield f"The approval of {each.board} ({each.number}) ran out on {day}."
    for each in ethics.approvals_not_begun(letters, today=today):
        day = date_format(each.valid_from)
        yield f"The approval of {each.board} ({each.number}) begins on {day}."


def _blocks(revision: RequestRevision, *, for_all: bool) -> Iterator[str]:
    asked = Community.objects.filter(reviews__revision=revision).distinct()
    document = read_back(revision.text)
    for community in communities_that_block(document, revision.request.applicant, asked):
        what = "take part just now" if for_all else "take this request"
        yield f"{community.name} does not {what}."
