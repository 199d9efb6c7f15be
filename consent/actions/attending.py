"""Looking after a request: who does, that it was seen, and whether all is there.

None of this decides anything, and none of it holds an answer back.
"""

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from consent.actions.standing import locked
from consent.errors import NotNow, StandsBack
from consent.models import Review
from consent.queries.deliberation import people_who_attend, stands_back
from consent.queries.talk import researchers_of
from consent.rules import Completeness, ReviewState
from consent.saying import said
from consent.talking import MAX_NOTE
from governance.actions.alerts import tell
from governance.actions.audit import record
from governance.actions.permissions import require_member
from governance.models import Membership, User
from governance.rules import Verb


@transaction.atomic
def assign(review_id: int, *, actor: User, membership_id: int | None) -> Review:
    """Say who looks after a request; it gives her no more say.

    Args:
        membership_id: one of the community's own stewards and convenors; None for nobody.
    Raises:
        NotAllowed: the actor does not look after requests here. StandsBack: she has a part in it.
        NotNow: the review is over, or the person chosen cannot look after it.
    """
    review, _own = locked_for(review_id, actor)
    _must_be_open(review)
    chosen = _chosen(review, membership_id) if membership_id is not None else None
    if review.assigned_to_id == (chosen.pk if chosen else None):
        return review
    review.assigned_to = chosen
    review.save(update_fields=["assigned_to"])
    # To whom stands on the review's page: the log goes to the platform's auditors, too.
    _record("review.assign" if chosen else "review.assign-nobody", review, actor)
    if chosen is not None and chosen.user_id != actor.pk:
        tell(
            [chosen.user],
            key=f"review:{review.public_id}:assigned:{timezone.now():%Y%m%d%H%M%S}",
            path=reverse("consent:review_care", args=[review.public_id]),
            community=review.community,
        )
    return review


@transaction.atomic
def acknowledge(review_id: int, *, actor: User) -> Review:
    """Let the researchers know that somebody looks at it; they learn nothing else.

    Raises:
        NotAllowed, StandsBack: as for ``assign``.
        NotNow: the review is over, or they were told before.
    """
    review, _own = locked_for(review_id, actor)
    _must_be_open(review)
    if review.acknowledged_at is not None:
        raise NotNow(_("They were told before that somebody looks at it."))
    review.acknowledged_at = timezone.now()
    review.save(update_fields=["acknowledged_at"])
    _record("review.seen", review, actor)
    request = review.revision.request
    tell(
        researchers_of(request),
        key=f"review:{review.public_id}:seen",
        path=reverse("consent:messages", args=[request.public_id]),
    )
    return review


@transaction.atomic
def check(review_id: int, *, actor: User, found: Completeness, note: str = "") -> Review:
    """Write down whether all is there, with a note for the community. May be done anew.

    Raises:
        NotAllowed, StandsBack: as for ``assign``.
        NotNow: the review is over. Incomplete: the note is too long or cannot be read.
    """
    review, membership = locked_for(review_id, actor)
    _must_be_open(review)
    review.completeness = found.value
    review.completeness_note = said("note", note, MAX_NOTE, optional=True)
    review.completeness_by = membership
    review.completeness_at = timezone.now()
    review.save(
        update_fields=[
            "completeness",
            "completeness_note",
            "completeness_by",
            "completeness_at",
        ]
    )
    _record("review.check", review, actor)
    return review


def locked_for(review_id: int, actor: User) -> tuple[Review, Membership]:
    """Return the review, locked after its request, and the membership of who acts on it.

    Raises:
        NotAllowed: she does not look after requests here. StandsBack: she has a part in it.
    """
    review = locked(review_id)
    membership = require_member(actor, Verb.ATTEND, review.community)
    if why := stands_back(review, actor):
        raise StandsBack(why)
    return review, membership


def _chosen(review: Review, membership_id: int) -> Membership:
    for held in people_who_attend(review):
        if held.pk == membership_id:
            return held
    raise NotNow(_("This person cannot look after this request."))


def _must_be_open(review: Review) -> None:
    if review.state != ReviewState.OPEN:
        raise NotNow(_("This is over, so nobody needs to look after it any more."))


def _record(verb: str, review: Review, actor: User) -> None:
    record(
        verb,
        actor=actor,
        subject=f"review:{review.public_id}",
        community=review.community,
        correlation=str(review.revision.request.public_id),
    )
