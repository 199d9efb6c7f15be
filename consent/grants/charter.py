"""The chain of charters: pinned by people once, then each adopted under the one before.

Source: docs/grant-format.md, "Charter chain".
"""

from consent.grants.charter_document import (
    Charter,
    NodeKeys,
    SigningKey,
    Steward,
    parse_charter,
)
from consent.grants.decision import answers_on, require_decided
from consent.grants.errors import (
    BadBallot,
    BrokenChain,
    NotDecided,
)
from consent.grants.statements import Answer, Signed

__all__ = [
    "Charter",
    "NodeKeys",
    "SigningKey",
    "Steward",
    "extend_chain",
    "parse_charter",
    "pin",
]


def pin(signed: Signed, *, fingerprint: str) -> tuple[Charter, ...]:
    """Start a chain with the first charter, whose fingerprint people compared by voice.

    Args:
        fingerprint: SHA-256 of the charter statement, lower-case hex.
    Raises:
        BrokenChain: another fingerprint, not the first charter, or a steward listed in it who
            did not sign it (so that no key stands in it whose holder did not show it works).
        Malformed, WrongType: not a charter.
    """
    charter = parse_charter(signed.statement)
    if charter.digest != fingerprint:
        raise BrokenChain("The charter does not have the fingerprint that was compared.")
    if charter.number != 1 or charter.previous is not None:
        raise BrokenChain("The pinned charter is not a first charter.")
    try:
        answers = answers_on(signed, charter=charter, statement_type="charter")
    except BadBallot as refusal:
        raise BrokenChain(f"The first charter holds a bad ballot. {refusal}") from refusal
    for steward in charter.stewards:
        if answers.get(steward.id) != frozenset({Answer.YES}):
            raise BrokenChain(f"{steward.name} did not sign yes to the first charter.")
    return (charter,)


def extend_chain(chain: tuple[Charter, ...], signed: Signed) -> tuple[Charter, ...]:
    """Return the chain with one more charter at its end.

    Only the keys and the rule of the charter *before* count: the new one cannot vouch for
    itself, or whoever writes it could adopt it.

    Raises:
        BrokenChain: another community, a number left out or repeated, another charter named
            as the one before, or not decided under that one.
        Malformed, WrongType: not a charter.
        ValueError: the chain is empty; there is nothing to extend before ``pin``.
    """
    if not chain:
        raise ValueError("a chain starts with pin()")
    newest = chain[-1]
    charter = parse_charter(signed.statement)
    if charter.community != newest.community:
        raise BrokenChain("The charter is another community's.")
    if charter.number != newest.number + 1:
        raise BrokenChain(f"Charter {charter.number} does not follow charter {newest.number}.")
    if charter.previous != newest.digest:
        raise BrokenChain(f"Charter {charter.number} names another charter as the one before it.")
    try:
        require_decided(signed, charter=newest, statement_type="charter")
    except (BadBallot, NotDecided) as refusal:
        raise BrokenChain(
            f"Charter {charter.number} was not adopted under charter {newest.number}. {refusal}"
        ) from refusal
    return (*chain, charter)
