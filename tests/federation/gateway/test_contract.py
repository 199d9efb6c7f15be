"""Both gateways keep the same promises: the one to a real SuperLink and its in-memory twin."""

import uuid
from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from federation.catalogue.registry import build_fab, job_config
from federation.gateway.base import (
    FlowerState,
    Gateway,
    GatewayRefused,
    GatewayUnreachable,
)
from federation.gateway.flower import FlowerGateway
from federation.gateway.memory import MemoryGateway
from tests.hostile.flower_parts import SuperLink, free_port

FAB = build_fab("linear-regression")
CONFIG = job_config("linear-regression", {"outcome": "y", "predictors": "x"})
BOTH = ["memory", pytest.param("flower", marks=pytest.mark.stack)]


@pytest.fixture(scope="module")
def superlink(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SuperLink]:
    """A real SuperLink without an aggregator: runs stay where they are put."""
    link = SuperLink(tmp_path_factory.mktemp("gateway"), governed=True).start()
    yield link
    link.process.stop()


@pytest.fixture(params=BOTH)
def gateway(request: pytest.FixtureRequest) -> Gateway:
    if request.param == "memory":
        return MemoryGateway()
    link: SuperLink = request.getfixturevalue("superlink")
    return FlowerGateway.from_file(link.address, link.tls.ca)


@pytest.fixture(params=BOTH)
def unreachable(request: pytest.FixtureRequest) -> Gateway:
    if request.param == "memory":
        memory = MemoryGateway()
        memory.reachable = False
        return memory
    link: SuperLink = request.getfixturevalue("superlink")
    return FlowerGateway.from_file(f"127.0.0.1:{free_port()}", link.tls.ca)


def _key(curve: type[ec.EllipticCurve] = ec.SECP384R1) -> str:
    public = ec.generate_private_key(curve()).public_key()
    return public.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()


def _start(gateway: Gateway) -> tuple[int, str]:
    run = str(uuid.uuid4())
    return gateway.start(FAB, {**CONFIG, "kinhold.run": run}), run


@pytest.mark.parametrize("curve", [ec.SECP256R1, ec.SECP384R1, ec.SECP521R1])
def test_a_registered_node_is_listed_and_keeps_its_id(
    gateway: Gateway, curve: type[ec.EllipticCurve]
) -> None:
    key = _key(curve)

    node_id = gateway.register_node(key, "river-node")
    again = gateway.register_node(f"{key} a comment", "river-node")

    (node,) = [node for node in gateway.nodes() if node.node_id == node_id]
    assert again == node_id
    assert (node.name, node.status, node.online) == ("river-node", "registered", False)
    assert node.supernode_key == key


def test_two_keys_are_two_nodes(gateway: Gateway) -> None:
    assert gateway.register_node(_key(), "a") != gateway.register_node(_key(), "b")


@pytest.mark.parametrize("kind", ["nothing", "words", "ed25519"])
def test_a_key_that_flower_cannot_use_is_refused(gateway: Gateway, kind: str) -> None:
    public = ed25519.Ed25519PrivateKey.generate().public_key()
    line = public.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
    key = {"nothing": "", "words": "not a key", "ed25519": line}[kind]

    with pytest.raises(GatewayRefused, match="not an OpenSSH EC public key"):
        gateway.register_node(key, "river-node")


def test_a_started_run_is_found_by_our_own_id(gateway: Gateway) -> None:
    started = [_start(gateway) for _ in range(3)]

    assert [gateway.find_run(run) for _, run in started] == [number for number, _ in started]
    status = gateway.status(started[0][0])
    assert (status.state, status.finished, status.sub_status) == (FlowerState.PENDING, False, "")


def test_a_run_nobody_started_is_not_found(gateway: Gateway) -> None:
    gateway.start(FAB, CONFIG)

    assert gateway.find_run(str(uuid.uuid4())) is None
    assert gateway.find_run("") is None


def test_a_stopped_run_is_finished_and_may_be_stopped_again(gateway: Gateway) -> None:
    number, _ = _start(gateway)

    gateway.stop(number)
    gateway.stop(number)

    status = gateway.status(number)
    assert (status.state, status.sub_status) == (FlowerState.FINISHED, "stopped")


def test_a_run_that_does_not_exist_is_refused(gateway: Gateway) -> None:
    for ask in (gateway.status, gateway.stop):
        with pytest.raises(GatewayRefused):
            ask(12345)


def test_bytes_that_are_no_bundle_are_refused(gateway: Gateway) -> None:
    with pytest.raises(GatewayRefused, match="SuperLink refused"):
        gateway.start(b"not a bundle", CONFIG)


def test_silence_is_told_apart_from_a_refusal(unreachable: Gateway) -> None:
    attempts = (
        lambda: unreachable.register_node(_key(), "river-node"),
        unreachable.nodes,
        lambda: unreachable.start(FAB, CONFIG),
        lambda: unreachable.find_run(str(uuid.uuid4())),
        lambda: unreachable.status(1),
        lambda: unreachable.stop(1),
    )
    for attempt in attempts:
        with pytest.raises(GatewayUnreachable, match="does not answer"):
            attempt()


@pytest.mark.stack
def test_a_superlink_with_another_certificate_is_not_spoken_to(
    superlink: SuperLink, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = SuperLink(tmp_path_factory.mktemp("other"), governed=True)

    with pytest.raises(GatewayUnreachable):
        FlowerGateway.from_file(superlink.address, other.tls.ca).nodes()


def test_a_certificate_that_is_not_there_is_told(tmp_path_factory: pytest.TempPathFactory) -> None:
    with pytest.raises(GatewayRefused, match="cannot read"):
        FlowerGateway.from_file("127.0.0.1:1", tmp_path_factory.mktemp("none") / "ca.crt")


def test_memory_lets_a_test_move_things_along() -> None:
    memory = MemoryGateway()
    node = memory.register_node(_key(), "river-node")
    number = memory.start(FAB, CONFIG)

    memory.come_online(node)
    memory.finish(number, sub_status="failed", details="2 of 3 nodes answered")

    assert memory.nodes()[0].online
    assert memory.status(number).details == "2 of 3 nodes answered"
    assert memory.started == [(FAB, CONFIG)]
