"""What a researcher may set on a catalogue job, and how it is checked.

A job's parameters become run-configuration keys ``job.<name>``. A grant is bound to all of
them (``config_digest``), so ``job_config`` always writes out every key: a default that
changed in a later version can then never slip under an old decision.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

ConfigValue = str | int | float | bool

_VARIABLE = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
_NAME_LIMIT = 200


class ParameterError(ValueError):
    """One or more parameters are not acceptable; ``problems`` names each in plain words."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        self.problems = dict(problems)
        super().__init__("; ".join(f"{name}: {text}" for name, text in problems.items()))


@dataclass(frozen=True)
class Parameter:
    """One setting of a job.

    Attributes:
        kind: "variable" (one column), "variables" (comma list), "integer" or "number".
        unit: what a number counts or measures; "" where there is none.
        least, most: limits of a number, both allowed; for "variables" the number of names.
        default: None where the researcher must choose.
    """

    name: str
    label: str
    kind: str
    help: str
    unit: str = ""
    least: float | None = None
    most: float | None = None
    default: ConfigValue | None = None

    @property
    def key(self) -> str:
        return f"job.{self.name}"


def checked(parameter: Parameter, value: object) -> ConfigValue:
    """Return ``value`` as it stands in the run configuration.

    Raises:
        ValueError: with a sentence for the person who filled in the form.
    """
    if value is None or value == "":
        if parameter.default is None:
            raise ValueError("must be chosen")
        return parameter.default
    return _READERS[parameter.kind](parameter, value)


def _variable(parameter: Parameter, value: object) -> str:
    name = str(value).strip()
    if not _VARIABLE.fullmatch(name):
        raise ValueError(
            f"{name[:_NAME_LIMIT]!r} is not a variable name "
            "(a letter, then letters, digits or underscores)"
        )
    return name


def _variables(parameter: Parameter, value: object) -> str:
    parts = value.split(",") if isinstance(value, str) else value
    if not isinstance(parts, list | tuple):
        raise ValueError("must be a list of variable names")
    names = [_variable(parameter, part) for part in parts]
    if len(set(names)) != len(names):
        raise ValueError("names a variable twice")
    _check_limits(parameter, len(names), "variables")
    return ",".join(names)


def _integer(parameter: Parameter, value: object) -> int:
    if isinstance(value, bool) or (isinstance(value, float) and not value.is_integer()):
        raise ValueError("must be a whole number")
    try:
        number = int(value)  # type: ignore[call-overload]  # anything else raises below
    except (TypeError, ValueError, OverflowError):
        raise ValueError("must be a whole number") from None
    _check_limits(parameter, number, parameter.unit)
    return int(number)


def _number(parameter: Parameter, value: object) -> float:
    if isinstance(value, bool):
        raise ValueError("must be a number")
    try:
        number = float(value)  # type: ignore[arg-type]  # anything else raises below
    except (TypeError, ValueError, OverflowError):
        raise ValueError("must be a number") from None
    _check_limits(parameter, number, parameter.unit)
    return number


def _check_limits(parameter: Parameter, number: float, unit: str) -> None:
    low = parameter.least is not None and not number >= parameter.least
    high = parameter.most is not None and not number <= parameter.most
    if low or high or number != number:
        span = f"{parameter.least:g} to {parameter.most:g} {unit}".strip()
        raise ValueError(f"must be {span}, got {number:g}")


_READERS: dict[str, Callable[[Parameter, object], ConfigValue]] = {
    "variable": _variable,
    "variables": _variables,
    "integer": _integer,
    "number": _number,
}
