"""Speaks to SuperLink's Control API. The only file of the web and worker that imports flwr.

These are Flower's own, semi-private clients and will move between versions; keeping them in
one place makes that one file's work.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

import httpx
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
    load_ssh_public_key,
)
from flwr.common.serde import fab_to_proto, user_config_from_proto, user_config_to_proto
from flwr.proto.control_pb2 import (
    ListNodesRequest,
    ListRunsRequest,
    RegisterNodeRequest,
    StartRunRequest,
    StopRunRequest,
)
from flwr.proto.run_pb2 import Run
from flwr.supercore.control import ControlHttpClient
from flwr.supercore.error import ApiErrorCode, FlowerError
from flwr.supercore.fab import Fab
from flwr.supercore.interceptors import RuntimeVersionHttpInterceptor

from consent.grants.codec import digest
from federation.gateway.base import (
    RUN_KEY,
    ConfigValue,
    FlowerState,
    GatewayRefused,
    GatewayUnreachable,
    NodeStatus,
    RunStatus,
)

Answer = TypeVar("Answer")

_PAGE = 100


class FlowerGateway:
    """A gateway over TLS; the connection is made at the first call and kept.

    Args:
        address: host:port of SuperLink.
        ca: PEM certificate that signed SuperLink's; nothing else is trusted.
    """

    def __init__(self, address: str, ca: bytes) -> None:
        self._client = ControlHttpClient.from_server_address(
            server_address=address,
            insecure=False,
            root_certificates=ca,
            interceptors=[RuntimeVersionHttpInterceptor(component_name="kinhold")],
        )

    @classmethod
    def from_file(cls, address: str, ca_file: Path) -> "FlowerGateway":
        """Make a gateway with the certificate in ``ca_file``.

        Raises:
            GatewayRefused: the file cannot be read.
        """
        try:
            return cls(address, ca_file.read_bytes())
        except OSError as error:
            raise GatewayRefused(f"cannot read {ca_file}: {error.strerror}") from None

    def register_node(self, supernode_key: str, name: str) -> int:
        pem = _pem_of(supernode_key)
        try:
            answer = _call(
                self._client.RegisterNode, RegisterNodeRequest(public_key=pem, name=name)
            )
        except _RefusedWith as refusal:
            if refusal.code != ApiErrorCode.PUBLIC_KEY_ALREADY_IN_USE:
                raise
            return self._registered(supernode_key)
        return int(answer.node_id)

    def nodes(self) -> list[NodeStatus]:
        answer = _call(self._client.ListNodes, ListNodesRequest())
        return [
            NodeStatus(int(n.node_id), n.name, n.status, _ssh_of(n.public_key))
            for n in answer.nodes_info
            if n.status != "unregistered"
        ]

    def start(self, fab: bytes, config: Mapping[str, ConfigValue]) -> int:
        request = StartRunRequest(
            fab=fab_to_proto(Fab(digest(fab), fab, {})),
            override_config=user_config_to_proto(dict(config)),
        )
        answer = _call(self._client.StartRun, request)
        if not answer.HasField("run_id"):
            raise GatewayRefused("SuperLink refused the run and gave no reason")
        return int(answer.run_id)

    def find_run(self, kinhold_run: str) -> int | None:
        if not kinhold_run:
            return None
        for run in self._runs():
            if user_config_from_proto(run.override_config).get(RUN_KEY) == kinhold_run:
                return int(run.run_id)
        return None

    def status(self, flower_run: int) -> RunStatus:
        answer = _call(self._client.ListRuns, ListRunsRequest(run_id=flower_run))
        run = answer.run_dict[flower_run]
        return RunStatus(
            flower_run, FlowerState(run.status.status), run.status.sub_status, run.status.details
        )

    def stop(self, flower_run: int) -> None:
        try:
            _call(self._client.StopRun, StopRunRequest(run_id=flower_run))
        except _RefusedWith as refusal:
            if refusal.code != ApiErrorCode.RUN_ALREADY_FINISHED:
                raise

    def _runs(self) -> Iterator[Run]:
        """Walk every run, newest first."""
        skip = 0
        while True:
            answer = _call(self._client.ListRuns, ListRunsRequest(limit=_PAGE, skip=skip))
            page = sorted(answer.run_dict.values(), key=lambda run: run.pending_at, reverse=True)
            yield from page
            if len(page) < _PAGE:
                return
            skip += _PAGE

    def _registered(self, supernode_key: str) -> int:
        wanted = _ssh_of(_pem_of(supernode_key))
        for node in self.nodes():
            if node.supernode_key == wanted:
                return node.node_id
        raise GatewayRefused("the SuperNode key was used by a node that was removed")


class _RefusedWith(GatewayRefused):
    """A refusal with SuperLink's own error code."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(f"SuperLink refused: {text}")
        self.code = code


def _call(method: Callable[[object], Answer], request: object) -> Answer:
    try:
        return method(request)
    except httpx.HTTPStatusError as error:
        if error.response.status_code in (502, 503, 504):
            raise GatewayUnreachable(
                f"SuperLink answers {error.response.status_code} for now"
            ) from error
        told = FlowerError.from_json(error.response.text)
        if told is None:
            raise _RefusedWith(0, f"HTTP {error.response.status_code}") from error
        text = told.message + (f" {told.public_details}" if told.public_details else "")
        raise _RefusedWith(told.code, text) from error
    except httpx.TransportError as error:
        raise GatewayUnreachable(f"SuperLink does not answer: {error}") from error


def _pem_of(supernode_key: str) -> bytes:
    try:
        key = load_ssh_public_key(supernode_key.encode())
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise GatewayRefused("the SuperNode key is not an OpenSSH EC public key")
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def _ssh_of(pem: bytes) -> str:
    key = load_pem_public_key(pem)
    if not isinstance(key, ec.EllipticCurvePublicKey):
        return ""
    return key.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
