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
def three(cast: "Cast", gateway: MemoryGateway) -> "Three":
    """Three communities that can be asked, their nodes registered and online."""
    from tests.federation.story import make_three

    return make_three(cast, gateway)


@pytest.fixture
def asked(three: "Three") -> "TrainingRequest":
    """Chi's request to all three, in review."""
    from tests.federation.factories import ask

    return ask(three.chi, three.all)


@pytest.fixture
def decided(three: "Three", asked: "TrainingRequest") -> "RequestRevision":
    """All three said yes."""
    from tests.federation.factories import agree, revision_of

    agree(asked, *three.all)
    return revision_of(asked)


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
