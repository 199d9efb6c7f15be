from django.db.models import QuerySet

from governance.models import Community, Membership, User
from governance.rules import COMMUNITY_VERBS, CommunityRole, PlatformRole, Verb


def communities_of(user: User) -> QuerySet[Community]:
    """Communities in which this person has a role now, whatever the role."""
    return communities_where(user, Verb.READ_COMMUNITY)


def communities_where(user: User, verb: Verb) -> QuerySet[Community]:
    """Communities in which this person has a role that carries the verb, now."""
    if not user.is_authenticated or user.platform_role is not PlatformRole.MEMBER:
        return Community.objects.none()
    roles = [role.value for role, verbs in COMMUNITY_VERBS.items() if verb in verbs]
    held = Membership.objects.filter(user=user, until__isnull=True, role__in=roles)
    return Community.objects.filter(pk__in=held.values("community"))


def membership_for(user: User, community: Community) -> list[Membership]:
    """This person's memberships in force in one community; the steward's comes first."""
    held = Membership.objects.filter(user_id=user.pk, community=community, until__isnull=True)
    held = held.select_related("user", "community")
    return sorted(held, key=lambda m: (m.role != CommunityRole.STEWARD.value, m.pk))


def members_of(community: Community) -> QuerySet[Membership]:
    held = Membership.objects.filter(community=community, until__isnull=True)
    return held.select_related("user").order_by("role", "shown_name", "pk")


def stewards_of(community: Community) -> QuerySet[Membership]:
    return members_of(community).filter(role=CommunityRole.STEWARD.value)


def roles_of(user: User) -> frozenset[CommunityRole]:
    """Return the roles this person has now in any community."""
    held = Membership.objects.filter(user_id=user.pk, until__isnull=True)
    return frozenset(CommunityRole(role) for role in held.values_list("role", flat=True))


def roles_in(user: User, community: Community) -> frozenset[CommunityRole]:
    """Return the roles this person has now in one community."""
    return frozenset(CommunityRole(held.role) for held in membership_for(user, community))


def account_exists(email: str) -> bool:
    return User.objects.filter(email=email).exists()


def memberships_of(user: User) -> QuerySet[Membership]:
    """This person's roles in communities now, by community."""
    held = Membership.objects.filter(user_id=user.pk, until__isnull=True)
    return held.select_related("community").order_by("community__slug", "role")


def community_named(slug: str) -> Community | None:
    """For the shell only: not scoped to anybody."""
    return Community.objects.filter(slug=slug).first()
