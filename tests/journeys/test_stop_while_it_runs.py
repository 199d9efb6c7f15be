"""A steward pauses a run from her browser while it is under way; then the yes is taken back."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from consent.grants.statements import Answer
from tests.journeys.browser import chromium
from tests.journeys.walking import Device, Walk
from tools.demo import story
from tools.demo.research import Research
from tools.demo.steps import wait_for
from tools.demo.visitor import Visitor
from tools.demo.world import Place, World

pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("journey")]

TITLE = "A question that is stopped half way"


def test_one_steward_pauses_a_run_that_goes_on_and_two_take_the_yes_back(made: World) -> None:
    river = made.places[0]
    research = Research(made.researcher, made.base)
    with frozen(river):
        request = research.ask(TITLE, [f"{place.slug}-diabetes" for place in made.places])
        made.pin_peers()
        for place in made.places:
            story.decide(place, TITLE, place.stewards[:2])
        run = wait_for("the run", lambda: _running(research, request), seconds=60)

        with chromium() as browser:
            ash, birch = (Walk.begin(browser, made.base) for _ in range(2))
            ash.sign_in(_device(river.stewards[0]))
            birch.sign_in(_device(river.stewards[1]))
            _pause_everything(ash)
            _watch_it_stop(ash, run["id"])
            _take_back(ash, birch)

    # The node was away all the time. Now it is back, asks for the stops first, and does not train.
    over = wait_for("the end", lambda: _over(research, request), seconds=60)
    assert over["state"] == "stopped"
    river_told = [
        receipt["outcome"]
        for node in over["nodes"]
        if node["community"] == "river"
        for receipt in node["receipts"]
    ]
    assert "trained" not in river_told
    _resume(made, river)
    research.close()


@contextmanager
def frozen(place: Place) -> Iterator[None]:
    """Stop the clock of a community's node, so that a run has to wait for it."""
    mine = [
        int(entry.name)
        for entry in Path("/proc").iterdir()
        if entry.name.isdigit() and str(place.home).encode() in _command(entry)
    ]
    assert mine, "the node runs"
    for pid in mine:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in mine:
            os.kill(pid, signal.SIGCONT)


def _command(entry: Path) -> bytes:
    try:
        return (entry / "cmdline").read_bytes()
    except OSError:
        return b""


def _device(steward: Visitor) -> Device:
    return Device(steward.passkey, steward.user_handle)


def _pause_everything(ash: Walk) -> None:
    ash.go("/communities/river/pause/")
    ash.page.get_by_label("Why").fill("We want to talk first.")
    ash.send("Go on to signing")
    ash.sign(Answer.YES)
    ash.sees("in force")


def _watch_it_stop(ash: Walk, run_id: str) -> None:
    """No reload: the page asks by itself."""
    ash.go(f"/runs/{run_id}/")
    progress = ash.page.locator("#progress")
    expect(progress).to_contain_text("stopped", timeout=60_000)


def _take_back(ash: Walk, birch: Walk) -> None:
    ash.go("/grants/")
    ash.follow(TITLE)
    ash.follow("Take it back")
    ash.send("Yes, go on to signing")
    place = ash.page.url
    ash.sign(Answer.YES)
    birch.go(place)
    birch.sign(Answer.YES)
    birch.go("/grants/")
    birch.follow(TITLE)
    birch.sees("taken back")


def _resume(made: World, river: Place) -> None:
    """Leave the world as it was: other journeys run in it."""
    page = river.stewards[0].submit("/communities/river/resume/", "pauses", values={})
    for steward in river.stewards[:2]:
        steward.sign(page.url, Answer.YES)


def _running(research: Research, request: dict[str, Any]) -> dict[str, Any] | None:
    run = research.run_of(request)
    return run if run and run["state"] == "running" else None


def _over(research: Research, request: dict[str, Any]) -> dict[str, Any] | None:
    run = research.run_of(request)
    return run if run and run["state"] in story.OVER else None
