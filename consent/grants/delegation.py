"""A grant that rests on a delegation: one steward's yes, where the stewards allowed just that.

Pure, like the rules: a node and the platform ask the same functions. Source:
docs/grant-format.md, "Delegation".
"""

from collections.abc import Collection, Mapping
from datetime import datetime

from consent.grants.charter_document import Charter
from consent.grants.decision import answers_on, outcome_under, require_decided
from consent.grants.delegation_document import (
    LONGEST,
    MOST_GRANTS,
    Delegation,
    in_words,
    parse_delegation,
)
from consent.grants.errors import NotDecided, OutsideDelegation
from consent.grants.grant import Claims
from consent.grants.statements import Answer, Signed

__all__ = [
    "LONGEST",
    "MOST_GRANTS",
    "Counted",
    "Delegation",
    "covers",
    "in_words",
    "parse_delegation",
    "require_covers",
    "require_granted",
    "rests_on",
]

Counted = Mapping[str, Collection[str]]
"""By the id of a delegation, the digests of the grants that were counted under it.

Digests, because a grant's id is whatever its writer chose: many texts could share one.
"""


def covers(delegation: Delegation, claims: Claims, *, at: datetime) -> bool:
    """Say whether a grant lies in a delegation's scope; how many did already is not asked."""
    return not _outside(delegation, claims, at)


def require_covers(
    delegation: Delegation, claims: Claims, *, at: datetime, counted: Counted | None
) -> None:
    """Refuse a grant that lies outside, or for which none is left.

    Args:
        counted: None where nobody counts: then nothing can be granted under it.
    Raises:
        OutsideDelegation: with the first reason in a sentence.
    """
    if reason := _outside(delegation, claims, at):
        raise OutsideDelegation(reason)
    if counted is None:
        raise OutsideDelegation("Nobody counts the grants under this delegation here.")
    # A grant that was counted before is not counted again.
    others = set(counted.get(delegation.id, ())) - {claims.digest}
    if len(others) >= delegation.max_grants:
        raise OutsideDelegation("Every grant that the delegation allowed is used.")


def rests_on(
    signed: Signed,
    claims: Claims,
    *,
    charter: Charter,
    answers: Mapping[str, frozenset[Answer]],
    at: datetime,
    counted: Counted | None,
) -> Delegation | None:
    """Return the delegation that a grant rests on; None when its own ballots decide it.

    Only then is a delegation that came along looked at, so that a grant of all stewards does
    not fall with it, and does not use it up.

    Args:
        answers: what ``answers_on`` found on the grant under ``charter``.
    Raises:
        NotDecided: neither the grant's ballots nor, with the delegate's yes, a delegation
            suffice; or the delegation itself was not decided by the charter's rule for grants.
        OutsideDelegation: the grant is not one that was delegated.
        BadBallot, Malformed, WrongType, WrongCommunity: the delegation cannot be relied on.
    """
    outcome = outcome_under(charter, "grant", answers)
    if outcome.met:
        return None
    if signed.under is None:
        raise NotDecided(outcome.missing)
    delegation = parse_delegation(signed.under.statement)
    named = (delegation.charter_number, delegation.charter_digest)
    if named != (charter.number, charter.digest):
        raise OutsideDelegation("The delegation was decided under another charter than the grant.")
    require_decided(signed.under, charter=charter, statement_type="delegation")
    if delegation.delegate not in outcome.yes:
        raise NotDecided("The steward to whom this was delegated did not sign yes.")
    require_covers(delegation, claims, at=at, counted=counted)
    return delegation


def require_granted(
    signed: Signed,
    claims: Claims,
    *,
    charter: Charter,
    at: datetime,
    counted: Counted | None,
) -> Delegation | None:
    """Verify every ballot on a grant, then do as ``rests_on``.

    Raises: as ``answers_on`` and ``rests_on``.
    """
    answers = answers_on(signed, charter=charter, statement_type="grant")
    return rests_on(signed, claims, charter=charter, answers=answers, at=at, counted=counted)


def _outside(delegation: Delegation, claims: Claims, at: datetime) -> str:
    """Say why a grant lies outside; empty when it does not."""
    held = (delegation.community, delegation.charter_number, delegation.charter_digest)
    if held != (claims.community, claims.charter_number, claims.charter_digest):
        return "The delegation is another community's, or was decided under another charter."
    if (claims.keeper, claims.dataset) != (delegation.keeper, delegation.dataset):
        return f"The delegation is for {delegation.dataset}, kept by {delegation.keeper}, only."
    if claims.code != delegation.code:
        return "The delegation is for other code."
    if claims.max_rounds > delegation.max_rounds:
        return f"The delegation allows no more rounds than {delegation.max_rounds}."
    if not delegation.not_before <= claims.not_before < delegation.not_after:
        return "The grant begins outside the delegation's dates."
    if at >= delegation.not_after:
        return "The delegation's time ended."
    return ""
