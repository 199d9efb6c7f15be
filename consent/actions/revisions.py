"""A request that changes: sent back, rewritten by its applicant, put to the communities anew."""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from consent.actions.ownership import own
from consent.actions.standing import close, conclude, locked
from consent.changes import changes
from consent.document import read_back, written
from consent.errors import ConflictOfInterest, Incomplete, TransitionRefused
from consent.grants.codec import digest
from consent.models import RequestRevision, Review, TrainingRequest
from consent.queries import has_part
from consent.queries.revisions import changes_asked, revisions_of
from consent.reading import Reader
from consent.rules import (
    RequestState,
    RequestVerb,
    ReviewState,
    ReviewVerb,
    WhyBack,
    next_request_state,
)
from governance.actions import statements
from governance.actions.alerts import tell
from governance.actions.audit import record
from governance.actions.permissions import require_seated
from governance.models import Ballot, Community, User
from governance.queries.communities import people_with
from governance.rules import Verb

MAX_NOTE = 2000  # characters, of what changed and why
MOST_A_DAY = 10  # new texts of one request: each lets every answer fall, and everybody is told
MAX_BACK_NOTE = 1800  # characters; what stands before it in the text takes the rest

SENT_BACK = "The request was sent back to be changed."
REPLACED = "The researcher changed the request, so a new text is put to you."

BACK_BECAUSE: dict[WhyBack, str] = {
    WhyBack.UNCLEAR: "Some of it is unclear to us. Please write it in plainer words.",
    WhyBack.MISSING: "Something is missing.",
    WhyBack.CHANGE: "We want something changed.",
    WhyBack.OTHER: "",
}

Answered = Mapping[int, Collection[User]]
"""Who had answered the older text, by the key of the community."""


@transaction.atomic
def send_back(review_id: int, *, actor: User, why: WhyBack, note: str = "") -> Review:
    """Ask the researcher for changes. The review ends, and every answer so far falls.

    It decides nothing: what comes back is put to everybody anew. So one steward may do it; all
    others are told (docs/adr/0020-revisions-and-amendments.md).

    Args:
        note: what the researcher is told beside ``why``; may be empty when it is UNCLEAR.
    Raises:
        NotAllowed: not a steward whom the charter in force names.
        ConflictOfInterest, SteppedAside: she has a part in the request, or stepped aside.
        TransitionRefused: the review is over, or of a text that is not the newest.
        Incomplete: nothing to go by in the note, or too much.
    """
    review = locked(review_id)
    membership = require_seated(actor, Verb.DECIDE, review.community)
    if has_part(review, actor):
        raise ConflictOfInterest("You are named in this request, so you cannot send it back.")
    statements.refuse_after_recusal(review.statement, membership)
    request = review.revision.request
    if review.revision != revisions_of(request).last():
        raise TransitionRefused("There is a newer text of this request. Send that one back.")
    review.sent_back_because = _because(why, note)
    review.sent_back_by = membership
    close(review, ReviewVerb.SEND_BACK)
    review.save(update_fields=["sent_back_because", "sent_back_by"])
    _move(request, RequestVerb.SEND_BACK)
    answered = _who_answered(review)
    statements.let_fall(review.statement, actor=actor, reason=SENT_BACK)
    _recorded("review.send-back", review, actor)
    _tell_sent_back(review, {*answered, *people_with(review.community, Verb.DECIDE)} - {actor})
    return review


@transaction.atomic
def change(request_id: int, *, actor: User) -> TrainingRequest:
    """Begin to write a change. Nothing happens to reviews and agreements before it is submitted.

    Raises:
        governance.errors.NotAllowed, NotAllowed: not a researcher; another one's request.
        TransitionRefused: it was not submitted yet, or is being changed, or withdrawn.
    """
    request = own(request_id, actor)
    _move(request, RequestVerb.CHANGE)
    record("request.change", actor=actor, subject=f"request:{request.public_id}")
    return request


@transaction.atomic
def keep(request_id: int, *, actor: User) -> TrainingRequest:
    """Leave the request as it was submitted. What she wrote meanwhile stays in her form.

    Raises:
        governance.errors.NotAllowed, NotAllowed: not a researcher; another one's request.
        TransitionRefused: it is not being changed; or a community asks for changes.
    """
    request = own(request_id, actor)
    asked = changes_asked(request)
    if request.state == RequestState.CHANGING and asked:
        raise TransitionRefused(
            f"{asked[0].community_name} asks for changes, so it cannot stay as it was. "
            "Change it, or withdraw it."
        )
    _move(request, RequestVerb.KEEP)
    record("request.keep", actor=actor, subject=f"request:{request.public_id}")
    conclude(request)
    return request


