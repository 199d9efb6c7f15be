"""What labels leave for a steward to do: clauses to confirm, holds to look at."""

from django.urls import reverse
from django.utils.translation import gettext as _

from governance.labels import library
from governance.models import AppliedLabel, User
from governance.navigation import Waiting
from governance.queries.labels import holds_waiting, offers_waiting


def waiting_for(user: User) -> list[Waiting]:
    """Return the labels that wait for this steward, holds first: they keep researchers out."""
    return [
        *[
            Waiting(
                _("A label holds {dataset} back. A second steward must look at it.").format(
                    dataset=applied.dataset.title
                ),
                _url(applied),
            )
            for applied in holds_waiting(user)
        ],
        *[
            Waiting(
                _("{label} on {dataset} asks for a clause: confirm or decline.").format(
                    label=library()[applied.code].name, dataset=applied.dataset.title
                ),
                _url(applied),
            )
            for applied in offers_waiting(user)
            if applied.code in library()
        ],
    ]


def _url(applied: AppliedLabel) -> str:
    return reverse("governance:label", args=[applied.community.slug, applied.public_id])
