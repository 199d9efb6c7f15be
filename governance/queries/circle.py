"""Who would decide together under a charter that is written today."""

from collections.abc import Collection

from consent.grants.charter import Charter
from governance.circle import Circle, circle_of
from governance.models import Community
from governance.queries.communities import stewards_of
from governance.queries.people import body_names


def circle_today(community: Community, *, without: Collection[str] = ()) -> Circle:
    """The stewards of today with their bodies, in the community's own words.

    Args:
        without: ids of stewards whom the charter is not to name.
    """
    seated = [s for s in stewards_of(community) if s.steward_id not in without]
    seats = tuple((s.steward_id, s.shown_name, tuple(s.bodies)) for s in seated)
    return Circle(seats, body_names(community))


def circle_in(charter: Charter, community: Community) -> Circle:
    """The stewards whom a charter names, in the community's own words of today."""
    return circle_of(charter, body_names(community))
