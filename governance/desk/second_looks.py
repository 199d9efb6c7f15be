"""What was proposed and waits for a second steward, on the desk of every steward there."""

from django.urls import reverse
from django.utils.translation import gettext as _

from governance.models import SecondLook, User
from governance.navigation import Waiting
from governance.queries.second_looks import looks_waiting
from governance.second_look_words import proposed_in_words


def waiting_for(user: User) -> list[Waiting]:
    """Return one line for each proposal, for its proposer and the one concerned as well."""
    return [
        Waiting(
            f"{look.community.name}: {proposed_in_words(look)} {_needed(look, user)}",
            reverse("governance:second-look", args=[look.community.slug, look.public_id]),
        )
        for look in looks_waiting(user)
    ]


def _needed(look: SecondLook, user: User) -> str:
    if look.membership and look.membership.user_id == user.pk:
        return _("This is about you. A second steward has to confirm it.")
    if look.proposed_by.user_id == user.pk:
        return _("That is your proposal. A second steward has to confirm it.")
    return _("Confirm it or drop it.")
