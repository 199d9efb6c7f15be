"""What a community says among itself: sealed before it is stored, never changed."""

import uuid

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from consent.actions.attending import locked_for
from consent.errors import NotNow, ReadersChanged
from consent.models import Message, Review
from consent.queries.deliberation import people_who_deliberate
from consent.queries.readers import readers_among_themselves
from consent.rules import Audience, MessageKind, ReviewState
from consent.saying import said
from consent.talking import AMONG_THEMSELVES, MAX_TEXT
from governance.actions.alerts import tell
from governance.actions.audit import record
from governance.actions.permissions import require_member
from governance.actions.sealing import seal
from governance.models import User
from governance.rules import Verb


@transaction.atomic
def say(review_id: int, *, actor: User, text: str, readers: str) -> Message:
    """Say something to the other stewards and convenors who deal with a request.

    Args:
        readers: the mark of the readers that were shown.
    Raises:
        NotAllowed: no role that talks in private here. StandsBack: she stepped aside or is named.
        ReadersChanged, Incomplete: nothing was kept. NotNow: a newer text took its place.
        CannotUnseal: the community's key does not open.
    """
    review, _attending = locked_for(review_id, actor)
    membership = require_member(actor, Verb.DELIBERATE, review.community)
    if ReviewState(review.state) not in AMONG_THEMSELVES:
        raise NotNow(_("A newer text took the place of this one. Please go on there."))
    if readers_among_themselves(review).mark != readers:
        raise ReadersChanged(_("Who reads this has changed. Please look again, then keep it."))
    words = said("text", text, MAX_TEXT)
    public_id = uuid.uuid4()
    message = Message.objects.create(
        public_id=public_id,
        review=review,
        audience=Audience.COMMUNITY.value,
        kind=MessageKind.REMARK.value,
        author=actor,
        membership=membership,
        sealed=seal(review.community, words, context=f"message:{public_id}"),
    )
    record(
        "deliberation.say",
        actor=actor,
        subject=f"review:{review.public_id}",
        community=review.community,
    )
    _tell_others(review, actor)
    return message


def _tell_others(review: Review, actor: User) -> None:
    """Once a day is enough: people who talk to each other need no letter for each sentence."""
    tell(
        [held.user for held in people_who_deliberate(review) if held.user_id != actor.pk],
        key=f"review:{review.public_id}:talk:{timezone.localdate():%Y%m%d}",
        path=reverse("consent:review_deliberation", args=[review.public_id]),
        community=review.community,
    )
