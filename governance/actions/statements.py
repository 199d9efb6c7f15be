"""Texts that stewards sign together: put to them, answered, adopted, declined, fallen."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from consent.grants.charter import Charter
from consent.grants.codec import canonical, digest
from consent.grants.decision import Outcome
from consent.grants.statements import Answer
from governance.actions.assertions import Assertion, verify
from governance.actions.audit import record, refusals_recorded
from governance.actions.conflicts import note_recusal
from governance.actions.permissions import require_member
from governance.actions.turns import require_turn
from governance.errors import NotReady, StatementClosed, SteppedAside
from governance.models import Ballot, Community, Membership, Statement, User
from governance.queries import charter_in_force, charter_that_governs, outcome_of
from governance.queries.statements import ballots_in_force, outcome_with
from governance.rules import StatementKind, StatementState, Verb

__all__ = [
    "Assertion",
    "CastResult",
    "adopt",
    "ballot_refusals_recorded",
    "cast",
    "let_fall",
    "propose",
    "refuse_after_recusal",
]


@dataclass(frozen=True)
class CastResult:
    statement: Statement
    outcome: Outcome
    adopted: bool
    declined: bool


@transaction.atomic
def propose(
    *,
    community: Community,
    kind: StatementKind,
    document: Mapping[str, Any],
    proposed_by: Membership | None,
) -> Statement:
    """Put a text to the stewards. Who may do so is the caller's question: it differs by kind.

    Raises:
        NotReady: this very text was put to them before; or there is no charter to decide by.
        consent.grants.errors.Malformed: the document cannot be written in canonical form.
    """
    text = canonical(document)
    in_force = charter_in_force(community)
    if in_force is None and kind is not StatementKind.CHARTER:
        raise NotReady(f"{community} has no charter yet, so nobody could decide on this.")
    if Statement.objects.filter(community=community, digest=digest(text)).exists():
        raise NotReady("This very text was put to the stewards before.")
    statement = Statement.objects.create(
        community=community,
        kind=kind.value,
        text=text.decode(),
        digest=digest(text),
        charter_number=in_force.number if in_force else 0,
        proposed_by=proposed_by,
    )
    record(
        f"{kind}.propose",
        actor=proposed_by.user if proposed_by else None,
        subject=f"statement:{statement.public_id}",
        community=community,
        document_digest=statement.digest,
    )
    return statement


def cast(
    statement_id: int, *, actor: User, answer: Answer, assertion: Assertion, comment: str = ""
) -> CastResult:
    """Take one steward's signed answer, and close the text when that settles it.

    An earlier answer of the same steward is kept and counts no more.

    Raises:
        NotAllowed: not a steward of this community, or not one of the charter that decides.
        StatementClosed: adopted, declined or fallen before, or another charter came into force.
        SignatureRefused: the signature is not this steward's, over this text and this answer.
        SteppedAside: she stepped aside on this text before.
        NotReady: a yes before its turn, where the charter asks one body after another.
    """
    statement = Statement.objects.select_related("community").get(pk=statement_id)
    with ballot_refusals_recorded(statement, actor=actor):
        return _cast(statement_id, actor, answer, assertion, comment)


def ballot_refusals_recorded(statement: Statement, *, actor: User) -> AbstractContextManager[None]:
    """Write a refused answer into the log; for whoever wraps ``cast`` in a longer transaction."""
    return refusals_recorded(
        "ballot.cast",
        actor=actor,
        subject=f"statement:{statement.public_id}",
        community=statement.community,
    )


@transaction.atomic
def _cast(
    statement_id: int, actor: User, answer: Answer, assertion: Assertion, comment: str
) -> CastResult:
    statement = _locked(statement_id)
    membership = require_member(actor, Verb.DECIDE, statement.community)
    charter = _charter_in_force_for(statement)
    verify(statement, charter, membership, answer, assertion)
    refuse_after_recusal(statement, membership)
    require_turn(statement, charter, membership, answer)

    ballots_in_force(statement).filter(membership=membership).update(replaced_at=timezone.now())
    Ballot.objects.create(
        statement=statement,
        membership=membership,
        answer=answer.value,
        credential_id=assertion.credential_id,
        authenticator_data=assertion.authenticator_data,
        client_data_json=assertion.client_data_json,
        signature=assertion.signature,
        comment=comment,
    )
    if answer is Answer.RECUSE:
        note_recusal(statement, membership)
    # The answer itself is the community's own: the log, which auditors read, does not tell it.
    record(
        "ballot.cast",
        actor=actor,
        subject=f"statement:{statement.public_id}",
        community=statement.community,
        document_digest=statement.digest,
    )
    return _settle(statement, charter, actor)


@transaction.atomic
def adopt(statement: Statement, *, actor: User, reason: str) -> Statement:
    """Adopt an open text that something else than its own rule decides: a delegation.

    Raises:
        StatementClosed: it is not open.
    """
    statement = _locked(statement.pk)
    _close(statement, StatementState.ADOPTED)
    _record_outcome(statement, "adopt", actor, reason)
    return statement


@transaction.atomic
def let_fall(statement: Statement, *, actor: User | None, reason: str) -> Statement:
    """Close an open text so that its ballots count for nothing.

    Raises:
        StatementClosed: it is not open.
    """
    statement = _locked(statement.pk)
    _close(statement, StatementState.FALLEN)
    _record_outcome(statement, "fall", actor, reason)
    return statement


def _locked(statement_id: int) -> Statement:
    """Return the row, locked until the transaction ends; only an open one.

    Raises:
        StatementClosed: it is not open.
    """
    statement = (
        Statement.objects.select_for_update(of=("self",))
        .select_related("community")
        .get(pk=statement_id)
    )
    if statement.state != StatementState.OPEN:
        raise StatementClosed(f"This text is {statement.state} and can no longer be signed.")
    return statement


def _charter_in_force_for(statement: Statement) -> Charter:
    in_force = charter_in_force(statement.community)
    if (in_force.number if in_force else 0) != statement.charter_number:
        raise StatementClosed(
            "The community adopted another charter since this text was written. "
            "It must be put to the stewards anew."
        )
    return charter_that_governs(statement)


def refuse_after_recusal(statement: Statement, membership: Membership) -> None:
    """Refuse any answer after a recusal: it is final on this text (R-22).

    One that was set aside with a stolen passkey counts no more, and yet opens no second answer: who
    stepped aside could else report her own passkey, and vote.

    Raises:
        SteppedAside: she stepped aside before. Another text about the same matter asks her anew.
    """
    held = Ballot.objects.filter(statement=statement, membership=membership)
    if held.filter(answer=Answer.RECUSE.value).exists():
        raise SteppedAside("You stepped aside on this text. That is final, so you cannot vote.")


def _settle(statement: Statement, charter: Charter, actor: User) -> CastResult:
    outcome = outcome_of(statement)
    declined = not outcome.met and not _can_still_be_met(statement, charter, outcome)
    if outcome.met or declined:
        state = StatementState.ADOPTED if outcome.met else StatementState.DECLINED
        _close(statement, state)
        _record_outcome(statement, "adopt" if outcome.met else "decline", actor)
    return CastResult(statement, outcome, adopted=outcome.met, declined=declined)


def _can_still_be_met(statement: Statement, charter: Charter, outcome: Outcome) -> bool:
    """Say whether the rule would be met if everyone who did not say no came to say yes."""
    # A no is an answer too: where a quorum must have answered, it counts towards it.
    hoped = {
        steward.id: frozenset({Answer.NO if steward.id in outcome.against else Answer.YES})
        for steward in charter.stewards
    }
    return outcome_with(statement, charter, hoped).met


def _close(statement: Statement, state: StatementState) -> None:
    statement.state = state.value
    statement.closed_at = timezone.now()
    statement.save(update_fields=["state", "closed_at"])


def _record_outcome(statement: Statement, verb: str, actor: User | None, reason: str = "") -> None:
    record(
        f"{statement.kind}.{verb}",
        actor=actor,
        subject=f"statement:{statement.public_id}",
        community=statement.community,
        reason=reason,
        document_digest=statement.digest,
    )
