"""What runs beside SuperLink: one question to every node, then one small linear solve."""

from flwr.app import Context
from flwr.serverapp import Grid, ServerApp

from ..shared.asking import gather
from ..shared.columns import chosen
from ..shared.results import keep_result, people_band
from .additive import from_sums
from .maths import combine, solve

app = ServerApp()


@app.main()  # type: ignore[untyped-decorator]  # flwr is skipped by mypy
def main(grid: Grid, context: Context) -> None:
    """Fit the model and keep it as the run's result."""
    config = context.run_config
    panel = gather(grid, config, from_sums)
    fit = solve(combine(panel.ask({})))
    names = ["intercept", *chosen(config)[0]]
    keep_result(
        context,
        {
            "job": "linear-regression",
            "job_version": "1.0.0",
            "rounds": panel.rounds,
            "nodes": len(panel.nodes),
            "n_band": people_band(fit.count),
            "converged": True,
            "coefficients": dict(zip(names, fit.coefficients.tolist(), strict=True)),
            "standard_errors": dict(zip(names, fit.standard_errors.tolist(), strict=True)),
            "r_squared": fit.r_squared,
            "residual_sd": fit.residual_sd,
        },
    )