def write_down(
    request: TrainingRequest, document: Mapping[str, Any], *, note: str
) -> RequestRevision:
    """Keep a document as the request's next revision. Called inside the submitting transaction.

    Raises:
        TransitionRefused: there were too many within a day.
        Incomplete: from the second on, when nothing differs or ``note`` does not say what does.
    """
    before = revisions_of(request).last()
    text = written(document)
    problems: dict[str, str] = {}
    if before is not None:
        _not_too_many(request)
        note = Reader({"note": note}, problems).text("note", MAX_NOTE)
        if not changes(read_back(before.text), read_back(text)):
            problems[""] = "Nothing differs from the text that the communities have."
    if problems:
        raise Incomplete(problems)
    return RequestRevision.objects.create(
        request=request,
        number=before.number + 1 if before else 1,
        text=text,
        digest=digest(text.encode()),
        note=note if before else "",
    )


def _not_too_many(request: TrainingRequest) -> None:
    lately = timezone.now() - timedelta(days=1)
    if revisions_of(request).filter(submitted_at__gt=lately).count() >= MOST_A_DAY:
        raise TransitionRefused("You changed this request often enough for one day.")


def replace_older(revision: RequestRevision, *, actor: User) -> Answered:
    """End every open review of older revisions. Called inside the submitting transaction.

    Their texts fall with all answers: nobody's yes to one text counts for another.
    """
    reviews = (
        Review.objects.select_for_update(of=("self",))
        .filter(revision__request=revision.request, state=ReviewState.OPEN.value)
        .select_related("community", "statement", "revision__request")
        .order_by("pk")
    )
    answered: dict[int, set[User]] = {}
    for review in reviews:
        answered.setdefault(review.community_id, set()).update(_who_answered(review))
        close(review, ReviewVerb.REPLACE)
        statements.let_fall(review.statement, actor=actor, reason=REPLACED)
        _recorded("review.replace", review, actor)
    return answered


def tell_of(revision: RequestRevision, opened: Sequence[Review], answered: Answered) -> None:
    """Tell of a new revision: who decides on it, and whose answers to the older text fell."""
    if revision.number == 1:
        return
    for review in opened:
        people = {*people_with(review.community, Verb.DECIDE)}
        people.update(answered.get(review.community_id, ()))
        path = reverse("consent:review_changes", args=[review.public_id])
        tell(people, key=f"review:{review.public_id}:opened", path=path, community=review.community)
    asked = {review.community_id for review in opened}
    for community in Community.objects.filter(pk__in=answered.keys() - asked):
        people = {*people_with(community, Verb.DECIDE), *answered[community.pk]}
        key = f"request:{revision.request.public_id}:{revision.number}:not-asked"
        tell(people, key=key, path=reverse("consent:reviews"), community=community)


def _because(why: WhyBack, note: str) -> str:
    problems: dict[str, str] = {}
    optional = why is WhyBack.UNCLEAR
    note = Reader({"note": note}, problems).text("note", MAX_BACK_NOTE, optional=optional)
    if problems:
        raise Incomplete(problems)
    return "\n".join(filter(None, (BACK_BECAUSE[why], note)))


def _move(request: TrainingRequest, verb: RequestVerb) -> None:
    request.state = next_request_state(RequestState(request.state), verb).value
    request.save(update_fields=["state", "updated_at"])


def _who_answered(review: Review) -> set[User]:
    ballots = Ballot.objects.filter(statement=review.statement_id, replaced_at__isnull=True)
    return {ballot.membership.user for ballot in ballots.select_related("membership__user")}


def _recorded(verb: str, review: Review, actor: User) -> None:
    record(
        verb,
        actor=actor,
        subject=f"review:{review.public_id}",
        community=review.community,
        document_digest=review.revision.digest,
        correlation=str(review.revision.request.public_id),
    )


def _tell_sent_back(review: Review, people: Collection[User]) -> None:
    key = f"review:{review.public_id}:sent-back"
    tell(
        people,
        key=key,
        path=reverse("consent:review", args=[review.public_id]),
        community=review.community,
    )
    request = review.revision.request
    path = reverse("consent:request_changes", args=[request.public_id])
    tell([request.applicant], key=key, path=path)
