"""How long a community gives itself and others. It moves reminders, and nothing else."""

from dataclasses import asdict

from django.db import transaction

from consent.models import ReviewTimes
from consent.times import Times
from governance.actions.audit import record
from governance.actions.permissions import require_member
from governance.models import Community, User
from governance.rules import Verb


@transaction.atomic
def set_times(community_id: int, *, actor: User, times: Times) -> ReviewTimes:
    """Set all four times.

    Raises:
        NotAllowed: neither a steward nor a convenor here.
    """
    community = Community.objects.select_for_update().get(pk=community_id)
    own = require_member(actor, Verb.CONVENE, community)
    row, _new = ReviewTimes.objects.update_or_create(
        community=community, defaults=asdict(times) | {"changed_by": own}
    )
    subject = f"community:{community.slug}"
    said = ", ".join(f"{name} {days}" for name, days in asdict(times).items())
    record("times.set", actor=actor, subject=subject, community=community, reason=said)
    return row
