"""What consent needs to know of a catalogue job. Federation fills it in; pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

ConfigValue = str | int | float | bool


@dataclass(frozen=True)
class JobFacts:
    """One vetted job with the researcher's settings, as the catalogue checked them.

    Attributes:
        code: SHA-256 of the job's bundle, lower-case hex.
        config: every ``job.*`` key of the run configuration.
        config_digest: ``consent.grants`` digest of ``config``.
        variables: the columns that the configuration uses.
        title: the job's name for people.
        leaves: plain sentences, what leaves a node in each round.
        parameters: the settings as the researcher gave them.
    """

    name: str
    version: str
    code: str
    config: Mapping[str, ConfigValue]
    config_digest: str
    outputs: tuple[str, ...]
    variables: tuple[str, ...]
    title: str
    leaves: tuple[str, ...]
    parameters: Mapping[str, object] = field(default_factory=dict)
