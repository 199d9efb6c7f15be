"""Flower's idle seconds are cut short, and only those; a changed Flower runs as it is."""

import io
import os
import time
import zipfile
from types import ModuleType, SimpleNamespace

import pytest

from federation.node.supernode import (
    MESSAGE_WAITS,
    SUPERLINK_ANSWERED,
    QuickTime,
    bounded,
    quicken,
    tolerant,
)


def test_this_flower_still_has_what_is_replaced() -> None:
    from flwr.supernode import start_client_internal

    for name in ("time", "pull_objects", "get_fused_config_from_fab"):
        assert hasattr(start_client_internal, name)


def test_a_flower_that_changed_is_left_alone() -> None:
    module = ModuleType("changed")
    module.time = time  # type: ignore[attr-defined]  # as Flower's module has it

    assert quicken(module, None) == [
        "pull_objects",
        "get_fused_config_from_fab",
        "RunNotRunningException",
    ]

    assert module.time is time  # type: ignore[attr-defined]  # the same


def test_long_sleeps_are_short_and_tell_what_they_mean() -> None:
    reader, writer = os.pipe()
    quick = QuickTime(writer)

    begun = time.monotonic()
    quick.sleep(3)
    quick.sleep(0.5)
    quick.sleep(3)

    assert time.monotonic() - begun < 1.0
    assert os.read(reader, 10) == SUPERLINK_ANSWERED + MESSAGE_WAITS + SUPERLINK_ANSWERED
    assert quick.monotonic is time.monotonic


def test_a_pipe_that_is_full_or_closed_does_not_stop_the_supernode() -> None:
    reader, writer = os.pipe2(os.O_NONBLOCK)
    try:
        while True:
            os.write(writer, b"x" * 4096)
    except BlockingIOError:
        QuickTime(writer).sleep(0.01)
    os.close(reader)
    os.close(writer)

    QuickTime(writer).sleep(0.01)
    QuickTime(None).sleep(0.01)


@pytest.mark.parametrize("error", [ValueError("unknown key"), KeyError("tool"), OSError("zip")])
def test_a_bundle_that_cannot_be_read_still_reaches_the_checks(error: Exception) -> None:
    def fuse(_fab: bytes, _run: object) -> dict[str, str]:
        raise error

    run = SimpleNamespace(override_config={"job.outcome": "y"})

    assert tolerant(fuse)(b"", run) == {"job.outcome": "y"}
    assert tolerant(lambda fab, run: {"a": 1})(b"", run) == {"a": 1}


def _bundle(settings: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("pyproject.toml", settings)
    return buffer.getvalue()


def test_settings_that_unpack_to_very_much_are_never_unpacked() -> None:
    run = SimpleNamespace(override_config={"job.outcome": "y"})
    asked: list[bytes] = []

    def fuse(fab: bytes, run: object) -> dict[str, str]:
        asked.append(fab)
        return {"fused": "yes"}

    assert tolerant(fuse)(_bundle(b" " * 10_000_000), run) == {"job.outcome": "y"}
    assert asked == []
    assert tolerant(fuse)(_bundle(b"[tool]"), run) == {"fused": "yes"}


def test_a_message_that_is_too_large_is_broken_off() -> None:
    from flwr.supercore.inflatable.inflatable_utils import pull_objects

    part = b"x" * 20 * 1_048_576
    pulled: list[str] = []

    def pull_one(object_id: str) -> bytes:
        pulled.append(object_id)
        return part

    pull = bounded(pull_objects)

    assert len(pull(["a", "b", "c"], pull_object_fn=pull_one)) == 3
    with pytest.raises(ValueError, match="larger than 67108864 bytes"):
        pull([str(n) for n in range(100)], pull_object_fn=pull_one)
    assert len(pulled) < 12
    with pytest.raises(ValueError, match="more than 10000 parts"):
        pull([str(n) for n in range(10_001)], pull_object_fn=pull_one)
    assert len(pulled) < 12


def test_a_bundle_that_is_too_large_is_passed_over_unread() -> None:
    class Ignored(Exception):
        pass

    def fuse(_fab: bytes, _run: object) -> dict[str, str]:
        raise AssertionError("nobody reads it")

    with pytest.raises(Ignored):
        tolerant(fuse, Ignored)(bytes(64 * 1_048_576 + 1), SimpleNamespace(override_config={}))
