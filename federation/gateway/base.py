"""What the platform asks of Flower, and nothing more.

``flower.py`` does it over SuperLink's Control API; ``memory.py`` is its in-memory twin. One
contract test runs on both. A gateway starts and stops runs; it authorises nothing: every
node checks the stewards' decision for itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

ConfigValue = str | int | float | bool

RUN_KEY = "kinhold.run"
"""Run-configuration key that carries our own run id; ``find_run`` looks for it."""

MIXING_KEY = "kinhold.mixing"
"""Run-configuration key that is "1" when nodes' answers are mixed, and else not there."""


class GatewayError(Exception):
    """Base of the two ways in which Flower can fail us."""


class GatewayUnreachable(GatewayError):
    """SuperLink did not answer. Whether the call took effect is unknown: look before retrying."""


class GatewayRefused(GatewayError):
    """SuperLink answered and said no. Trying again unchanged will not help."""


class FlowerState(StrEnum):
    """Where a Flower run stands; FINISHED says nothing about whether any node trained."""

    PENDING = "pending"
    STARTING = "starting"
    RUNNING = "running"
    FINISHED = "finished"


@dataclass(frozen=True)
class RunStatus:
    """A run as SuperLink tells it.

    Attributes:
        sub_status: "completed", "failed" or "stopped" once finished, else "".
        details: SuperLink's own words, e.g. why the ServerApp failed.
    """

    flower_run: int
    state: FlowerState
    sub_status: str = ""
    details: str = ""

    @property
    def finished(self) -> bool:
        return self.state is FlowerState.FINISHED


@dataclass(frozen=True)
class NodeStatus:
    """A SuperNode as SuperLink tells it; ``status`` is "registered", "online" or "offline"."""

    node_id: int
    name: str
    status: str
    supernode_key: str

    @property
    def online(self) -> bool:
        return self.status == "online"


class Gateway(Protocol):
    """Every method raises GatewayUnreachable or GatewayRefused, and no other error."""

    def register_node(self, supernode_key: str, name: str) -> int:
        """Let a SuperNode in; return its Flower node id.

        Safe to repeat: a key that is already registered keeps its id.

        Args:
            supernode_key: OpenSSH public key line of an EC key (P-256, P-384 or P-521).
        """

    def nodes(self) -> list[NodeStatus]:
        """List the SuperNodes that are registered now."""

    def start(self, fab: bytes, config: Mapping[str, ConfigValue]) -> int:
        """Start a run and return its Flower run id. Not idempotent: see ``find_run``."""

    def find_run(self, kinhold_run: str) -> int | None:
        """Find the run whose configuration carries ``kinhold.run = kinhold_run``.

        A dispatcher that died between ``start`` and saving the id asks this before it
        starts anything, and adopts what it finds.
        """

    def status(self, flower_run: int) -> RunStatus:
        """Tell where a run stands."""

    def stop(self, flower_run: int) -> None:
        """Stop a run. A run that has already finished is left as it is."""
