"""Whether there are enough people for what is to leave, once they were counted.

Sources: R-41 of the requirements; docs/adr/0026 for why coefficients are what is counted.
"""

from consent.grants.receipts import people_band
from federation.node.books.receipts import Account
from federation.node.decision.gate import Plan
from federation.node.errors import CohortTooSmall, TooManyParameters
from federation.node.privacy.hiding import NEEDS_NOISE_BELOW

PEOPLE_PER_PARAMETER = 3
"""Fewest people for each coefficient of an exact fit: nfilter.glm of DataSHIELD, 0.33."""


def require_enough(plan: Plan, people: int, account: Account) -> None:
    """Go through the steps 111 and 112.

    Raises:
        CohortTooSmall, TooManyParameters: they say which limit, never how many there are.
    """
    _require_people(plan, people)
    account.people = people_band(people)
    account.passed(CohortTooSmall.local_step)
    _require_few_parameters(plan, people)
    account.passed(TooManyParameters.local_step)


def _require_people(plan: Plan, people: int) -> None:
    if people < plan.least:
        raise CohortTooSmall(
            f"Fewer than {plan.least} people have all the needed values at this node."
        )
    if plan.claims.dp is None and people < NEEDS_NOISE_BELOW:
        raise CohortTooSmall(
            f"Fewer than {NEEDS_NOISE_BELOW} people have all the needed values at this node, and "
            "of so few nothing leaves without privacy noise."
        )


def _require_few_parameters(plan: Plan, people: int) -> None:
    """Refuse an exact fit that could copy people rather than describe them.

    Of unpacked code it is not known beforehand what it fits: its reply is looked at instead.
    """
    if plan.claims.dp is not None or plan.job is None:
        return
    coefficients = plan.job.coefficients(plan.predictors)
    if coefficients * PEOPLE_PER_PARAMETER > people:
        raise TooManyParameters(
            f"The job fits {coefficients} coefficients, and without privacy noise each needs "
            f"{PEOPLE_PER_PARAMETER} people at this node. Ask with noise, or for fewer predictors."
        )
