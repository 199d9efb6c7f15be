"""The order of bodies, where a charter asks one after another. It is kept here or nowhere.

A node sees that each body agreed, and not when: signatures carry no time that could be trusted.
Source: docs/adr/0008-decision-rules-as-positive-signatures.md.
"""

from django.utils import timezone
from django.utils.translation import gettext as _

from consent.grants.charter import Charter
from consent.grants.decision import rule_for
from consent.grants.statements import Answer
from governance.errors import NotReady
from governance.models import Membership, Statement
from governance.queries.delegations import covering
from governance.queries.statements import ballots_in_force, outcome_with
from governance.rules import StatementKind


def require_turn(
    statement: Statement, charter: Charter, membership: Membership, answer: Answer
) -> None:
    """Refuse a yes that comes before its turn; any other answer may come at any time.

    Raises:
        NotReady: another body is asked first.
    """
    in_order = bool(statement.charter_number and rule_for(charter, statement.kind).steps)
    if answer is not Answer.YES or not in_order:
        return
    # As if she had not answered: who said no, or not yet, may still come to a yes in her turn.
    others = {
        ballot.membership.steward_id: frozenset({Answer(ballot.answer)})
        for ballot in ballots_in_force(statement).exclude(membership=membership)
    }
    if membership.steward_id in outcome_with(statement, charter, others).awaited:
        return
    if statement.kind == StatementKind.GRANT and covering(statement, membership, at=timezone.now()):
        return  # what she may decide alone waits for nobody
    # How far the others have come is not told: she has not answered yet.
    raise NotReady(_("The charter asks one body after another, and it is not your turn yet."))
