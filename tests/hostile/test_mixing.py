"""Three nodes and a whole federation: mixed answers give the same fit, and receipts tell of it."""

import pytest

from federation.catalogue.registry import build_fab
from tests.hostile.attacks_on_mixing import MIXED
from tests.hostile.conftest import Scene
from tests.hostile.flower_parts import wait_until
from tests.hostile.governed import NAMES

pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("hostile")]


def test_a_mixed_run_gives_the_same_result_as_an_open_one(scene: Scene) -> None:
    governed = scene.governed
    request = governed.request(build_fab("linear-regression"))
    opened = governed.start(request, governed.grant_all(request))
    expected = governed.result(opened, limit_s=40)
    request = governed.request(build_fab("linear-regression"))
    # The one round is the last one: the step that lifts the masks is no further round.
    request.max_rounds = 1

    grants = governed.grant_all(request, **MIXED)
    mixed = governed.start(request, grants, **{"kinhold.mixing": "1"})
    found = governed.result(mixed, limit_s=40)

    for part in ("coefficients", "standard_errors"):
        assert found[part] == pytest.approx(expected[part], rel=1e-9)
    assert found["nodes"] == len(NAMES)
    for name in NAMES:
        receipts = _receipts(scene, name, mixed)
        told = [(r["outcome"], r["code"], r["mixed"], r["data_opened"]) for r in receipts]
        step = ("prepared", "ok", False, False)
        assert told == [step, step, ("trained", "ok", True, True), step]


def _receipts(scene: Scene, name: str, flower_run: int) -> list[dict[str, object]]:
    def those() -> list[dict[str, object]]:
        held = scene.governed.platform.receipts[name]
        return [receipt for receipt in held if receipt["flower_run"] == str(flower_run)]

    wait_until(lambda: len(those()) == 4, limit_s=15, what=f"the receipts of {name}")
    return those()
