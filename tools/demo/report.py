"""The result table: the model beside the same fit on all rows in one place, and the refusals."""

import sys
from collections.abc import Callable, Mapping

from tools.demo import data
from tools.demo.story import Finished, Told

TOLERANCE = 1e-8  # relative; exact sums differ from the pooled fit only by rounding


def show(told: Told) -> bool:
    """Print the table; return whether every line is as it must be."""
    write = sys.stdout.write
    reference = data.reference(data.load())
    good = _coefficients(told, reference, write)
    good &= _sites(told.exact, "exact, mixed", write)
    good &= _sites(told.noised, "with noise, mixed", write)
    good &= _attempts(told, write)
    write(f"\n{'Everything is as it must be.' if good else 'NOT everything is as it must be.'}\n")
    sys.stdout.flush()
    return good


def _coefficients(
    told: Told, reference: Mapping[str, float], write: Callable[[str], object]
) -> bool:
    """Print both models beside the fit in one place; the noised one only has to be there."""
    found = told.exact.model["result"]["coefficients"]
    noised = told.noised.model["result"]["coefficients"]
    write(
        f"\nThe model\n\n  {'':<12}{'three nodes':>18}{'all in one place':>18}"
        f"{'difference':>12}{'with noise':>14}\n"
    )
    worst = 0.0
    for name, wanted in reference.items():
        value = found.get(name, float("nan"))
        apart = abs(value - wanted) / max(1.0, abs(wanted))
        worst = max(worst, apart) if apart == apart else float("inf")
        hidden = noised.get(name, float("nan"))
        write(f"  {name:<12}{value:>18.10f}{wanted:>18.10f}{apart:>12.1e}{hidden:>14.3f}\n")
    write(f"  largest relative difference {worst:.1e} (at most {TOLERANCE:.0e})\n")
    write("  Noise of this size (epsilon 3) hides each person, and blurs what so few can teach.\n")
    return worst <= TOLERANCE and set(found) == set(noised) == set(reference)


def _sites(finished: Finished, how: str, write: Callable[[str], object]) -> bool:
    run = finished.run
    write(f"\n  {how}; rounds: {run['rounds_done']}\n")
    good = run["rounds_done"] >= 1
    for site in run["nodes"]:
        trained = [r for r in site["receipts"] if r["outcome"] == "trained"]
        people = trained[0]["people"] if trained else "none"
        checks = sum(1 for c in trained[0]["checks"] if c["result"] == "ok") if trained else 0
        write(f"  {site['node']:<12} people: {people}; {checks} checks passed\n")
        good &= len(trained) >= 1
    return good and len(run["nodes"]) == 3


def _attempts(told: Told, write: Callable[[str], object]) -> bool:
    write("\nRefused attempts\n\n")
    for attempt in told.attempts:
        nodes = {refusal.node for refusal in attempt.refusals}
        opened = any(refusal.data_opened for refusal in attempt.refusals)
        write(
            f"  {attempt.what:<32} refused by {len(nodes)} of 3 nodes, "
            f"data {'OPENED' if opened else 'never opened'}\n"
        )
        for code, reason in sorted({(r.code, r.reason) for r in attempt.refusals}):
            write(f"  {'':<32} {code}: {reason}\n")
    return len(told.attempts) == 3 and all(attempt.as_expected for attempt in told.attempts)
