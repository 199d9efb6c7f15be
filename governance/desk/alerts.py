"""Letters that wait to be handed over, on the desk of those who may."""

from django.urls import reverse
from django.utils.translation import ngettext

from governance.models import User
from governance.navigation import Waiting
from governance.queries import communities_where
from governance.queries.alerts import letters_of, told_by_letter
from governance.rules import Verb


def waiting_for(user: User) -> list[Waiting]:
    """Return one line for each community in which somebody waits for a letter."""
    found = []
    for community in told_by_letter(communities_where(user, Verb.HAND_LETTERS)):
        if people := len(letters_of(community)):
            text = ngettext(
                "%(name)s: a letter to one person waits to be handed over.",
                "%(name)s: letters to %(n)s people wait to be handed over.",
                people,
            )
            told = {"name": community.name, "n": people}
            found.append(Waiting(text % told, reverse("governance:letters", args=[community.slug])))
    return found
