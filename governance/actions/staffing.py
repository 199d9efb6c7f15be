"""A community is never left with fewer stewards than its own rule needs."""

from datetime import datetime

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from consent.grants.charter import Charter, parse_charter
from governance.errors import TooFewStewards
from governance.models import Community, Membership, Statement
from governance.queries import charter_in_force, charters_of, stewards_of
from governance.rules import StatementState
from governance.staffing import Shortage, first_shortage
from governance.words import MATTERS


def require_enough(community: Community, *, changed: Membership, until: datetime) -> None:
    """Refuse an earlier end of a steward's term that would leave too few, now or later.

    The caller holds the lock on the community's row: two ends at once must see each other.

    Args:
        until: when her term would end; a moment not after now ends it at once.
    Raises:
        TooFewStewards: the sentence says what could not be decided, from when, and what helps.
    """
    now = timezone.now()
    terms = {steward.steward_id: steward.until for steward in stewards_of(community)}
    terms[changed.steward_id] = until
    in_force = charter_in_force(community)
    parsed = parse_charter(in_force.statement.text.encode()) if in_force else None
    if short := first_shortage(parsed, terms, at=now):
        raise TooFewStewards(_sentence(short, now))
    for charter in charters_of(community).filter(statement__state=StatementState.OPEN):
        draft = parse_charter(charter.statement.text.encode())
        if _names(draft, changed) and first_shortage(draft, terms, at=now):
            raise TooFewStewards(
                _(
                    "Charter {number} is put to the stewards and counts on this person. "
                    "Take it back first."
                ).format(number=charter.number)
            )


def require_lasting(community: Community, statement: Statement) -> None:
    """Refuse to put a charter to the stewards under which, as terms end, too few would be left.

    Raises:
        TooFewStewards: the sentence says what could not be decided, and from when.
    """
    terms = {steward.steward_id: steward.until for steward in stewards_of(community)}
    parsed = parse_charter(statement.text.encode())
    if short := first_shortage(parsed, terms, at=timezone.now()):
        raise TooFewStewards(
            _("The terms of these stewards end too soon for this charter. ")
            + _told(short, timezone.now())
            + " "
            + _("Extend a term first, or leave it without an end.")
        )


def _names(charter: Charter, membership: Membership) -> bool:
    return any(steward.id == membership.steward_id for steward in charter.stewards)


def _sentence(short: Shortage, now: datetime) -> str:
    if not short.kinds:
        return _(
            "Then no steward would be left, and nobody could invite another one. "
            "Invite a further steward first."
        )
    return (
        _told(short, now)
        + " "
        + _("Invite a further steward and adopt a charter that names her first.")
    )


def _told(short: Shortage, now: datetime) -> str:
    matters = "; ".join(str(MATTERS[kind]) for kind in MATTERS if kind in short.kinds)
    if short.at <= now:
        text = _("Then too few stewards would be left to decide on: {matters}.")
    else:
        text = _("Then from {day} on too few stewards would be left to decide on: {matters}.")
    return text.format(matters=matters, day=formats.date_format(short.at, "DATE_FORMAT"))
