"""Noise and epsilon agree with the closed form, with composition in theory, and with RDP."""

import math

import pytest
from dp_accounting.dp_event import GaussianDpEvent
from dp_accounting.rdp.rdp_privacy_accountant import RdpAccountant
from scipy.optimize import brentq
from scipy.stats import norm

from federation.node.privacy.accounting import MOST_EPSILON, epsilon_of, noise_multiplier

DELTA = 1e-5


def _analytic(multiplier: float, delta: float) -> float:
    """The exact epsilon of one Gaussian release. Source: Balle & Wang 2018, theorem 8."""

    def beyond(epsilon: float) -> float:
        left, right = 0.5 / multiplier, epsilon * multiplier
        return float(
            norm.cdf(left - right) - math.exp(epsilon + norm.logcdf(-left - right)) - delta
        )

    return float(brentq(beyond, 0.0, 200.0, xtol=1e-10))


@pytest.mark.parametrize(
    ("epsilon", "delta"),
    [(0.05, 1e-3), (0.05, 1e-9), (1.0, 1e-5), (1.0, 1e-12), (3.0, 1e-5), (10.0, 1e-6)],
)
def test_the_noise_of_one_round_is_that_of_the_closed_form(epsilon: float, delta: float) -> None:
    multiplier = noise_multiplier(epsilon, delta, 1)

    kept = _analytic(multiplier, delta)
    assert kept <= epsilon
    assert kept == pytest.approx(epsilon, rel=5e-3)


@pytest.mark.parametrize("rounds", [2, 15, 100, 100_000])
def test_so_many_rounds_are_one_with_less_noise_by_the_root_of_their_number(rounds: int) -> None:
    multiplier = noise_multiplier(1.0, DELTA, rounds)

    kept = _analytic(multiplier / math.sqrt(rounds), DELTA)
    assert kept <= 1.0
    assert kept == pytest.approx(1.0, rel=5e-3)


def test_different_events_compose_to_one_with_their_precisions_added() -> None:
    events = [(4.0, 3), (9.5, 20), (2.5, 1)]
    together = 1 / math.sqrt(sum(rounds / noise**2 for noise, rounds in events))

    epsilon = epsilon_of(events, DELTA)

    assert epsilon >= _analytic(together, DELTA)
    assert epsilon == pytest.approx(_analytic(together, DELTA), rel=1e-3)


@pytest.mark.parametrize("events", [[(2.0, 1)], [(4.0, 15)], [(4.0, 3), (9.5, 20)]])
def test_an_older_accountant_says_more_never_less(events: list[tuple[float, int]]) -> None:
    older = RdpAccountant()
    for noise, rounds in events:
        older.compose(GaussianDpEvent(noise), rounds)

    assert epsilon_of(events, DELTA) < older.get_epsilon(DELTA)


def test_the_multiplier_has_four_digits_and_is_the_least_of_them() -> None:
    for epsilon, rounds in ((1.0, 1), (3.0, 7), (0.1, 20)):
        multiplier = noise_multiplier(epsilon, DELTA, rounds)

        assert multiplier == float(f"{multiplier:.4g}")
        less = multiplier - 10.0 ** (math.floor(math.log10(multiplier)) - 3)
        assert epsilon_of([(less, rounds)], DELTA) > epsilon


@pytest.mark.parametrize(
    ("epsilon", "delta", "rounds"),
    [(0.0, DELTA, 1), (MOST_EPSILON * 2, DELTA, 1), (1.0, 0.0, 1), (1.0, 1.0, 1), (1.0, DELTA, 0)],
)
def test_what_cannot_be_counted_is_refused(epsilon: float, delta: float, rounds: int) -> None:
    with pytest.raises(ValueError, match="must be"):
        noise_multiplier(epsilon, delta, rounds)
