"""What was signed on a text, and what it adds up to."""

from dataclasses import replace

from django.db.models import QuerySet

from consent.grants.charter import Charter, parse_charter
from consent.grants.decision import Outcome, outcome_under, rule_for
from consent.grants.statements import Answer, Signed
from consent.grants.statements import Ballot as SignedBallot
from consent.grants.tally import carried_answers
from governance.models import Ballot, Statement
from governance.models import Charter as CharterRow
from governance.rules import StatementKind

# A no stops by being absent from the yeses: only these two ever help a decision over the line.
CARRIED = (Answer.YES, Answer.RECUSE)


def ballots_in_force(statement: Statement) -> QuerySet[Ballot]:
    ballots = Ballot.objects.filter(statement=statement, replaced_at__isnull=True)
    return ballots.select_related("membership").order_by("cast_at", "pk")


def answers_of(statement: Statement) -> dict[int, Ballot]:
    """Return each steward's ballot in force by membership id."""
    return {ballot.membership_id: ballot for ballot in ballots_in_force(statement)}


def signed(statement: Statement) -> Signed:
    """Return the text with the ballots that carry it, as nodes receive it.

    Answers other than yes and recuse stay with the community, unless the rule counts who
    answered at all: then a node needs them to see that the quorum was there.
    """
    ballots = list(ballots_in_force(statement))
    carried = frozenset(CARRIED)
    if statement.charter_number and not carried.issuperset(ballot.answer for ballot in ballots):
        carried = carried_answers(rule_for(charter_that_governs(statement), statement.kind))
    return Signed(
        statement.text.encode(),
        tuple(as_signed(ballot) for ballot in ballots if ballot.answer in carried),
    )


def as_signed(ballot: Ballot) -> SignedBallot:
    return SignedBallot(
        credential_id=bytes(ballot.credential_id),
        authenticator_data=bytes(ballot.authenticator_data),
        client_data_json=bytes(ballot.client_data_json),
        signature=bytes(ballot.signature),
        answer=Answer(ballot.answer),
    )


def charter_that_governs(statement: Statement) -> Charter:
    """Return the charter whose stewards and rule decide on this text.

    A community's first charter has none before it: there its own text counts, and every steward
    named in it must sign.
    """
    if statement.charter_number == 0:
        if statement.kind != StatementKind.CHARTER:
            raise ValueError("only a first charter stands on itself")
        return parse_charter(statement.text.encode())
    row = CharterRow.objects.select_related("statement").get(
        community_id=statement.community_id,
        number=statement.charter_number,
        adopted_at__isnull=False,
    )
    return parse_charter(row.statement.text.encode())


def outcome_of(statement: Statement) -> Outcome:
    """Say what the ballots in force add up to now."""
    answers = {
        ballot.membership.steward_id: frozenset({Answer(ballot.answer)})
        for ballot in ballots_in_force(statement)
    }
    return outcome_with(statement, charter_that_governs(statement), answers)


def outcome_with(
    statement: Statement, charter: Charter, answers: dict[str, frozenset[Answer]]
) -> Outcome:
    """Say what these answers would add up to on this text."""
    outcome = outcome_under(charter, statement.kind, answers)
    if statement.charter_number != 0:
        return outcome
    # Nodes pin a first charter only when every key in it has signed: so nobody can be written in
    # without knowing, and no key stands there that does not work.
    left = frozenset(charter.bodies) - outcome.yes
    missing = f"Every steward named in a first charter must sign yes; {len(left)} did not yet."
    return replace(
        outcome,
        met=not left,
        missing=missing if left else "",
        full_meeting=False,
        awaited=left - outcome.against,
    )
