"""What the community's own words leave for a steward to do."""

from django.urls import reverse
from django.utils.translation import ngettext

from governance.models import User
from governance.navigation import Waiting
from governance.queries.voices import voices_waiting


def waiting_for(user: User) -> list[Waiting]:
    """Return one line for each community in which wordings wait for this steward's eyes."""
    return [
        Waiting(
            ngettext(
                "{n} clause in our own words waits for a second person ({community}).",
                "{n} clauses in our own words wait for a second person ({community}).",
                row["waiting"],
            ).format(n=row["waiting"], community=row["name"]),
            reverse("governance:voices", args=[row["slug"]]) + "?state=unconfirmed",
        )
        for row in voices_waiting(user)
    ]
