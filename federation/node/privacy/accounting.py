"""How much noise a promise needs, and how much all noise so far has given away.

Counted with Google's ``dp-accounting`` by privacy loss distributions (PLD), whose epsilon is
never below the true one and, unlike older bounds, hardly above it. A release here is one Gaussian
mechanism: sums over people, and noise whose standard deviation is ``multiplier`` times the most
that one person can move them (L2). Neighbours: one person, with all her rows, added or taken out.

``dp-accounting`` takes 100 MB and two seconds to load, so it is loaded inside functions, by the
guard of a message that needs noise and by nobody else.
"""

import math
from collections.abc import Iterable
from functools import lru_cache

LEAST_EPSILON, MOST_EPSILON = 0.01, 100.0
"""Between these a multiplier is looked for; below, nothing would be left of an answer."""

LEAST_DELTA = 1e-12
"""Below it the accountant's own arithmetic is too coarse to tell."""

_DIGITS = 4


def load() -> None:
    """Load the accountant now, so that nobody waits for it while a lock is held."""
    import dp_accounting.pld.pld_privacy_accountant  # noqa: F401


def noise_multiplier(epsilon: float, delta: float, rounds: int) -> float:
    """Find the least noise with which ``rounds`` releases together keep (epsilon, delta).

    Rounded up to four significant digits, so that it is the same number on every run.

    Raises:
        ValueError: epsilon or delta is outside what can be counted, or there is no round.
    """
    if not LEAST_EPSILON <= epsilon <= MOST_EPSILON or rounds < 1:
        raise ValueError(f"epsilon must be {LEAST_EPSILON:g} to {MOST_EPSILON:g}, rounds above 0")
    if not LEAST_DELTA <= delta < 1.0:
        raise ValueError(f"delta must be at least {LEAST_DELTA:g} and below 1")
    # Only where the search begins: the formula below is exact, so that nothing less can do.
    multiplier = _rounded_up(_exact_single(epsilon, delta) * math.sqrt(rounds))
    while epsilon_of([(multiplier, rounds)], delta) > epsilon:
        multiplier = _rounded_up(multiplier * (1.0 + 0.05 * 10.0 ** (1 - _DIGITS)))
    return multiplier


def epsilon_of(events: Iterable[tuple[float, int]], delta: float) -> float:
    """Compose releases and give the epsilon that they keep together at ``delta``.

    Args:
        events: noise multiplier and number of releases.
    """
    together: dict[float, int] = {}
    for multiplier, rounds in events:
        together[multiplier] = together.get(multiplier, 0) + rounds
    return _composed(tuple(sorted(together.items())), delta)


@lru_cache(maxsize=1000)
def _composed(events: tuple[tuple[float, int], ...], delta: float) -> float:
    from dp_accounting.dp_event import GaussianDpEvent
    from dp_accounting.pld.pld_privacy_accountant import PLDAccountant

    accountant = PLDAccountant()
    for multiplier, rounds in events:
        if rounds:
            accountant.compose(GaussianDpEvent(multiplier), rounds)
    return float(accountant.get_epsilon(delta))


def _exact_single(epsilon: float, delta: float) -> float:
    """Bisect for one release's multiplier by the closed form.

    Source: Balle & Wang, "Improving the Gaussian mechanism for differential privacy" (2018),
    theorem 8.
    """
    low, high = 1e-3, 1e8
    for _ in range(100):
        middle = math.sqrt(low * high)
        if _single_delta(middle, epsilon) > delta:
            low = middle
        else:
            high = middle
    return high


def _single_delta(multiplier: float, epsilon: float) -> float:
    half = 0.5 / multiplier
    beyond = _below(-half - epsilon * multiplier)
    # With little noise the first term alone tells; e^epsilon times nothing is nothing.
    return _below(half - epsilon * multiplier) - (math.exp(epsilon) * beyond if beyond else 0.0)


def _below(value: float) -> float:
    """The normal distribution function."""
    return 0.5 * math.erfc(-value / math.sqrt(2.0))


def _rounded_up(value: float) -> float:
    """Round up to ``_DIGITS`` significant digits; a number with so few stays as it is."""
    places = _DIGITS - 1 - math.floor(math.log10(value))
    scaled = value * 10.0**places
    whole = round(scaled) if abs(scaled - round(scaled)) < 1e-6 else math.ceil(scaled)
    return float(f"{whole}e{-places}")
