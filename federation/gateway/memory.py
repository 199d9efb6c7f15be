"""An in-memory Flower for tests of the layers above; kept true by the contract test."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import count

from federation.gateway.base import (
    RUN_KEY,
    ConfigValue,
    FlowerState,
    GatewayRefused,
    GatewayUnreachable,
    NodeStatus,
    RunStatus,
)


class MemoryGateway:
    """Keeps nodes and runs in dictionaries.

    A test moves things along with ``finish`` and ``come_online``, and sets ``reachable``
    to False to see how its caller bears an outage.
    """

    def __init__(self) -> None:
        self.reachable = True
        self.started: list[tuple[bytes, dict[str, ConfigValue]]] = []
        self._ids = count(1)
        self._nodes: dict[int, NodeStatus] = {}
        self._runs: dict[int, RunStatus] = {}
        self._names: dict[str, int] = {}

    def register_node(self, supernode_key: str, name: str) -> int:
        self._check_reachable()
        key = " ".join(supernode_key.split()[:2])
        if not key.startswith("ecdsa-sha2-nistp"):
            raise GatewayRefused("the SuperNode key is not an OpenSSH EC public key")
        for node in self._nodes.values():
            if node.supernode_key == key:
                return node.node_id
        node_id = next(self._ids)
        self._nodes[node_id] = NodeStatus(node_id, name, "registered", key)
        return node_id

    def nodes(self) -> list[NodeStatus]:
        self._check_reachable()
        return list(self._nodes.values())

    def start(self, fab: bytes, config: Mapping[str, ConfigValue]) -> int:
        self._check_reachable()
        if not fab.startswith(b"PK"):
            raise GatewayRefused("SuperLink refused the run: the bundle is not a FAB")
        flower_run = next(self._ids)
        self.started.append((fab, dict(config)))
        self._runs[flower_run] = RunStatus(flower_run, FlowerState.PENDING)
        self._names.setdefault(str(config.get(RUN_KEY, "")), flower_run)
        return flower_run

    def find_run(self, kinhold_run: str) -> int | None:
        self._check_reachable()
        return self._names.get(kinhold_run) if kinhold_run else None

    def status(self, flower_run: int) -> RunStatus:
        self._check_reachable()
        try:
            return self._runs[flower_run]
        except KeyError:
            raise GatewayRefused(f"SuperLink knows no run {flower_run}") from None

    def stop(self, flower_run: int) -> None:
        if not self.status(flower_run).finished:
            self.finish(flower_run, sub_status="stopped")

    def finish(self, flower_run: int, *, sub_status: str, details: str = "") -> None:
        """Let a run end as "completed", "failed" or "stopped"."""
        self._runs[flower_run] = replace(
            self._runs[flower_run],
            state=FlowerState.FINISHED,
            sub_status=sub_status,
            details=details,
        )

    def come_online(self, node_id: int) -> None:
        """Let a registered SuperNode connect."""
        self._nodes[node_id] = replace(self._nodes[node_id], status="online")

    def _check_reachable(self) -> None:
        if not self.reachable:
            raise GatewayUnreachable("SuperLink does not answer")
