"""Whether what leaves would be hidden as far as the grant, this node and arithmetic demand.

Secure aggregation hides a part among the others. With one or two parts it hides nothing: whoever
sent one of two sums subtracts it from the total. Then only noise protects people (R-43).
"""

from federation.catalogue.shared.masks import LEAST_NODES
from federation.node.decision.gate import Plan
from federation.node.errors import NotHidden
from federation.node.work import Work

LEAST_MIXED = LEAST_NODES
"""Fewest nodes among whose parts one is hidden."""

NEEDS_NOISE_BELOW = 100
"""Fewest people of whom exact numbers may leave; with fewer, noise is demanded (R-41)."""


def require_hidden(plan: Plan, work: Work) -> None:
    """Refuse what would leave in the open.

    Raises:
        NotHidden: the sentence says what to ask for instead.
    """
    claims, dataset = plan.claims, plan.dataset
    if claims.dp is None and dataset.noise == "always":
        raise NotHidden(f"The node works on {dataset.id} with privacy noise only.")
    if claims.dp is None and plan.communities < LEAST_MIXED:
        raise NotHidden(
            f"{plan.communities} communities take part. Fewer than {LEAST_MIXED} cannot hide "
            "among each other: secure aggregation protects nothing there; privacy noise is needed."
        )
    if not claims.secure_aggregation and dataset.mixing == "always":
        raise NotHidden(f"The node works on {dataset.id} with secure aggregation only.")
    if claims.secure_aggregation != bool(work.mixing):
        raise NotHidden("The grant and the message differ on whether answers are mixed.")
