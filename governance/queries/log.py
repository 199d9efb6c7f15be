from django.db.models import QuerySet

from governance.models import AccessEvent, User
from governance.queries.communities import communities_where
from governance.rules import Verb, platform_may


def events_visible_to(user: User) -> QuerySet[AccessEvent]:
    """The whole log for auditors and admins, their own community's for its people."""
    events = AccessEvent.objects.select_related("community", "actor").order_by("-pk")
    if user.is_authenticated and platform_may(user.platform_role, Verb.READ_LOG):
        return events
    return events.filter(community__in=communities_where(user, Verb.READ_OWN_LOG))
