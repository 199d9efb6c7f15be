"""Quiet times: mourning, ceremony, harvest. No reminder leaves, and timers wait (R-24)."""

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from governance.actions.audit import record
from governance.actions.permissions import require_member
from governance.errors import NotReady
from governance.models import Community, QuietTime, User
from governance.rules import Verb

MAX_DAYS = 366
"""Longer than a year is no quiet time: a community that stops uses a pause."""


@transaction.atomic
def keep_quiet(
    *, community_id: int, actor: User, starts: date, ends: date, reason: str = ""
) -> QuietTime:
    """Set days on which nothing leaves the platform for the community's people.

    Args:
        ends: the last quiet day; at most 366 days from ``starts``.
    Raises:
        NotAllowed: neither a steward nor a convenor here.
        NotReady: the days are over, the wrong way round, or too many.
    """
    community = Community.objects.select_for_update().get(pk=community_id)
    require_member(actor, Verb.CONVENE, community)
    if ends < starts:
        raise NotReady(_("The last day comes after the first."))
    if ends < timezone.localdate():
        raise NotReady(_("These days are over."))
    if ends - starts >= timedelta(days=MAX_DAYS):
        raise NotReady(_("At most {n} days, please.").format(n=MAX_DAYS))
    quiet = QuietTime.objects.create(
        community=community, starts=starts, ends=ends, reason=reason.strip(), made_by=actor
    )
    _record("quiet.keep", quiet, actor)
    return quiet


@transaction.atomic
def lift(quiet_id: int, *, actor: User) -> QuietTime:
    """End a quiet time early; today is not quiet any more.

    Raises:
        NotAllowed: neither a steward nor a convenor here.
        NotReady: it is over or lifted already.
    """
    quiet = (
        QuietTime.objects.select_for_update(of=("self",))
        .select_related("community")
        .get(pk=quiet_id)
    )
    require_member(actor, Verb.CONVENE, quiet.community)
    if quiet.lifted_at is not None or quiet.ends < timezone.localdate():
        raise NotReady(_("This quiet time is over."))
    quiet.lifted_at = timezone.now()
    quiet.save(update_fields=["lifted_at"])
    _record("quiet.lift", quiet, actor)
    return quiet


def _record(verb: str, quiet: QuietTime, actor: User) -> None:
    record(verb, actor=actor, subject=f"quiet:{quiet.pk}", community=quiet.community)
