"""People's roles: the bodies they sit in, how long a role lasts, and its end.

Every act locks the community's row first, so that two stewards who end each other's roles at the
same moment see each other: the community keeps enough stewards for its own rule.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from governance.actions.audit import record
from governance.actions.permissions import require_seated
from governance.actions.staffing import require_enough
from governance.errors import NotReady
from governance.models import Community, Membership, User
from governance.queries.people import bodies_of
from governance.rules import CommunityRole, Verb


@transaction.atomic
def set_bodies(membership_id: int, *, actor: User, bodies: Sequence[str]) -> Membership:
    """Say in which bodies a person sits. For a steward's signature the next charter counts.

    Raises:
        NotAllowed: not a steward whom the charter in force names.
        NotReady: the role has ended, or there is no such body.
    """
    membership = _locked(membership_id, actor)
    known = set(bodies_of(membership.community).values_list("slug", flat=True))
    if unknown := sorted(set(bodies) - known):
        raise NotReady(_("There is no body {slug}.").format(slug=unknown[0]))
    membership.bodies = sorted(set(bodies))
    membership.save(update_fields=["bodies"])
    _record("person.bodies", membership, actor)
    return membership


@transaction.atomic
def set_term(membership_id: int, *, actor: User, until: datetime | None) -> Membership:
    """Set when a role ends by itself: later, earlier, or never.

    Args:
        until: aware and in the future; None for a role without an end.
    Raises:
        NotAllowed: not a steward whom the charter in force names.
        NotReady: the role has ended, or the end lies in the past.
        TooFewStewards: from some moment on too few stewards would be left.
    """
    membership = _locked(membership_id, actor)
    if until is not None and until <= timezone.now():
        raise NotReady(_("The end of a term lies in the future. To end a role now, end it."))
    if until is not None and _earlier(until, membership.until):
        _keep_enough(membership, until)
    membership.until = until
    membership.save(update_fields=["until"])
    _record("person.term", membership, actor)
    return membership


@transaction.atomic
def set_seat(
    membership_id: int, *, actor: User, bodies: Sequence[str], until: datetime | None
) -> Membership:
    """Set bodies and term together: both, or neither. Raises: as the two acts by themselves.

    What is as it was before is left alone and leaves no trace in the log.
    """
    membership = _locked(membership_id, actor)
    if sorted(set(bodies)) != sorted(membership.bodies):
        membership = set_bodies(membership_id, actor=actor, bodies=bodies)
    if until != membership.until:
        membership = set_term(membership_id, actor=actor, until=until)
    return membership


@transaction.atomic
def end_role(membership_id: int, *, actor: User, reason: str) -> Membership:
    """End a role now. A steward signs nothing from this moment on.

    Nodes go on counting her key until the stewards adopt a charter without it.

    Args:
        reason: for the community only; the log does not tell it.
    Raises:
        NotAllowed: not a steward whom the charter in force names.
        NotReady: the role has ended already.
        TooFewStewards: from some moment on too few stewards would be left.
    """
    membership = _locked(membership_id, actor)
    now = timezone.now()
    _keep_enough(membership, now)
    membership.until, membership.end_reason = now, reason.strip()
    membership.save(update_fields=["until", "end_reason"])
    _record("person.end", membership, actor)
    return membership


def _locked(membership_id: int, actor: User) -> Membership:
    community_id = Membership.objects.values_list("community_id", flat=True).get(pk=membership_id)
    community = Community.objects.select_for_update().get(pk=community_id)
    require_seated(actor, Verb.MANAGE_PEOPLE, community)
    membership = Membership.objects.select_related("community").get(pk=membership_id)
    if membership.until is not None and membership.until <= timezone.now():
        raise NotReady(_("This role has ended."))
    return membership


def _keep_enough(membership: Membership, until: datetime) -> None:
    if membership.role == CommunityRole.STEWARD:
        require_enough(membership.community, changed=membership, until=until)


def _earlier(until: datetime, before: datetime | None) -> bool:
    return before is None or until < before


def _record(verb: str, membership: Membership, actor: User) -> None:
    record(
        verb,
        actor=actor,
        subject=f"member:{membership.public_id}",
        community=membership.community,
        reason=f"as {membership.role}",
    )
