"""How people stay hidden in what leaves the nodes: what noise and mixing need.

Mixing hides one community's part among the others. With one or two parts it hides nothing: whoever
sent one of two sums takes it off the total. Then only noise protects people (R-43). Nodes refuse by
the same two numbers (federation/node/privacy/hiding.py). Pure.
Source: DOMAIN 6.1 and 6.2; docs/adr/0030.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from consent.grants.grant import Claims, DifferentialPrivacy

LEAST_HIDDEN = 3
"""Fewest communities among whose parts one is hidden."""

NEEDS_NOISE_BELOW = 100
"""Fewest people at a node of whom exact sums leave it."""

USUAL_EPSILON = "1"
USUAL_DELTA = "0.00001"
MOST_EPSILON = Decimal(20)  # far above what hides anybody; clauses of protocols go no higher
MOST_DELTA = Decimal("0.01")

TOO_FEW = (
    "Fewer than 3 communities cannot hide among each other, also not by mixing: privacy noise is "
    "needed."
)


def noise_of(privacy: Mapping[str, Any]) -> DifferentialPrivacy | None:
    """Return the noise that a document's ``privacy`` asks for."""
    dp = privacy.get("dp")
    if not dp:
        return None
    return DifferentialPrivacy(Decimal(dp["epsilon"]), Decimal(dp["delta"]), dp["unit"])


def fewest_together(claims: Sequence[Claims]) -> int:
    """Return how many communities must take part so that each of these grants can be used."""
    hides = any(claim.dp is None or claim.secure_aggregation for claim in claims)
    return max([LEAST_HIDDEN if hides else 1, *(claim.min_nodes for claim in claims)])


def not_hidden(claims: Sequence[Claims], *, together: int) -> str:
    """Say why so few communities may not run under these grants; "" when they may (R-43)."""
    if together >= LEAST_HIDDEN:
        return ""
    if any(claim.dp is None for claim in claims):
        return TOO_FEW
    if any(claim.secure_aggregation for claim in claims):
        return "Answers are to be mixed, and mixing needs at least 3 communities."
    return ""
