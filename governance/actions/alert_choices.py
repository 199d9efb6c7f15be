"""How each person is told, and letters that somebody takes along."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from governance.actions.audit import record
from governance.actions.permissions import require_member
from governance.errors import NotReady
from governance.models import Alert, AlertChoice, Community, Membership, User
from governance.queries import communities_of
from governance.queries.alerts import alerts_waiting, letters_of
from governance.rules import Channel, Pace, Verb


@transaction.atomic
def choose(*, actor: User, channel: Channel, pace: Pace) -> AlertChoice:
    """Set how this person is told from now on. It is hers alone to say.

    What came up while she wanted to hear nothing is not told afterwards, in one heap.

    Raises:
        NotReady: letters, and no community of hers that could hand them to her.
    """
    User.objects.select_for_update(no_key=True).get(pk=actor.pk)
    if channel is Channel.LETTER and not communities_of(actor).exists():
        raise NotReady(_("Letters are handed over in a community, and you belong to none."))
    before = AlertChoice.objects.filter(user=actor).first()
    if before is not None and before.channel == Channel.NONE.value != channel.value:
        alerts_waiting().filter(user=actor).update(given_up_at=timezone.now())
    choice, _new = AlertChoice.objects.update_or_create(
        user=actor, defaults={"channel": channel.value, "pace": pace.value}
    )
    record("alerts.choose", actor=actor, subject=f"user:{actor.pk}")
    return choice


@transaction.atomic
def hand_over(membership_id: int, *, actor: User) -> int:
    """Note that somebody was told by hand of all that waits for her here; return how many.

    Raises:
        NotAllowed: neither a steward nor a convenor here.
        NotReady: nothing waits for her here, or it was handed over already.
    """
    whom = Membership.objects.select_related("community").get(pk=membership_id)
    community = Community.objects.select_for_update().get(pk=whom.community_id)
    by = require_member(actor, Verb.HAND_LETTERS, community)
    waiting = [alert.pk for alert in letters_of(community).get(whom.user_id, [])]
    if not waiting:
        raise NotReady(_("No letter waits for this person now."))
    rows = Alert.objects.filter(pk__in=waiting)
    rows.update(handed_over_at=timezone.now(), handed_over_by=by)
    subject = f"person:{whom.public_id}"
    record("letter.hand", actor=actor, subject=subject, community=community)
    return len(waiting)
