"""The stages of one story: three communities, asked, decided, planned, running.

Asked for a folder, pytest loads this file before Django is set up: hence the late imports.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from federation.gateway.memory import MemoryGateway

if TYPE_CHECKING:
    from consent.models import RequestRevision, TrainingRequest
    from federation.models import Run
    from tests.cast import Cast
    from tests.federation.story import Three


@pytest.fixture
def gateway() -> MemoryGateway:
    return MemoryGateway()


@pytest.fixture
def three(cast: "Cast", gateway: MemoryGateway, request: pytest.FixtureRequest) -> "Three":
    """Three communities that can be asked, their nodes registered and online."""
    from tests.federation.story import make_three
    from tests.remembered import remembered

    return remembered(request, lambda: make_three(cast, gateway), gateway)


@pytest.fixture
def asked(three: "Three", request: pytest.FixtureRequest) -> "TrainingRequest":
    """Chi's request to all three, in review."""
    from tests.federation.factories import ask
    from tests.remembered import remembered

    return remembered(request, lambda: ask(three.chi, three.all))


@pytest.fixture
def decided(
    three: "Three", asked: "TrainingRequest", request: pytest.FixtureRequest
) -> "RequestRevision":
    """All three said yes."""
    from tests.federation.factories import agree, revision_of
    from tests.remembered import remembered

    def say_yes() -> "RequestRevision":
        agree(asked, *three.all)
        return revision_of(asked)

    return remembered(request, say_yes)


@pytest.fixture
def planned(decided: "RequestRevision") -> "Run":
    from federation.actions import runs

    return runs.plan(decided.pk, actor=None)


@pytest.fixture
def running(planned: "Run", gateway: MemoryGateway) -> "Run":
    from tests.federation.story import send

    return send(planned, gateway)


@pytest.fixture
def line(gateway: MemoryGateway) -> Iterator[str]:
    """A socket on which other processes find this test's gateway."""
    from tests.federation.processes import served

    with served(gateway) as address:
        yield address
