"""From a signed statement to a decision under one charter.

Source: docs/grant-format.md, "Decision rules".
"""

from collections.abc import Mapping

from consent.grants.ballots import verify_cast
from consent.grants.charter_document import Charter
from consent.grants.errors import Malformed, NotDecided, WrongCommunity, WrongType
from consent.grants.statements import Answer, Signed
from consent.grants.tally import RULES, DecisionRule, Outcome, decide, floor_for

__all__ = [
    "RULES",
    "DecisionRule",
    "Outcome",
    "answers_on",
    "decide",
    "decision_on",
    "outcome_under",
    "require_decided",
    "rule_for",
]


def answers_on(
    signed: Signed, *, charter: Charter, statement_type: str
) -> dict[str, frozenset[Answer]]:
    """Verify every ballot and return each steward's answers by steward id.

    Raises:
        WrongType, WrongCommunity: the statement is not one for this decision.
        BadBallot: one bad ballot refuses the whole: who passes on a forged one is not to be
            trusted with the rest, and a silent skip would hide it.
        Malformed: the statement cannot be read, or it came with a delegation and is no grant.
    """
    document = signed.document
    if document["type"] != statement_type:
        raise WrongType(f"This is not a statement of type {statement_type}.")
    # A steward may sit in two communities with one passkey: her yes in one is not a yes here.
    if document["community"] != charter.community:
        raise WrongCommunity(f"This statement is not one of {charter.community}.")
    if signed.under is not None and statement_type != "grant":
        raise Malformed("Only a grant may come with a delegation.")
    answers: dict[str, frozenset[Answer]] = {}
    for ballot in signed.ballots:
        steward = verify_cast(
            ballot, statement_type=statement_type, statement=signed.statement, charter=charter
        )
        answers[steward.id] = answers.get(steward.id, frozenset()) | {ballot.answer}
    return answers


def rule_for(charter: Charter, statement_type: str) -> DecisionRule:
    """Return the rule that decides this type; a delegation is decided as a grant is.

    Whoever may say yes may say who says it for them, and nobody else may.
    """
    return charter.rules["grant" if statement_type == "delegation" else statement_type]


def outcome_under(
    charter: Charter, statement_type: str, answers: Mapping[str, frozenset[Answer]]
) -> Outcome:
    """Say what these answers add up to under a charter's rule for this type of statement.

    Args:
        answers: as ``answers_on`` returns them.
    """
    return decide(
        rule_for(charter, statement_type),
        stewards=frozenset(charter.bodies),
        floor=floor_for(statement_type, charter.floor),
        answers=answers,
        bodies=charter.bodies,
    )


def decision_on(signed: Signed, *, charter: Charter, statement_type: str) -> Outcome:
    """Verify every ballot, then apply the charter's rule for this type of statement.

    Raises: as ``answers_on``. A rule that is not met is an answer here, not an error.
    """
    answers = answers_on(signed, charter=charter, statement_type=statement_type)
    return outcome_under(charter, statement_type, answers)


def require_decided(signed: Signed, *, charter: Charter, statement_type: str) -> Outcome:
    """Return the outcome of a decision that was made.

    Raises:
        NotDecided: the rule is not met; the sentence says what is missing.
        Others: as ``answers_on``.
    """
    outcome = decision_on(signed, charter=charter, statement_type=statement_type)
    if not outcome.met:
        raise NotDecided(outcome.missing)
    return outcome
