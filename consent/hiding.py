"""How people stay hidden in what leaves the nodes: noise and mixing, in words and as a rule.

Mixing hides one community's part among the others. With one or two parts it hides nothing: whoever
sent one of two sums takes it off the total. Then only noise protects people (R-43). Nodes refuse by
the same two numbers (federation/node/hiding.py). Pure but for translation.
Source: DOMAIN 6.1 and 6.2; docs/adr/0030.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consent.grants.grant import Claims, DifferentialPrivacy

LEAST_HIDDEN = 3
"""Fewest communities among whose parts one is hidden."""

NEEDS_NOISE_BELOW = 100
"""Fewest people at a node of whom exact sums leave it."""

USUAL_EPSILON = "1"
USUAL_DELTA = "0.00001"
MOST_EPSILON = Decimal(20)  # far above what hides anybody; clauses of protocols go no higher
MOST_DELTA = Decimal("0.01")

_STRONG, _USUAL = Decimal(1), Decimal(10)

TOO_FEW = gettext_lazy(
    "Fewer than 3 communities cannot hide among each other, also not by mixing: privacy noise is "
    "needed."
)


def strength_of(epsilon: Decimal) -> str | Promise:
    """Say how well noise of this size hides. Source: Ponomareva and others, 2023."""
    if epsilon <= _STRONG:
        return gettext_lazy("strong")
    if epsilon <= _USUAL:
        return gettext_lazy("usual in practice")
    return gettext_lazy("weak")


def noise_in_words(noise: DifferentialPrivacy | None) -> str:
    if noise is None:
        return _("No noise is added: what leaves the node is exact.")
    told = {
        "epsilon": f"{noise.epsilon:f}",
        "delta": f"{noise.delta:f}",
        "unit": _(noise.unit),
        "strength": strength_of(noise.epsilon),
    }
    return (
        _(
            "Noise is added: privacy loss (epsilon) %(epsilon)s, delta %(delta)s, counted for each "
            "%(unit)s. That is %(strength)s."
        )
        % told
    )


def mixing_in_words(mixed: bool, *, together: int) -> str:
    """Say whether parts are mixed.

    Args:
        together: how many communities take part at least.
    """
    if not mixed:
        return _("Answers are not mixed: the platform could read each node's part.")
    if together < LEAST_HIDDEN:
        return _("Answers are mixed, but with fewer than 3 communities that protects nothing.")
    return _("Answers are mixed, so that nobody can read one node's part alone.")


def noise_of(privacy: Mapping[str, Any]) -> DifferentialPrivacy | None:
    """Return the noise that a document's ``privacy`` asks for."""
    dp = privacy.get("dp")
    if not dp:
        return None
    return DifferentialPrivacy(Decimal(dp["epsilon"]), Decimal(dp["delta"]), dp["unit"])


def privacy_in_words(document: Mapping[str, Any]) -> str:
    """Return what a request's document says on noise and mixing; "" where it says nothing."""
    privacy = document.get("privacy")
    if not privacy:
        return ""
    together = document.get("min_nodes") or len(document.get("datasets") or [])
    mixed = mixing_in_words(bool(privacy.get("secure_aggregation")), together=together)
    return f"{noise_in_words(noise_of(privacy))}\n{mixed}"


def fewest_together(claims: Sequence[Claims]) -> int:
    """Return how many communities must take part so that each of these grants can be used."""
    hides = any(claim.dp is None or claim.secure_aggregation for claim in claims)
    return max([LEAST_HIDDEN if hides else 1, *(claim.min_nodes for claim in claims)])


def not_hidden(claims: Sequence[Claims], *, together: int) -> str:
    """Say why so few communities may not run under these grants; "" when they may (R-43)."""
    if together >= LEAST_HIDDEN:
        return ""
    if any(claim.dp is None for claim in claims):
        return str(TOO_FEW)
    if any(claim.secure_aggregation for claim in claims):
        return _("Answers are to be mixed, and mixing needs at least 3 communities.")
    return ""
