"""One whole platform for all journeys: it takes a while to start, so it is started once."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from tools.demo import world
from tools.demo.world import World
from tools.stack import Stack

if TYPE_CHECKING:
    from tests.cast import Cast


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


@pytest.fixture
def town(live_server: LiveServer, settings: Settings, request: pytest.FixtureRequest) -> "Cast":
    """The people of the tests, with passkeys for the server that the browser will see."""
    settings.KINHOLD_ORIGIN = live_server.url
    cast: Cast = request.getfixturevalue("cast")
    return cast


@pytest.fixture
def base(live_server: LiveServer) -> str:
    return live_server.url
