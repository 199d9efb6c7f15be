"""A platform in the attacker's hands cannot make any node run code or open data."""

import pytest

from tests.hostile import (
    attacks_on_delegations,
    attacks_on_mixing,
    attacks_on_stops,
    attacks_on_the_decision,
    attacks_on_the_message,
    attacks_on_the_run,
)
from tests.hostile.attack_table import ATTACKS
from tests.hostile.conftest import Scene
from tests.hostile.governed import NAMES

pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("hostile")]

# Importing these filled the table.
PARTS = (
    attacks_on_the_decision,
    attacks_on_delegations,
    attacks_on_the_run,
    attacks_on_stops,
    attacks_on_mixing,
    attacks_on_the_message,
)


def test_the_table_holds_every_attack_of_its_six_parts() -> None:
    assert {attack.__module__ for attack, _ in ATTACKS.values()} == {p.__name__ for p in PARTS}
    assert len(ATTACKS) == 46


def test_an_honest_run_wakes_the_canary_and_opens_the_data(scene: Scene) -> None:
    governed, request = scene.governed, scene.governed.request(scene.fab)
    grants = governed.grant_all(request)

    flower_run = governed.start(request, grants)
    ended = governed.wait(flower_run)
    receipts = governed.receipts(flower_run)

    assert (ended.sub_status, ended.details) == ("completed", "")
    assert {r["outcome"] for r in receipts.values()} == {"trained"}
    assert {r["code"] for r in receipts.values()} == {"ok"}
    assert all(r["data_opened"] and r["people"] == "100-199" for r in receipts.values())
    assert scene.songs() == ["imported"] * len(NAMES)
    assert scene.watcher.touched() == {node.data for node in governed.nodes.values()}
    assert governed.result(flower_run)["nodes"] == len(NAMES)


@pytest.mark.parametrize("name", ATTACKS)
def test_every_node_refuses_before_any_code_runs_or_data_is_opened(scene: Scene, name: str) -> None:
    attack, code = ATTACKS[name]

    flower_run = attack(scene)
    receipts = scene.governed.receipts(flower_run)
    ended = scene.governed.wait(flower_run)

    # The receipts were verified against each node's own key when they came in.
    assert {c: (r["outcome"], r["code"]) for c, r in receipts.items()} == dict.fromkeys(
        NAMES, ("refused", code)
    )
    assert not any(r["data_opened"] for r in receipts.values())
    assert scene.songs() == []
    assert scene.watcher.touched() == set()
    assert ended.sub_status == "failed"
    assert f"kinhold:{code}: " in ended.details


def test_too_few_people_are_found_before_any_code_runs(scene: Scene) -> None:
    """Each site holds 147 or 148 people; the data is opened to count them, and that is all."""
    governed, request = scene.governed, scene.governed.request(scene.fab)
    grants = governed.grant_all(request, min_cohort=149)

    receipts = governed.receipts(governed.start(request, grants))

    assert {(r["outcome"], r["code"]) for r in receipts.values()} == {
        ("refused", "cohort-too-small")
    }
    assert {r["people"] for r in receipts.values()} == {""}
    assert all(r["data_opened"] for r in receipts.values())
    assert scene.songs() == []
