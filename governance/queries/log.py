from django.db.models import QuerySet

from governance.models import AccessEvent, Community, User
from governance.queries.communities import communities_where
from governance.rules import Verb, platform_may


def events_visible_to(user: User) -> QuerySet[AccessEvent]:
    """The whole log for auditors and admins, their own community's for its people."""
    events = AccessEvent.objects.select_related("community", "actor").order_by("-pk")
    if user.is_authenticated and platform_may(user.platform_role, Verb.READ_LOG):
        return events
    return events.filter(community__in=communities_where(user, Verb.READ_OWN_LOG))


def communities_in_log(user: User) -> QuerySet[Community]:
    """The communities by which this person may narrow the log."""
    if user.is_authenticated and platform_may(user.platform_role, Verb.READ_LOG):
        return Community.objects.order_by("name")
    return communities_where(user, Verb.READ_OWN_LOG).order_by("name")
