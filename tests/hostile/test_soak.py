"""Half a minute of what ``bench/soak.py`` does for an hour."""

import pytest

from tests.hostile import faults
from tests.hostile.conftest import Scene
from tests.hostile.soak import Soak

pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("hostile")]


def test_the_books_agree_after_links_were_cut_and_processes_killed_at_random(scene: Scene) -> None:
    soak = Soak(scene.governed, seed=2031, every_s=(0.5, 2), lasting_s=(0.5, 2), spared=faults.SLOW)

    assert soak.run(12, look_every_s=60) == []

    assert sum(soak.faults.struck.values()) >= 3
    assert sum(soak.ended.values()) >= 3
