"""Charters of peers: pinned by their words, kept up to date, and asked for once when needed."""

from argparse import Namespace
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from consent.grants.codec import b64u
from consent.grants.words import fingerprint_words
from federation.node.decision.holders import holder_state
from federation.node.errors import NodeError, NotHidden
from federation.node.executor import synchronise
from federation.node.home import NodeConfig
from federation.node.mixing import memory, peers
from federation.node.mixing.memory import Place
from federation.node.platform import Platform
from federation.node.setting_up.pinning import pin_charter
from federation.node.settings import read_config
from tests.federation.node.conftest import CONFIG, Made
from tests.federation.node.mixers import Federation, community, federation
from tests.hostile.community import signed
from tests.hostile.platform import HostilePlatform


@pytest.fixture
def peered(made: Made) -> Made:
    """River's node, whose operator names Coast as a peer; nothing is pinned of Coast."""
    text = CONFIG.format(platform=made.platform.url)
    made.home.config.write_text('peers = ["coast"]\n' + text)
    made.config = read_config(made.home)
    made.platform.served["coast"].charters = [community("coast")[1].to_json()]
    return made


def _pin(made: Made, name: str, digest: str) -> None:
    words = fingerprint_words(digest)
    pin_charter(made.home, Namespace(holder=name, fingerprint=words, charter=None, json=False))


def _numbers(made: Made) -> list[int]:
    state = holder_state(made.home, "coast")
    try:
        return [charter.number for charter in state.chain()]
    finally:
        state.close()


def test_a_peer_is_pinned_by_its_words_and_only_if_it_is_named(peered: Made) -> None:
    _, charter, _ = community("coast")
    with pytest.raises(NodeError, match="not the words"):
        _pin(peered, "coast", "0" * 64)
    with pytest.raises(NodeError, match=r'peers = \["hill"\]'):
        _pin(peered, "hill", charter.digest)
    assert _numbers(peered) == []

    _pin(peered, "coast", charter.digest)

    assert _numbers(peered) == [1]


def test_the_syncer_fetches_a_peers_charters_and_nothing_else_of_it(peered: Made) -> None:
    made, charter, _ = community("coast")
    _pin(peered, "coast", charter.digest)
    second = signed(made.charter(number=2, previous=charter.digest), made.stewards[:2])
    peered.platform.served["coast"].charters.append(second.to_json())
    peered.platform.requests.clear()

    synchronise(peered.home, peered.config)

    assert _numbers(peered) == [1, 2]
    asked = [line for line in peered.platform.requests if "coast" in line]
    assert asked == ["river GET /api/v1/node/charters?community=coast"]


def test_a_peer_that_is_not_pinned_yet_is_not_asked_about(peered: Made) -> None:
    synchronise(peered.home, peered.config)

    assert not any("coast" in line for line in peered.platform.requests)


def test_the_syncer_wipes_what_rounds_left_behind(peered: Made) -> None:
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    memory.forget_old(peered.state, long_ago)
    peered.state.db.execute(
        "INSERT INTO mixings VALUES ('7', 1, 'g', 'setup', '2020-01-01T00:00:00Z', '{}')"
    )

    synchronise(peered.home, peered.config)

    with pytest.raises(NotHidden, match="was taken before"):
        memory.secrets_at(peered.state, Place(7, 1, "g"), "setup", long_ago)


def test_peers_are_named_once_and_never_the_nodes_own_community(made: Made) -> None:
    dataset = replace(made.config.datasets["river-diabetes"], holders=("hill",))
    config: NodeConfig = replace(
        made.config, peers=("river", "coast", "hill"), datasets={"river-diabetes": dataset}
    )

    assert peers.all_peers(config) == ("coast", "hill")


@pytest.fixture
def three(tmp_path: Path) -> Iterator[Federation]:
    made = federation(tmp_path)
    yield made
    made.close()


def test_a_new_node_of_a_peer_counts_once_its_charter_names_it(
    three: Federation, platform: HostilePlatform
) -> None:
    """Coast asks for Moor's charters when it does not know who signed; then it knows."""
    moor, charter, _ = community("moor")
    key = Ed25519PrivateKey.generate()
    newest = dict(moor.card, receipt_key=b64u(key.public_key().public_bytes_raw()))
    second = moor.charter(number=2, previous=charter.digest, nodes=[newest])
    platform.served["moor"].charters = [signed(second, moor.stewards[:2]).to_json()]
    coast = three.nodes[1]
    platform.keys["coast"] = community("coast")[2].public_key().public_bytes_raw()
    coast.platform = Platform.of(
        replace(coast.config, platform=platform.url), community("coast")[2], timeout_s=5
    )
    replies = {node: three.take(node, {"stage": "setup"}) for node in three.nodes}
    replies[3] = replies[3] | {"signature": key.sign(replies[3]["statement"])}
    share = {"stage": "share"} | {
        f"{name}s": [reply[name] for reply in replies.values()]
        for name in ("statement", "signature")
    }

    assert set(three.take(1, share)["to"]) == {"hill", "moor"}
    assert platform.requests == ["coast GET /api/v1/node/charters?community=moor"]
    with pytest.raises(NotHidden, match="somebody put others"):
        three.take(2, share)
