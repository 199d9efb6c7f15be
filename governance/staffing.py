"""Are there stewards enough to decide, now and at every later moment? Pure.

Source: docs/adr/0011-terms-absence-and-delegation.md.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from consent.grants.charter import Charter
from consent.grants.tally import can_be_decided

Terms = Mapping[str, datetime | None]
"""The end of each present steward's term by steward id; None goes on without an end."""


@dataclass(frozen=True)
class Shortage:
    """From ``at`` on nobody could decide on ``kinds``; empty where there would be no steward."""

    at: datetime
    kinds: tuple[str, ...]


def undecidable(charter: Charter, stewards: Collection[str]) -> tuple[str, ...]:
    """Return what these stewards, all saying yes, could not decide under a charter.

    The seats of those who left stay open seats: nodes count them until a new charter.
    """
    return tuple(
        can_be_decided(
            charter.rules,
            stewards=stewards,
            bodies=charter.bodies,
            floor=charter.floor,
            seated=frozenset(charter.bodies),
        )
    )


def first_shortage(charter: Charter | None, terms: Terms, *, at: datetime) -> Shortage | None:
    """Return the first moment from ``at`` on at which something could not be decided.

    Only stewards whom the charter names count: of the others no node takes a signature. Before a
    first charter one steward is enough, who can invite the others.
    """
    moments = sorted({at, *(end for end in terms.values() if end is not None and end > at)})
    for moment in moments:
        left = [steward for steward, end in terms.items() if end is None or end > moment]
        if charter is None:
            if not left:
                return Shortage(moment, ())
        elif kinds := undecidable(charter, left):
            return Shortage(moment, kinds)
    return None
