"""Change signed papers 100,000 times and more, and see that a node accepts none of them.

    python -m bench.fuzz_grants [--count 200000] [--seed 5] [--processes 2] [--only NUMBER]

Grants, delegations, charters, notices and lists of notices are changed in their bytes, fields,
spelling, ballots and signatures (``tests/consent/grants/mutants.py``). Each must be refused, or
say exactly what its stewards signed; nothing but a refusal may ever be raised. Prints how many
were refused for which reason, with which check of ``allow_run``, and exits 1 when one was
accepted or something else was raised. ``--only`` shows one of them, by its number.
"""

import argparse
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor

from tests.consent.grants.fuzz import SAME, SIGNED, Tally, fuzz, make, verdict

_PIECE = 2_000


def show(seed: int, number: int) -> int:
    mutant = make(seed, number)
    print(f"{mutant.paper}, {mutant.kind}: {verdict(mutant)}\n{ascii(mutant.text)[1:-1]}")
    return 0


def run(seed: int, count: int, processes: int) -> Tally:
    """Judge all numbers below ``count``, in several processes."""
    whole = Tally()
    pieces = [range(first, min(first + _PIECE, count)) for first in range(0, count, _PIECE)]
    with ProcessPoolExecutor(processes) as pool:
        for part in pool.map(fuzz, [seed] * len(pieces), pieces):
            whole.by_verdict.update(part.by_verdict)
            whole.by_kind.update(part.by_kind)
            whole.wrong += part.wrong
    return whole


def print_table(title: str, counts: Counter[str]) -> None:
    print(f"\n{title}")
    for name, count in counts.most_common():
        print(f"  {count:>9,}  {name}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--count", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--only", type=int, help="show this one and what becomes of it")
    options = parser.parse_args()
    if options.only is not None:
        return show(options.seed, options.only)
    begun = time.perf_counter()
    tally = run(options.seed, options.count, options.processes)
    seconds = time.perf_counter() - begun
    papers: Counter[str] = Counter()
    for (paper, _), count in tally.by_kind.items():
        papers[paper] += count
    kept = {
        SAME: "accepted, says exactly what was signed",
        SIGNED: "accepted, stewards signed it anew",
    }
    verdicts = Counter({kept.get(name, name): n for name, n in tally.by_verdict.items()})
    print_table("Changed papers", papers)
    print_table("What became of them (refusals by code, with the number of the check)", verdicts)
    for number, mutant, what in tally.wrong[:20]:
        print(
            f"WRONG: --seed {options.seed} --only {number}: {mutant.paper}, {mutant.kind}: {what}"
        )
    print(
        f"\n{options.count:,} changed papers in {seconds:.0f} s, {options.count / seconds:,.0f} a "
        f"second in {options.processes} processes; wrongly accepted or broken: {len(tally.wrong)}"
    )
    return 1 if tally.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
