"""A node's home with its charter pinned, and its community's passkeys."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from consent.grants.codec import b64u, unb64u
from consent.grants.statements import Signed
from federation.node import keys
from federation.node.books.state import State
from federation.node.home import Home, NodeConfig
from federation.node.platform import Platform
from federation.node.settings import read_config
from federation.node.walls.jobs import Launcher
from tests.hostile.community import Community
from tests.hostile.platform import HostilePlatform

if TYPE_CHECKING:
    from tests.federation.node.guarded import Guarded
    from tests.federation.node.joint import Joint
    from tests.federation.node.mixers import Federation

AT = datetime(2030, 1, 1, 12, tzinfo=UTC)

CONFIG = """
community = "river"
name = "river-node"
platform = "{platform}"
superlink = "127.0.0.1:1"
notice_max_age_s = 86400

[datasets.river-diabetes]
path = "data.csv"
format = "csv"
min_cohort = 20

[datasets.river-diabetes.variables]
age = {{ type = "number" }}
sex = {{ type = "yes-no" }}
bmi = {{ type = "number" }}
town = {{ type = "category" }}
"""


@dataclass
class Made:
    """One node, made but not running, and the platform it would ask."""

    home: Home
    config: NodeConfig
    state: State
    community: Community
    charter: Signed
    platform: HostilePlatform

    def link(self, **options: float) -> Platform:
        return Platform(
            self.platform.url,
            community="river",
            node="river-node",
            key=keys.receipt_key(self.home),
            **options,  # type: ignore[arg-type]  # timeout_s only
        )


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "node")
    for folder in (home.folder, home.log, home.run, home.work):
        folder.mkdir(mode=0o700)
    keys.make_keys(home)
    return home


@pytest.fixture
def state(home: Home) -> Iterator[State]:
    state = State(home.state)
    yield state
    state.close()


@pytest.fixture
def platform() -> Iterator[HostilePlatform]:
    platform = HostilePlatform()
    yield platform
    platform.close()


@pytest.fixture
def made(home: Home, state: State, platform: HostilePlatform) -> Made:
    """A node with charter 1 pinned and a first list of notices served but not fetched."""
    home.config.write_text(CONFIG.format(platform=platform.url))
    card = {
        "community": "river",
        "name": "river-node",
        "receipt_key": b64u(keys.receipt_key(home).public_key().public_bytes_raw()),
        "supernode_key": keys.supernode_public_key(home),
    }
    home.card.write_text(json.dumps(card))
    platform.keys["river"] = unb64u(card["receipt_key"])
    community = Community("river", card, Ed25519PrivateKey.generate())
    charter = community.first_charter()
    state.add_charter(1, charter, AT)
    served = platform.served["river"]
    served.charters, served.notices = [charter.to_json()], community.notices()
    return Made(home, read_config(home), state, community, charter, platform)


@pytest.fixture
def joint(made: Made) -> "Joint":
    """The same node, with data that Coast holds too."""
    from tests.federation.node.joint import make_joint  # it needs what stands above

    return make_joint(made)


@pytest.fixture(scope="module")
def launcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Launcher]:
    """The process that jobs are forked from; starting it takes a second."""
    launcher = Launcher(tmp_path_factory.mktemp("launcher") / "node.log")
    launcher.wait_ready()
    yield launcher
    launcher.close()


@pytest.fixture
def node(made: Made, launcher: Launcher) -> "Guarded":
    """A node that answers whole messages, with 120 people who have ids."""
    from tests.federation.node.guarded import Guarded, rows

    node = Guarded(made, launcher)
    node.settings('id_column = "number"')
    node.write(rows(120))
    return node


@pytest.fixture(scope="package")
def mixers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[int, "Federation"]]:
    """Three and five nodes that may mix their answers; making them takes seconds."""
    from tests.federation.node.mixers import federation

    made = {count: federation(tmp_path_factory.mktemp("mixers"), count) for count in (3, 5)}
    yield made
    for each in made.values():
        each.close()


@pytest.fixture
def three_nodes(mixers: dict[int, "Federation"]) -> "Federation":
    return mixers[3].afresh()


@pytest.fixture
def five_nodes(mixers: dict[int, "Federation"]) -> "Federation":
    return mixers[5].afresh()
