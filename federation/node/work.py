"""One message as the guard sees it: pulled, and not yet looked into."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

ConfigValue = str | int | float | bool


@dataclass(frozen=True)
class Work:
    """A message with all that came with it.

    Attributes:
        flower_run: Flower's run id.
        round: the sender's own count, taken from the message's group; 0 when it is none.
        code_claimed: the digest Flower says the bundle has; ``fab`` are the bytes themselves.
        config: the run configuration, exactly as the job would get it.
        job_input: message and context for the job, see ``flower_job``.
        question: the lists of numbers that the sender put to the job, by name.
        question_digest: stands for everything the job is asked with, as hex.
        mixing: what a step of secure aggregation carries, by name; empty outside of it.
        flower_node: this node's own number at SuperLink.
        names: of the message's records and of what is in them, in order.
    """

    flower_run: int
    message_type: str
    round: int
    code_claimed: str
    fab: bytes
    config: Mapping[str, ConfigValue]
    job_input: bytes
    question: Mapping[str, Sequence[float]] = field(default_factory=dict)
    mixing: Mapping[str, object] = field(default_factory=dict)
    flower_node: int = 0
    question_digest: str = ""
    names: tuple[str, ...] = ()
