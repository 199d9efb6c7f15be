"""Attacks on secure aggregation that need no aggregator of the attacker's own."""

from typing import Any

from federation.catalogue.registry import build_fab
from tests.hostile.attack_table import refused_as
from tests.hostile.conftest import Scene

MIXED: dict[str, Any] = {"privacy": {"dp": None, "secure_aggregation": True}}


def _start(scene: Scene, fab: bytes, mixing: str, **granted: Any) -> int:
    governed, request = scene.governed, scene.governed.request(fab)
    return governed.start(
        request, governed.grant_all(request, **granted), **{"kinhold.mixing": mixing}
    )


@refused_as("not-hidden")
def answers_asked_for_openly_that_were_to_be_mixed(scene: Scene) -> int:
    return _start(scene, build_fab("linear-regression"), "", **MIXED)


@refused_as("not-hidden")
def answers_mixed_that_nobody_decided_to_mix(scene: Scene) -> int:
    return _start(scene, build_fab("linear-regression"), "1")


@refused_as("not-hidden")
def unpacked_code_that_says_what_is_mixed(scene: Scene) -> int:
    return _start(scene, scene.fab, "1", **MIXED)
