"""What one person may see of a decision, and whether and with what she can sign."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from consent.grants.charter import Charter, Steward
from consent.grants.codec import b64u
from consent.grants.decision import rule_for
from consent.grants.statements import Answer
from consent.grants.tally import floor_for
from consent.labels import rule_in_words
from consent.missing import still_missing
from governance.circle import in_own_words
from governance.models import Absence, Ballot, Conflict, Membership, Statement, User
from governance.queries import (
    answers_of,
    charter_in_force,
    charter_that_governs,
    credentials_of,
    membership_for,
    outcome_of,
)
from governance.queries.conflicts import conflicts_on
from governance.queries.people import away_among, body_names
from governance.rules import CommunityRole, StatementState


@dataclass(frozen=True)
class BallotBox:
    """One text under signature, through one person's eyes.

    Attributes:
        steward: whether she is a steward of the community now.
        rule: the charter's rule as a sentence.
        own: her answer in force to this text.
        others: everybody else's; empty until she has answered or the matter is settled, so that
            nobody's answer presses on another's. Never for those who do not decide.
        missing: what the decision still lacks; known to her when ``others`` is. That so many
            stepped aside that it goes to the full meeting is no secret: she sees it at once.
        away: stewards who are away today. conflicts: what was raised on this text, for all to see.
        obstacle: why she cannot sign, in words; "" when she can.
        credentials: base64url ids of the passkeys that the charter names for her.
    """

    steward: bool
    rule: str
    own: Ballot | None
    others: tuple[Ballot, ...]
    sees_others: bool
    missing: str
    obstacle: str
    credentials: tuple[str, ...]
    rp_id: str
    away: tuple[Absence, ...] = ()
    conflicts: tuple[Conflict, ...] = ()

    @property
    def may_sign(self) -> bool:
        return self.steward and not self.obstacle


def ballot_box(statement: Statement, user: User) -> BallotBox:
    charter = charter_that_governs(statement)
    is_open = statement.state == StatementState.OPEN
    membership = _as_steward(statement, user)
    answers = answers_of(statement) if membership else {}
    own = answers.get(membership.pk) if membership else None
    sees_others = membership is not None and (own is not None or not is_open)
    others = tuple(ballot for ballot in answers.values() if ballot is not own)
    named = _named(charter, membership)
    keys = {key.credential_id for key in named.keys} if named else set()
    words = body_names(statement.community)
    credentials = tuple(b64u(key) for key, _cose in credentials_of(user) if key in keys)
    return BallotBox(
        steward=membership is not None,
        rule=rule_in_words(
            rule_for(charter, statement.kind),
            stewards=len(charter.stewards),
            floor=floor_for(statement.kind, charter.floor),
            names={steward.id: steward.name for steward in charter.stewards},
            bodies=words,
        ),
        own=own,
        others=others if sees_others else (),
        sees_others=sees_others,
        missing=_missing(statement, sees_others, words) if membership and is_open else "",
        obstacle=_obstacle(statement, named, own, credentials),
        credentials=credentials,
        rp_id=charter.rp_id,
        away=tuple(away_among(statement.community, charter)) if is_open else (),
        conflicts=tuple(conflicts_on(statement)),
    )


def _as_steward(statement: Statement, user: User) -> Membership | None:
    held = membership_for(user, statement.community)
    return next((m for m in held if m.role == CommunityRole.STEWARD), None)


def _named(charter: Charter, membership: Membership | None) -> Steward | None:
    if membership is None:
        return None
    return next((s for s in charter.stewards if s.id == membership.steward_id), None)


def _missing(statement: Statement, sees_others: bool, words: Mapping[str, str]) -> str:
    outcome = outcome_of(statement)
    if not (sees_others or outcome.full_meeting):
        return ""
    exact = in_own_words(outcome.missing, words)
    short = still_missing(outcome.lacks, words)
    return f"{short} {exact}" if short else exact


def _obstacle(
    statement: Statement,
    named: Steward | None,
    own: Ballot | None,
    credentials: tuple[str, ...],
) -> str:
    if own is not None and own.answer == Answer.RECUSE:
        return _("You stepped aside on this text. That is final.")
    if statement.state != StatementState.OPEN:
        return _("This is settled; nothing more can be signed.")
    in_force = charter_in_force(statement.community)
    if in_force is None or in_force.number != statement.charter_number:
        return _("The community adopted another charter, so this text cannot be signed any more.")
    if named is None:
        return _("The charter in force does not name you as a steward, so you cannot sign yet.")
    if not credentials:
        return _("None of your passkeys stands in the charter in force, so you cannot sign.")
    return ""
