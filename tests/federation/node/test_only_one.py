"""A node at work is alone in its folder."""

import os
import signal

import pytest

from federation.node import lock
from federation.node.errors import NodeError
from federation.node.home import Home
from federation.node.lock import holder_of, only_one


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "_WAIT_S", 0.2)


def test_the_folder_is_free_again_when_its_process_ends(home: Home, quick: None) -> None:
    with only_one(home):
        child = os.fork()
        if child == 0:
            signal.pause()
        with pytest.raises(NodeError, match="Only one may"), only_one(home):
            pass
    # As with a guard that outlives its node for a moment: the folder is not free before it ended.
    with pytest.raises(NodeError, match="Only one may"), only_one(home):
        pass
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)

    with only_one(home):
        pass
    assert holder_of(home) is None


def test_a_folder_that_cannot_be_locked_is_told(home: Home) -> None:
    (home.run / "lock").mkdir()

    with pytest.raises(NodeError, match="Cannot write to"), only_one(home):
        pass
