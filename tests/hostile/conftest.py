"""One real federation for all hostile tests; every test leaves it as it found it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.hostile.bundles import perch_of, with_canary
from tests.hostile.governed import Governed
from tests.hostile.watching import Watcher


@dataclass
class Scene:
    """The federation, the canary that every test bundle sings to, and the eye on the data."""

    governed: Governed
    canary: Path
    watcher: Watcher
    fab: bytes

    def quiet(self) -> None:
        """Forget what happened so far."""
        self.canary.write_text("")
        self.watcher.touched()

    def songs(self) -> list[str]:
        return self.canary.read_text().splitlines()


@pytest.fixture(scope="package")
def federation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("hostile")
    # A job may write to its own folder only; here also where the canary sits.
    canary, extra = perch_of(folder)
    governed = Governed(
        folder,
        policy="pinned",
        extra=extra,
        aggregator_module="tests.hostile.careless_aggregator",
    )
    watcher = Watcher(node.data for node in governed.nodes.values())
    try:
        yield Scene(governed, canary, watcher, with_canary(canary))
    finally:
        watcher.close()
        governed.close()


@pytest.fixture
def scene(federation: Scene) -> Iterator[Scene]:
    federation.quiet()
    yield federation
    for name, node in federation.governed.nodes.items():
        node.home.joinpath("paused").unlink(missing_ok=True)
        served = federation.governed.platform.served[name]
        served.charters = served.charters[:1]
        served.notices = node.community.notices()
    platform = federation.governed.platform
    platform.lies.clear()
    platform.denies = False
