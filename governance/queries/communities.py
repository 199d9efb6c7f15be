from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from governance.models import Community, Membership, User
from governance.rules import COMMUNITY_VERBS, CommunityRole, PlatformRole, Verb


def in_force(at: datetime | None = None) -> Q:
    """Memberships whose term has not ended at that time; now, if none is given."""
    return Q(until__isnull=True) | Q(until__gt=at or timezone.now())


def communities_of(user: User) -> QuerySet[Community]:
    """Communities in which this person has a role now, whatever the role."""
    return communities_where(user, Verb.READ_COMMUNITY)


def communities_where(user: User, verb: Verb) -> QuerySet[Community]:
    """Communities in which this person has a role that carries the verb, now."""
    if not user.is_authenticated or user.platform_role is not PlatformRole.MEMBER:
        return Community.objects.none()
    roles = [role.value for role, verbs in COMMUNITY_VERBS.items() if verb in verbs]
    held = Membership.objects.filter(in_force(), user=user, role__in=roles)
    return Community.objects.filter(pk__in=held.values("community"))


def membership_for(user: User, community: Community) -> list[Membership]:
    """This person's memberships in force in one community; the steward's comes first."""
    held = Membership.objects.filter(in_force(), user_id=user.pk, community=community)
    held = held.select_related("user", "community")
    return sorted(held, key=lambda m: (m.role != CommunityRole.STEWARD.value, m.pk))


def members_of(community: Community) -> QuerySet[Membership]:
    held = Membership.objects.filter(in_force(), community=community)
    return held.select_related("user").order_by("role", "shown_name", "pk")


def stewards_of(community: Community) -> QuerySet[Membership]:
    return members_of(community).filter(role=CommunityRole.STEWARD.value)


def roles_of(user: User) -> frozenset[CommunityRole]:
    """Return the roles this person has now in any community."""
    held = Membership.objects.filter(in_force(), user_id=user.pk)
    return frozenset(CommunityRole(role) for role in held.values_list("role", flat=True))


def roles_in(user: User, community: Community) -> frozenset[CommunityRole]:
    """Return the roles this person has now in one community."""
    return frozenset(CommunityRole(held.role) for held in membership_for(user, community))


def account_exists(email: str) -> bool:
    return User.objects.filter(email=email).exists()


def memberships_of(user: User) -> QuerySet[Membership]:
    """This person's roles in communities now, by community."""
    held = Membership.objects.filter(in_force(), user_id=user.pk)
    return held.select_related("community").order_by("community__slug", "role")


def community_named(slug: str) -> Community | None:
    """For the shell only: not scoped to anybody."""
    return Community.objects.filter(slug=slug).first()


def people_with(community: Community, *verbs: Verb) -> list[User]:
    """Return the people who have any of the verbs in a community now, each once; for alerts."""
    roles = [role.value for role, held in COMMUNITY_VERBS.items() if held & set(verbs)]
    found = User.objects.filter(
        is_active=True,
        memberships__in=Membership.objects.filter(in_force(), community=community, role__in=roles),
    )
    return list(found.distinct().order_by("pk"))
