"""The table of vetted jobs: what each computes, what leaves a node, what may be set.

Pure data and pure functions, read by the platform (forms, plain-language pages, dispatch)
and by every node (which columns a run uses, what a reply may look like).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from federation.catalogue.fab import build_fab_of, digest_of
from federation.catalogue.parameters import ConfigValue, Parameter, ParameterError, checked


class UnknownJob(KeyError):
    """The catalogue has no job of that name."""

    def __str__(self) -> str:
        return f"the catalogue has no job named {self.args[0]!r}"


@dataclass(frozen=True)
class ReplyList:
    """One list of float64 numbers a node sends back each round.

    ``length`` is told in terms of p, the number of predictors; see ``LENGTHS``.
    """

    name: str
    length: str
    meaning: str


@dataclass(frozen=True)
class Job:
    """One vetted job.

    Attributes:
        leaves: plain sentences, what leaves a node in each round.
        record: name of the one MetricRecord in a reply; nothing else may be in it.
        rounds: fewest and most rounds the job can need with the default settings.
        package: folder of the Flower app below ``federation/catalogue``.
    """

    name: str
    version: str
    title: str
    summary: str
    leaves: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    outputs: tuple[str, ...]
    record: str
    reply: tuple[ReplyList, ...]
    rounds: tuple[int, int]
    package: str

    def lengths(self, predictors: int) -> dict[str, int]:
        """Give the exact length of each reply list for that many predictors."""
        return {part.name: LENGTHS[part.length](predictors) for part in self.reply}

    def coefficients(self, predictors: int) -> int:
        """Count the numbers a fit is free to choose: one for each predictor, and the intercept."""
        return predictors + 1

    def numbers_per_round(self, predictors: int) -> int:
        """Count the numbers that leave one node in one round."""
        return sum(self.lengths(predictors).values())


LENGTHS: dict[str, Callable[[int], int]] = {
    "1": lambda p: 1,
    "p": lambda p: p,
    "p+1": lambda p: p + 1,
    "(p+1)(p+2)/2": lambda p: (p + 1) * (p + 2) // 2,
}

_OUTCOME = Parameter(
    "outcome", "Outcome", "variable", "The variable to explain; one number for each person."
)
_BINARY_OUTCOME = Parameter(
    "outcome", "Outcome", "variable", "The variable to explain; 0 or 1 for each person."
)
_PREDICTORS = Parameter(
    "predictors",
    "Predictors",
    "variables",
    "The variables that may explain it, separated by commas.",
    least=1,
    most=50,
)

LINEAR_REGRESSION = Job(
    name="linear-regression",
    version="1.0.0",
    title="Linear regression",
    summary=(
        "Fits a straight-line relation between one outcome and several predictors, exactly as if "
        "all people's records stood in one table."
    ),
    leaves=(
        "How many people have all the needed values.",
        "The average of each variable over those people.",
        "For each pair of variables, one sum that says how they vary together.",
        "No person's own values.",
    ),
    parameters=(_OUTCOME, _PREDICTORS),
    outputs=("coefficients", "standard-errors", "r-squared", "residual-sd"),
    record="sums",
    reply=(
        ReplyList("count", "1", "number of people with complete values"),
        ReplyList("means", "p+1", "average of each predictor, then of the outcome"),
        ReplyList("scatter", "(p+1)(p+2)/2", "sums of products about those averages"),
    ),
    rounds=(1, 1),
    package="linear_regression",
)

LOGISTIC_REGRESSION = Job(
    name="logistic-regression",
    version="1.0.0",
    title="Logistic regression",
    summary=(
        "Fits the odds of a yes/no outcome from several predictors by Newton's method, exactly as "
        "if all people's records stood in one table."
    ),
    leaves=(
        "How many people have all the needed values.",
        "How well the current model fits them: one number.",
        "For each predictor, one sum that says which way to improve the model.",
        "For each pair of predictors, one sum that says how sure that direction is.",
        "No person's own values.",
    ),
    parameters=(
        _BINARY_OUTCOME,
        _PREDICTORS,
        Parameter(
            "max-iterations",
            "Most rounds",
            "integer",
            "Give up when the fit has not settled after this many rounds.",
            unit="rounds",
            least=2,
            most=50,
            default=15,
        ),
        Parameter(
            "tolerance",
            "Tolerance",
            "number",
            "Stop when no coefficient, for variables scaled to spread 1, moves more than this.",
            least=1e-12,
            most=1e-3,
            default=1e-9,
        ),
    ),
    outputs=("coefficients", "standard-errors", "log-likelihood"),
    record="sums",
    reply=(
        ReplyList("count", "1", "number of people with complete values"),
        ReplyList("loglikelihood", "1", "fit of the current model to those people"),
        ReplyList("gradient", "p+1", "slope of the fit for intercept and each predictor"),
        ReplyList("hessian", "(p+1)(p+2)/2", "curvature of the fit for each pair"),
    ),
    rounds=(2, 15),
    package="logistic_regression",
)

JOBS: Mapping[str, Job] = {job.name: job for job in (LINEAR_REGRESSION, LOGISTIC_REGRESSION)}


def job_named(name: str) -> Job:
    """Look a job up.

    Raises:
        UnknownJob: the catalogue has none of that name.
    """
    try:
        return JOBS[name]
    except KeyError:
        raise UnknownJob(name) from None


def build_fab(name: str) -> bytes:
    """Build the job's Flower app bundle: the same bytes on every machine, every time."""
    return build_fab_of(job_named(name).package)


def code_digest(name: str) -> str:
    """SHA-256 of the bundle, the ``code`` that a grant binds."""
    return digest_of(job_named(name).package)


def installed_digests() -> dict[str, str]:
    """Read the bundles' files anew; from here on ``code_digest`` tells what was found now."""
    build_fab_of.cache_clear()
    digest_of.cache_clear()
    return {name: code_digest(name) for name in JOBS}


def job_config(name: str, parameters: Mapping[str, object]) -> dict[str, ConfigValue]:
    """Check a researcher's parameters and write out every ``job.*`` key.

    Args:
        parameters: by parameter name, without the ``job.`` prefix. Missing or empty ones
            take their default.
    Raises:
        UnknownJob: no such job.
        ParameterError: names every parameter that cannot be used, and why.
    """
    job = job_named(name)
    config: dict[str, ConfigValue] = {}
    problems: dict[str, str] = {}
    for unknown in sorted(set(parameters) - {p.name for p in job.parameters}):
        problems[unknown] = f"{job.title} has no such parameter"
    for parameter in job.parameters:
        try:
            config[parameter.key] = checked(parameter, parameters.get(parameter.name))
        except ValueError as error:
            problems[parameter.name] = str(error)
    outcome = str(config.get("job.outcome", ""))
    if outcome and outcome in str(config.get("job.predictors", "")).split(","):
        problems["predictors"] = f"the outcome {outcome!r} cannot explain itself"
    if problems:
        raise ParameterError(problems)
    return config


def job_variables(config: Mapping[str, ConfigValue]) -> tuple[str, ...]:
    """List the columns a run configuration uses: predictors in order, then the outcome."""
    predictors = str(config.get("job.predictors", ""))
    names = [name for name in predictors.split(",") if name]
    outcome = str(config.get("job.outcome", ""))
    return (*names, outcome) if outcome else tuple(names)


def most_rounds(name: str, config: Mapping[str, ConfigValue]) -> int:
    """Give the most training rounds this configuration can ask of a node."""
    return int(config.get("job.max-iterations", job_named(name).rounds[1]))
