"""What runs beside SuperLink: Newton steps, one question to every node for each."""

from dataclasses import replace

import numpy as np
from flwr.app import Context
from flwr.serverapp import Grid, ServerApp

from ..shared.asking import Panel, gather
from ..shared.columns import chosen
from ..shared.results import keep_result, people_band
from . import maths
from .additive import from_sums

app = ServerApp()


@app.main()  # type: ignore[untyped-decorator]  # flwr is skipped by mypy
def main(grid: Grid, context: Context) -> None:
    """Fit the model and keep it as the run's result."""
    config = context.run_config
    panel = gather(grid, config, from_sums)
    predictors = chosen(config)[0]
    rounds = min(int(config["job.max-iterations"]), int(config["kinhold.max-rounds"]))
    point, sums, converged = fit(panel, len(predictors), rounds, float(config["job.tolerance"]))
    coefficients, errors = maths.in_original_units(point, sums)
    names = ["intercept", *predictors]
    keep_result(
        context,
        {
            "job": "logistic-regression",
            "job_version": "1.0.0",
            "rounds": panel.rounds,
            "nodes": len(panel.nodes),
            "n_band": people_band(sums.count),
            "converged": converged,
            "coefficients": dict(zip(names, coefficients.tolist(), strict=True)),
            "standard_errors": dict(zip(names, errors.tolist(), strict=True)),
            "log_likelihood": sums.loglikelihood,
        },
    )


def fit(
    panel: Panel, predictors: int, rounds: int, tolerance: float
) -> tuple[maths.Point, maths.Sums, bool]:
    """Step until the coefficients settle or the rounds are used up.

    A step that made the fit worse is halved and asked again; that costs a round. When a
    node drops out, the fit starts to compare afresh with those that are left.

    Returns:
        the point, the sums that the standard errors come from, and whether it settled.
    """
    sums = maths.combine(panel.ask(maths.start(predictors).arrays()))
    point, sums = maths.standardise(sums)
    full = step = maths.newton_step(sums)
    while panel.rounds < rounds and not _settled(full, tolerance):
        asked = panel.nodes
        step = maths.bounded(point, step)
        trial = replace(point, beta=point.beta + step)
        answer = maths.combine(panel.ask(trial.arrays()))
        if panel.nodes == asked and _worse(answer, sums):
            step = step / 2
            continue
        point, sums = trial, answer
        full = step = maths.newton_step(sums)
    if _settled(full, tolerance):
        return replace(point, beta=point.beta + full), sums, True
    return point, sums, False


def _settled(step: maths.Floats, tolerance: float) -> bool:
    return float(np.max(np.abs(step))) < tolerance


def _worse(answer: maths.Sums, before: maths.Sums) -> bool:
    # Near the top the fit changes by less than its own rounding; that is not "worse".
    return answer.loglikelihood < before.loglikelihood - 1e-9 * abs(before.loglikelihood)
