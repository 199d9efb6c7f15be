"""May this person do this? Asked first by every action."""

from consent.grants.charter import parse_charter
from governance.errors import NotAllowed
from governance.models import Community, Membership, User
from governance.queries import charter_in_force, membership_for
from governance.rules import CommunityRole, PlatformRole, Verb, community_may, platform_may


def require(user: User, verb: Verb, *, community: Community | None = None) -> Membership | None:
    """Return the membership that carries the verb, or None for a verb of a platform role.

    Args:
        community: where the verb is to be done; None asks for the person's platform role.
    Raises:
        NotAllowed: no role of this person carries the verb there.
    """
    if community is not None:
        return require_member(user, verb, community)
    if not _signed_in(user) or not platform_may(user.platform_role, verb):
        raise _refusal(verb)
    return None


def require_member(user: User, verb: Verb, community: Community) -> Membership:
    """Return the membership in this community that carries the verb.

    Raises:
        NotAllowed: there is none.
    """
    # Who works for the platform or asks it for models has no say in a community, even if
    # a membership row were put into the database by hand.
    if not _signed_in(user) or user.platform_role is not PlatformRole.MEMBER:
        raise _refusal(verb)
    for membership in membership_for(user, community):
        if community_may([CommunityRole(membership.role)], verb):
            return membership
    raise _refusal(verb)


def require_seated(user: User, verb: Verb, community: Community) -> Membership:
    """Return the membership that carries the verb, if the charter in force names its steward.

    For what a steward does alone and unsigned: a role in the database is not enough for it where
    the stewards have signed who they are. Before a first charter the role has to do.

    Raises:
        NotAllowed: there is no such membership, or the charter does not name her.
    """
    membership = require_member(user, verb, community)
    charter = charter_in_force(community)
    if charter is not None:
        named = {steward.id for steward in parse_charter(charter.statement.text.encode()).stewards}
        if membership.steward_id not in named:
            raise NotAllowed("You are a steward, but the charter in force does not name you.")
    return membership


def _signed_in(user: User) -> bool:
    return user.is_authenticated and user.is_active


def _refusal(verb: Verb) -> NotAllowed:
    return NotAllowed(f"Your role does not let you {verb}.")
