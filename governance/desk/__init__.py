"""What waits for a person in this app: texts to sign, and the first steps of a new community."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from governance.models import Charter, Conflict, Delegation, Membership, Protocol, User
from governance.navigation import Waiting
from governance.queries import drafts_to_sign, without_charter, without_protocol
from governance.queries.conflicts import conflicts_open_for
from governance.queries.delegations import delegations_to_sign
from governance.queries.people import terms_running_out

SOON_DAYS = 30
"""A term is told of 90 days ahead, and from here on as something to act on."""


def waiting_for(user: User) -> list[Waiting]:
    """Return what a member of communities can do now in this app, most pressing first."""
    return [
        *[_to_answer(conflict) for conflict in conflicts_open_for(user)],
        *[_to_sign(draft) for draft in drafts_to_sign(user)],
        *[_to_sign_delegation(delegation) for delegation in delegations_to_sign(user)],
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
        *[_runs_out(term) for term in terms_running_out(user)],
    ]


def _to_sign_delegation(delegation: Delegation) -> Waiting:
    community = delegation.community
    return Waiting(
        _("A delegation of {community} waits for your answer.").format(community=community.name),
        reverse("governance:delegation", args=[community.slug, delegation.public_id]),
    )


def _to_answer(conflict: Conflict) -> Waiting:
    community = conflict.statement.community
    text = _("{name} of {community} sees a conflict of interest in you. What do you say?")
    return Waiting(
        text.format(name=conflict.raised_by.shown_name, community=community.name),
        reverse("governance:conflict-answer", args=[community.slug, conflict.public_id]),
    )


def _runs_out(term: Membership) -> Waiting:
    """Tell 90 days ahead that a steward's term ends, and more plainly 30 days ahead."""
    assert term.until is not None  # noqa: S101  only such terms run out
    days = (term.until - timezone.now()).days
    if days >= SOON_DAYS:
        text = _("The term of {name} as steward of {community} ends in {days} days.")
    else:
        text = _(
            "Soon, in {days} days, the term of {name} as steward of {community} ends. "
            "Extend it, or adopt a charter without her."
        )
    return Waiting(
        text.format(name=term.shown_name, community=term.community.name, days=days),
        reverse("governance:member", args=[term.community.slug, term.public_id]),
    )


def _to_sign(draft: Charter | Protocol) -> Waiting:
    place = {"community": draft.community.name, "number": draft.number}
    args = [draft.community.slug, draft.pk]
    if isinstance(draft, Charter):
        text = _("Charter {number} of {community} waits for your answer.").format(**place)
        return Waiting(text, reverse("governance:charter", args=args))
    text = _("Protocol {number} of {community} waits for your answer.").format(**place)
    return Waiting(text, reverse("governance:protocol", args=args))
