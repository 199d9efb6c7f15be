"""Where one person stands towards one text: may she sign, has she, and what may she see."""

from dataclasses import dataclass

from consent.grants.charter import Charter
from consent.grants.codec import b64u
from consent.grants.decision import Outcome
from consent.grants.statements import Answer
from governance.models import Absence, Ballot, Conflict, Statement, User
from governance.queries.communities import membership_for
from governance.queries.conflicts import conflicts_on
from governance.queries.people import away_among
from governance.queries.statements import ballots_in_force, charter_that_governs, outcome_of
from governance.rules import COMMUNITY_VERBS, CommunityRole, StatementState, Verb


@dataclass(frozen=True)
class Standing:
    """``ballots`` is empty until she may see them: after her own answer, or when all is over."""

    charter: Charter
    outcome: Outcome
    may_sign: bool
    own: Ballot | None
    sees_answers: bool
    ballots: list[Ballot]
    credentials: list[str]
    away: list[Absence]
    conflicts: list[Conflict]


def standing_of(statement: Statement, user: User) -> Standing:
    """Return where this person stands; she must be one of the community's (the caller's check)."""
    charter = charter_that_governs(statement)
    ballots = list(ballots_in_force(statement))
    seats = {
        membership.steward_id: membership
        for membership in membership_for(user, statement.community)
        if Verb.DECIDE in COMMUNITY_VERBS[CommunityRole(membership.role)]
    }
    steward = next((s for s in charter.stewards if s.id in seats), None)
    own = next((b for b in ballots if steward and b.membership_id == seats[steward.id].pk), None)
    is_open = statement.state == StatementState.OPEN
    stepped_aside = own is not None and own.answer == Answer.RECUSE
    # Nobody's answer leans on another's: the others' are hidden until one's own is given.
    sees = own is not None or not is_open
    return Standing(
        charter=charter,
        outcome=outcome_of(statement),
        may_sign=is_open and steward is not None and not stepped_aside,
        own=own,
        sees_answers=sees,
        ballots=ballots if sees else [],
        credentials=[b64u(key.credential_id) for key in steward.keys] if steward else [],
        away=away_among(statement.community, charter) if is_open else [],
        conflicts=list(conflicts_on(statement)),
    )
