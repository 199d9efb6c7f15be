"""What waits for a person in this app: texts to sign, and the first steps of a new community."""

from django.urls import reverse
from django.utils.translation import gettext as _

from governance.models import Charter, Protocol, User
from governance.navigation import Waiting
from governance.queries import drafts_to_sign, without_charter, without_protocol


def waiting_for(user: User) -> list[Waiting]:
    """Return what a member of communities can do now in this app, most pressing first."""
    return [
        *[_to_sign(draft) for draft in drafts_to_sign(user)],
        *[
            Waiting(
                _("{community} has no charter yet: nobody can decide anything.").format(
                    community=community.name
                ),
                reverse("governance:community", args=[community.slug]),
            )
            for community in without_charter(user)
        ],
        *[
            Waiting(
                _("{community} has no protocol yet: researchers cannot ask.").format(
                    community=community.name
                ),
                reverse("governance:protocol-new", args=[community.slug]),
            )
            for community in without_protocol(user)
        ],
    ]


def _to_sign(draft: Charter | Protocol) -> Waiting:
    place = {"community": draft.community.name, "number": draft.number}
    args = [draft.community.slug, draft.pk]
    if isinstance(draft, Charter):
        text = _("Charter {number} of {community} waits for your answer.").format(**place)
        return Waiting(text, reverse("governance:charter", args=args))
    text = _("Protocol {number} of {community} waits for your answer.").format(**place)
    return Waiting(text, reverse("governance:protocol", args=args))
