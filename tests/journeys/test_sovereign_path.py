"""The whole path on real parts: PostgreSQL, Valkey, Celery, Flower, three nodes, Chromium."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from consent.grants.statements import Answer
from tests.journeys.browser import browser_of
from tools.demo import report, story
from tools.demo.research import Research
from tools.demo.world import World

pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("journey")]

TITLE = "A question for the browser"


def test_the_path_ends_in_the_pooled_model_and_a_taken_over_platform_moves_no_node(
    made: World, capsys: pytest.CaptureFixture[str]
) -> None:
    told = story.play(made)

    as_it_must_be = report.show(told)

    assert as_it_must_be, capsys.readouterr().out
    assert told.exact.run["state"] == "finished"
    assert {a.what: {r.code for r in a.refusals} for a in told.attempts} == {
        "one signature too few": {"not-decided"},
        "code changed by one byte": {"wrong-code"},
        "after the grant was taken back": {"revoked"},
    }


def test_a_steward_signs_in_reviews_and_signs_in_a_browser_and_watches_the_run_finish(
    made: World, tmp_path: Path
) -> None:
    research = Research(made.researcher, made.base)
    research.ask(TITLE, [f"{place.slug}-diabetes" for place in made.places])
    made.pin_peers()
    river, *others = made.places
    for place in others:
        story.decide(place, TITLE, place.stewards[:2])
    # One of River's two needed signatures is there; the other comes from the browser.
    story.decide(river, TITLE, river.stewards[1:2])
    ash = river.stewards[0]

    with browser_of(ash, made.base) as page:
        page.goto("/accounts/login/")
        page.get_by_role("button", name="Sign in with my passkey").click()
        page.wait_for_url(re.compile(r"^(?!.*/accounts/login/).*$"))
        page.goto("/reviews/")
        page.get_by_role("link", name=TITLE).click()
        expect(page.get_by_role("heading", level=1)).to_contain_text(TITLE)
        assert page.locator("input[name=answer]:checked").count() == 0
        page.locator(f"input[name=answer][value={Answer.YES}]").check()
        page.get_by_role("button", name="Sign with my passkey").click()
        expect(page.get_by_text("your community has said yes")).to_be_visible()

        _open_run(page)
        # No reload: the page asks by itself until the run is over.
        progress = page.locator("#progress")
        expect(progress).to_contain_text("bmi", timeout=90_000)
        expect(progress.get_by_text("People in the data: 100-199.")).to_have_count(3)
        for place in made.places:
            expect(progress.get_by_role("heading", name=place.cast.name)).to_be_visible()
        page.screenshot(path=tmp_path / "run.png", full_page=True)
    research.close()


def _open_run(page: Page) -> None:
    """Open the run's page; it is listed as soon as a worker has planned it."""
    link = page.get_by_role("link", name=TITLE)
    for _ in range(60):
        page.goto("/runs/")
        if link.count():
            link.click()
            return
        page.wait_for_timeout(500)
    raise AssertionError("no run was planned")
