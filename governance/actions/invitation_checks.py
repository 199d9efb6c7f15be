"""May this invitation be made: by this person, for these roles, these days, this term?"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils import timezone

from governance.actions.permissions import require_member, require_seated
from governance.errors import NotAllowed, NotReady
from governance.models import Community, Membership, User
from governance.queries.communities import in_force
from governance.queries.people import bodies_of
from governance.rules import CommunityRole, PlatformRole, Verb

DAYS = (1, 60)
"""The least and the greatest number of days for which a link works."""


def must_be_own(actor: User, platform_role: PlatformRole, community: Community | None) -> None:
    if community is None or platform_role is not PlatformRole.MEMBER:
        raise NotAllowed("You can invite people into your own community only.")
    require_member(actor, Verb.INVITE, community)


def must_be_hers_to_offer(actor: User, community: Community, role: CommunityRole) -> None:
    """Let stewards alone have the link to a steward's role.

    Whoever holds it can come in by it, and a steward reads every other steward's answers.

    Raises:
        NotAllowed: the role is a steward's, and the actor no steward whom the charter names.
    """
    if role is CommunityRole.STEWARD:
        require_seated(actor, Verb.MANAGE_PEOPLE, community)


def must_go_together(
    platform_role: PlatformRole, community: Community | None, community_role: CommunityRole | None
) -> None:
    if (community is None) != (community_role is None):
        raise NotReady("A community and a role in it go together.")
    if community is not None and platform_role is not PlatformRole.MEMBER:
        raise NotReady("Who has a role in a community cannot have one on the platform too.")


def must_fit(
    held: User | None,
    platform_role: PlatformRole,
    community: Community | None,
    community_role: CommunityRole | None,
) -> None:
    """Refuse a role that an account cannot take beside the one it has."""
    if held is None:
        return
    if held.platform_role is not platform_role:
        raise NotReady("That account has another role on the platform. Roles never mix.")
    same = Membership.objects.filter(
        in_force(), user=held, community=community, role=community_role
    )
    if community is None or same.exists():
        raise NotReady("That person has this role already.")


def must_make_sense(
    days: int, community: Community | None, bodies: Sequence[str], term_until: datetime | None
) -> None:
    least, most = DAYS
    if not least <= days <= most:
        raise NotReady(f"A link works for {least} to {most} days.")
    if community is None and (bodies or term_until):
        raise NotReady("Bodies and terms belong to a role in a community.")
    if community is not None:
        known = set(bodies_of(community).values_list("slug", flat=True))
        if unknown := sorted(set(bodies) - known):
            raise NotReady(f"There is no body {unknown[0]} in this community.")
    if term_until is not None and term_until <= timezone.now() + timedelta(days=days):
        raise NotReady("The term must last longer than the link works.")
