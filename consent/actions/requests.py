"""What a researcher does with a request: draft, submit, withdraw."""

import json
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from consent.actions import crew, reviews, revisions
from consent.actions.gate import refuse_blocked
from consent.actions.ownership import own
from consent.document import MAX_DOCUMENT_BYTES, build
from consent.errors import Incomplete
from consent.jobs import JobFacts
from consent.models import TrainingRequest
from consent.queries import approvals_of, attachments_of
from consent.reading import Reader
from consent.rules import RequestState, RequestVerb, next_request_state
from consent.terms import TERMS_DIGEST
from governance.actions.audit import record
from governance.actions.permissions import require
from governance.models import Dataset, User
from governance.queries import datasets_held, datasets_listed
from governance.rules import Verb

__all__ = ["draft", "save_draft", "submit", "withdraw"]

MAX_TITLE = 160


@transaction.atomic
def draft(*, actor: User, title: str, fields: Mapping[str, Any]) -> TrainingRequest:
    """Begin a request. Nothing in it is checked but its size: a draft may be half done.

    Raises:
        governance.errors.NotAllowed: not a researcher.
        Incomplete: no title, or too long.
    """
    require(actor, Verb.ASK)
    request = TrainingRequest.objects.create(
        applicant=actor, title=_title(title), draft=_storable(fields)
    )
    record("request.draft", actor=actor, subject=f"request:{request.public_id}")
    return request


@transaction.atomic
def save_draft(
    request_id: int, *, actor: User, title: str, fields: Mapping[str, Any]
) -> TrainingRequest:
    """Keep the form as it is now.

    Raises:
        governance.errors.NotAllowed, NotAllowed: not a researcher; another one's request.
        TransitionRefused: it is with the communities, or withdrawn.
        Incomplete: no title, or too long.
    """
    request = own(request_id, actor)
    # What cannot be submitted any more cannot be changed either.
    next_request_state(RequestState(request.state), RequestVerb.SUBMIT)
    title = _title(title)
    if request.state == RequestState.DRAFT:
        request.title, request.draft = title, _storable(fields)
    else:
        # Stewards read the title in their lists meanwhile: it changes with the text, not before.
        request.draft = _storable({**fields, "title": title})
    request.save(update_fields=["title", "draft", "updated_at"])
    return request


@transaction.atomic
def submit(request_id: int, *, actor: User, job: JobFacts, note: str = "") -> TrainingRequest:
    """Put the draft to the communities, word for word as it is now.

    Of a request that is being changed it makes the next revision, which every community reads
    anew; reviews of older ones end.

    Args:
        job: the catalogue job with this draft's settings, already checked.
        note: what changed and why; of a change only, and then required.
    Raises:
        governance.errors.NotAllowed, NotAllowed: not a researcher; another one's request.
        TransitionRefused: it is neither a draft nor being changed.
        Incomplete: with one sentence for each field that cannot be used; ``note`` among them.
        governance.errors.NotReady: a community lost its charter or protocol meanwhile.
    """
    request = own(request_id, actor)
    request.state = next_request_state(RequestState(request.state), RequestVerb.SUBMIT).value
    document = build(
        title=request.title_in_writing,
        fields=request.draft,
        job=job,
        attachments=attachments_of(request),
        approvals=approvals_of(request),
    )
    datasets = datasets_asked(document)
    refuse_blocked(document, datasets, applicant=actor)
    revision = revisions.write_down(request, document, note=note)
    request.title = document["title"]
    request.submitted_at, request.terms_digest = timezone.now(), TERMS_DIGEST
    request.save(update_fields=["title", "state", "submitted_at", "terms_digest", "updated_at"])
    crew.name_people(request, document["people"])
    record(
        "request.submit",
        actor=actor,
        subject=f"request:{request.public_id}",
        document_digest=revision.digest,
    )
    answered = revisions.replace_older(revision, actor=actor)
    revisions.tell_of(revision, reviews.open_reviews(revision, datasets=datasets), answered)
    return request


@transaction.atomic
def withdraw(request_id: int, *, actor: User) -> TrainingRequest:
    """Take a request back before it is decided. Open reviews close, and their texts fall.

    A community's yes that is already there stays a grant; nothing runs under it alone.

    Raises:
        governance.errors.NotAllowed, NotAllowed: not a researcher; another one's request.
        TransitionRefused: it is decided or withdrawn already.
    """
    request = own(request_id, actor)
    request.state = next_request_state(RequestState(request.state), RequestVerb.WITHDRAW).value
    request.save(update_fields=["state", "updated_at"])
    record("request.withdraw", actor=actor, subject=f"request:{request.public_id}")
    reviews.withdraw_all(request, actor=actor)
    return request


def _title(title: str) -> str:
    problems: dict[str, str] = {}
    title = Reader({"title": title}, problems).text("title", MAX_TITLE, line=True)
    if problems:
        raise Incomplete(problems)
    return title


def _storable(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the form for the JSON column, which holds neither NaN nor a zero character."""
    kept = dict(fields)
    try:
        # As it is written, so that no script of the world takes more room than it needs.
        text = json.dumps(kept, allow_nan=False, ensure_ascii=False)
        size = len(text.encode())
    except UnicodeEncodeError as error:
        raise Incomplete({"": "The request holds a character that cannot be kept."}) from error
    except ValueError as error:
        raise Incomplete({"": "The request holds a number that is none."}) from error
    if size > MAX_DOCUMENT_BYTES:
        raise Incomplete({"": "The request is too long as a whole."})
    if "\\u0000" in text:
        raise Incomplete({"": "The request holds a character that cannot be kept."})
    return kept


def datasets_asked(document: Mapping[str, Any]) -> list[Dataset]:
    """Return the datasets that the document names, or say why they cannot be asked for.

    One that is hidden is *unknown*, like one that never was: its existence is not told.
    """
    wanted: list[str] = document["datasets"]
    found = list(datasets_listed().filter(slug__in=wanted).order_by("community__slug"))
    unknown = sorted(set(wanted) - {dataset.slug for dataset in found})
    if unknown:
        if (held := datasets_held().filter(slug__in=unknown).first()) is not None:
            raise Incomplete(
                {"datasets": f"{held.title} is held back: a label on it waits for a look."}
            )
        raise Incomplete({"datasets": f"There is no dataset {unknown[0]} to ask for."})
    if len({dataset.community_id for dataset in found}) != len(found):
        raise Incomplete({"datasets": "Choose one dataset of each community."})
    for dataset in found:
        missing = sorted(set(document["variables"]) - set(dataset.variable_names))
        if missing:
            raise Incomplete({"variables": f"{dataset.title} has no variable {missing[0]}."})
    return found
