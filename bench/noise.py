"""What noise costs: coefficients of a noised linear regression beside those of the exact one.

    python -m bench.noise [--times 50] [--copies 1]

The bundled diabetes data, dealt to three sites of about 147 people. Each site's sums are noised
as a node does it, for epsilon 1, 3 and 10 with delta 1e-5, and pooled as the server does it.
Printed is the median over many draws of the coefficients' error, as a share of their size: 0 is
exact, 1 is as wrong as answering "no effect" for all of them. ``--copies 10`` puts every person in
ten times, to see what larger sites would get.
"""

import argparse
import statistics
from decimal import Decimal
from pathlib import Path

import numpy as np
from flwr.app import MetricRecord, RecordDict
from sklearn.datasets import load_diabetes

from federation.catalogue.linear_regression import maths
from federation.catalogue.registry import LINEAR_REGRESSION
from federation.node.decision.gate import Plan
from federation.node.home import Budget, Dataset, Words
from federation.node.privacy.accounting import noise_multiplier
from federation.node.privacy.noise import add_noise
from tests.federation.node.noised import claims

SITES = 3
EPSILONS = (1.0, 3.0, 10.0)
DELTA = 1e-5
# As a custodian would write them, without a look at the largest and smallest value.
RANGES: dict[str, tuple[float, float]] = {
    "age": (18, 90),
    "sex": (1, 2),
    "bmi": (15, 50),
    "bp": (50, 150),
    "s1": (80, 320),
    "s2": (30, 260),
    "s3": (15, 110),
    "s4": (1, 10),
    "s5": (3, 7),
    "s6": (50, 140),
    "progression": (20, 360),
}
OUTCOME = "progression"
QUESTIONS: tuple[tuple[str, ...], ...] = (
    ("bmi",),
    ("age", "bmi", "bp"),
    tuple(name for name in RANGES if name != OUTCOME),
)


def table(copies: int) -> dict[str, np.ndarray]:
    data = load_diabetes(scaled=False)
    columns = dict(zip(map(str, data.feature_names), data.data.T, strict=True))
    columns[OUTCOME] = data.target
    return {name: np.tile(np.clip(columns[name], *RANGES[name]), copies) for name in RANGES}


def plan_of(predictors: tuple[str, ...]) -> Plan:
    names = (*predictors, OUTCOME)
    dataset = Dataset(
        id="diabetes",
        path=Path("diabetes.csv"),
        format="csv",
        min_cohort=20,
        variables=dict.fromkeys(names, "number"),
        words=Words(columns={name: {"range": list(RANGES[name])} for name in names}),
        budget=Budget(Decimal(10), Decimal("0.00001")),
    )
    return Plan(
        claims=claims("bench"),
        dataset=dataset,
        variables=names,
        predictors=len(predictors),
        job=LINEAR_REGRESSION,
        least=20,
        communities=SITES,
    )


def replies(predictors: tuple[str, ...], columns: dict[str, np.ndarray]) -> list[RecordDict]:
    order = np.random.default_rng(0).permutation(len(columns[OUTCOME]))
    return [
        RecordDict({"sums": MetricRecord({n: v.tolist() for n, v in sums.items()})})
        for part in np.array_split(order, SITES)
        for sums in [
            maths.site_sums([columns[n][part] for n in predictors], columns[OUTCOME][part])
        ]
    ]


def fitted(records: list[RecordDict]) -> np.ndarray:
    answers = [{name: np.array(r["sums"][name]) for name in r["sums"]} for r in records]
    return maths.solve(maths.combine(answers)).coefficients[1:]


def share(predictors: tuple[str, ...], epsilon: float, times: int, copies: int) -> float:
    """Give the median error of the slopes, for predictors scaled to spread 1, over their size."""
    columns, plan = table(copies), plan_of(predictors)
    exact = replies(predictors, columns)
    spread = np.array([columns[name].std() for name in predictors])
    right = fitted(exact) * spread
    multiplier = noise_multiplier(epsilon, DELTA, 1)
    errors = []
    for _ in range(times):
        noised = [add_noise(records, plan, {}, multiplier) for records in exact]
        off = fitted(noised) * spread - right
        errors.append(float(np.linalg.norm(off) / np.linalg.norm(right)))
    return statistics.median(errors)


def main() -> None:
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--times", type=int, default=50)
    reader.add_argument("--copies", type=int, default=1)
    asked = reader.parse_args()
    print(f"{'predictors':>10} {'numbers':>8}" + "".join(f"  epsilon {e:<5g}" for e in EPSILONS))
    for predictors in QUESTIONS:
        shares = [share(predictors, epsilon, asked.times, asked.copies) for epsilon in EPSILONS]
        numbers = LINEAR_REGRESSION.numbers_per_round(len(predictors))
        told = "".join(f"  {each:<13.2f}" for each in shares)
        print(f"{len(predictors):>10} {numbers:>8}{told}")


if __name__ == "__main__":
    main()
