"""What one steward proposed and another one is to confirm, in sentences."""

from django.utils import formats
from django.utils.translation import gettext as _

from governance.models import SecondLook
from governance.rules import SecondLookKind, SecondLookOutcome


def proposed_in_words(look: SecondLook) -> str:
    """Say what is proposed, and by whom."""
    return _SAID[SecondLookKind(look.kind)](look)


def effect_in_words(look: SecondLook) -> str:
    """Say what happens once a second steward confirms."""
    return _EFFECTS[SecondLookKind(look.kind)](look)


def state_in_words(look: SecondLook, *, is_open: bool) -> str:
    """Say what became of a proposal, or that it waits.

    Args:
        is_open: whether it can be confirmed now.
    """
    if is_open:
        return _("It waits for a second steward.")
    if look.settled_by is None or look.settled_at is None:
        return _("It fell away: it became too old, or things changed. Nothing was done.")
    text = (
        _("{name} confirmed it on {day}.")
        if look.outcome == SecondLookOutcome.CONFIRMED
        else _("{name} dropped it on {day}. Nothing was done.")
    )
    return text.format(
        name=look.settled_by.shown_name, day=formats.date_format(look.settled_at, "DATE_FORMAT")
    )


def _about(look: SecondLook) -> dict[str, str]:
    return {
        "who": look.proposed_by.shown_name,
        "whom": look.membership.shown_name if look.membership else "",
        "data": look.holder.dataset.title if look.holder else "",
        "keeper": look.holder.dataset.community.name if look.holder else "",
        "day": formats.date_format(look.last_day, "DATE_FORMAT") if look.last_day else "",
    }


def _said_role(look: SecondLook) -> str:
    return _("{who} proposes to end the role of {whom} as steward.").format(**_about(look))


def _said_term(look: SecondLook) -> str:
    return _("{who} proposes that {day} is the last day of {whom} as steward.").format(
        **_about(look)
    )


def _said_leave(look: SecondLook) -> str:
    return _("{who} proposes to give up our say over {data}.").format(**_about(look))


def _effect_role(look: SecondLook) -> str:
    return _(
        "Then {whom} signs nothing here from that moment. Your nodes go on counting her key until "
        "a new charter is in force: write one next. What she signed before stays valid. Her "
        "account stays hers."
    ).format(**_about(look))


def _effect_term(look: SecondLook) -> str:
    return _(
        "Then {day} is the last day on which {whom} signs here. Your nodes go on counting her key "
        "until a new charter is in force."
    ).format(**_about(look))


def _effect_leave(look: SecondLook) -> str:
    return _(
        "From then on, new requests for it no longer need your community's yes, and you no longer "
        "see it here. Requests that were put to you before stay yours to answer, and agreements "
        "stay. To come back, {keeper} has to name you again."
    ).format(**_about(look))


_SAID = {
    SecondLookKind.ROLE_END: _said_role,
    SecondLookKind.TERM: _said_term,
    SecondLookKind.LEAVE: _said_leave,
}
_EFFECTS = {
    SecondLookKind.ROLE_END: _effect_role,
    SecondLookKind.TERM: _effect_term,
    SecondLookKind.LEAVE: _effect_leave,
}
