"""Incidents that nobody has looked at, on the desk of those who deal with them."""

from django.urls import reverse
from django.utils.translation import gettext as _

from consent.queries.incidents import incidents_to_see
from governance.models import User
from governance.navigation import Waiting

MOST = 10


def incidents_waiting(user: User) -> list[Waiting]:
    return [
        Waiting(
            _("%(name)s: look at an incident: %(title)s")
            % {"name": held.community.name, "title": held.incident.title},
            reverse("consent:incident", args=[held.community.slug, held.incident.public_id]),
        )
        for held in incidents_to_see(user)[:MOST]
    ]
