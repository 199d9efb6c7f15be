"""Every connection of a node goes out: nothing of it can be reached from another machine."""

import os
import socket

import pytest

from tests.federation.node.sockets import family_of, is_loopback, listening
from tests.hostile.conftest import Scene

pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("hostile")]

EVERYWHERE = "0.0.0.0"  # noqa: S104  # what must be seen if a node ever did it


def test_connected_nodes_listen_on_loopback_only(scene: Scene) -> None:
    for node in scene.governed.nodes.values():
        assert node.process.child is not None
        family = family_of(node.process.child.pid)
        addresses = listening(family)

        assert len(family) >= 3, "the node, what starts its jobs, and its SuperNode"
        assert addresses, "the SuperNode waits for the node's own calls"
        assert [address for address in addresses if not is_loopback(address)] == []


def test_a_second_node_in_the_folder_of_a_running_one_is_refused(scene: Scene) -> None:
    node = scene.governed.nodes["river"]
    assert node.process.child is not None

    second = node.command("run")

    assert (second.returncode, second.stdout) == (2, "")
    assert second.stderr.startswith("kinhold-node: A node works with")
    assert f"as process {node.process.child.pid}." in second.stderr
    assert node.process.alive()


def test_what_listens_to_the_outside_would_be_seen() -> None:
    with socket.create_server((EVERYWHERE, 0)) as server, socket.socket(type=2) as udp:
        udp.bind((EVERYWHERE, 0))
        seen = listening(family_of(os.getpid()))
        wanted = {f"{EVERYWHERE}:{one.getsockname()[1]}" for one in (server, udp)}

    assert wanted <= set(seen)
    assert not any(map(is_loopback, wanted))
    assert all(map(is_loopback, ("127.0.0.1:80", "::1:80", "::ffff:127.0.0.1:80")))
