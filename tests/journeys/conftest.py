"""One whole platform for all journeys: it takes a while to start, so it is started once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.demo import world
from tools.demo.world import World
from tools.stack import Stack


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Three communities with charters, protocols and running nodes, on a stack of their own."""
    var: Path = tmp_path_factory.mktemp("journey") / "var"
    with Stack(var, durable=False) as stack:
        here = world.build(stack)
        try:
            yield here
        finally:
            world.close(here)
