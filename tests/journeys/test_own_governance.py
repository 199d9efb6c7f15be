"""Stewards set up their own governance in a browser, without a developer; a researcher reads it."""

import re
from dataclasses import dataclass

import pytest
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from tests.cast import Cast
from tests.journeys.browser import chromium
from tests.journeys.walking import Device, Walk

pytestmark = [
    pytest.mark.stack,
    pytest.mark.django_db(transaction=True),
]

HERE = "/communities/river/"
RULES = "Rules for the heart study"
DATA = "Heart measures"


@dataclass(frozen=True)
class Town:
    """River with a first charter (two of three), and the devices of who walks here."""

    base: str
    amina: Device
    bo: Device
    chi: Device
    session: str  # of Amina, for a browser without scripts: a passkey needs them


@pytest.fixture
def town(live_server: LiveServer, settings: Settings, request: pytest.FixtureRequest) -> Town:
    settings.KINHOLD_ORIGIN = live_server.url  # before anybody makes a passkey
    cast: Cast = request.getfixturevalue("cast")
    request.getfixturevalue("charter")
    return Town(
        base=live_server.url,
        amina=Device.of(cast.amina),
        bo=Device.of(cast.bo),
        chi=Device.of(cast.chi),
        session=cast.amina.client().cookies[settings.SESSION_COOKIE_NAME].value,
    )


def test_stewards_set_up_their_governance_and_a_researcher_reads_it_in_plain_words(
    town: Town,
) -> None:
    with chromium() as browser:
        amina, bo, chi = (Walk.begin(browser, town.base) for _ in range(3))
        amina.sign_in(town.amina)
        bo.sign_in(town.bo)

        _name_the_elders(amina)
        charter = _write_charter(amina)
        _both_sign(amina, bo, charter)
        protocol = _write_protocol(amina)
        _both_sign(amina, bo, protocol)
        _publish_dataset(amina)

        chi.sign_in(town.chi)
        _read_as_researcher(chi)


def test_builder_and_charter_form_are_sent_without_scripts_up_to_the_signature(town: Town) -> None:
    with chromium() as browser:
        amina = Walk.begin(browser, town.base, scripts=False)
        cookie = {"name": "sessionid", "value": town.session, "url": town.base}
        amina.page.context.add_cookies([cookie])  # type: ignore[list-item]  # a TypedDict

        _write_protocol(amina)
        _signature_needs_scripts(amina)
        _write_simple_charter(amina)
        _signature_needs_scripts(amina)


def _name_the_elders(amina: Walk) -> None:
    """Name a body, and seat Bo in it."""
    amina.go(HERE)
    amina.follow("Bodies")
    amina.follow("Add a body")
    amina.page.get_by_label("Name").first.fill("Council of elders")
    amina.send("Save")
    amina.sees("Council of elders")

    amina.go(HERE)
    amina.follow("All people")
    amina.follow("Bo")
    amina.follow("Change bodies or term")
    amina.page.get_by_label("Council of elders").check()
    amina.send("Save")
    amina.sees("Council of elders")


def _write_charter(amina: Walk) -> str:
    """A majority for grants, and one of the elders; return where it is signed."""
    amina.go(HERE)
    amina.follow("Write a charter")
    amina.page.get_by_label("The same rule for everything but a pause").uncheck()
    amina.unfold("Saying yes to a researcher's request")
    amina.page.locator("input[name=grant-rule][value=majority]").check()
    amina.unfold("(a veto)")
    amina.page.locator("[name^=grant-veto-][name$=-rule]").select_option("threshold")
    amina.page.locator("[name^=grant-veto-][name$=-m]").fill("1")
    amina.send("Show what this means")
    amina.sees("What would change")
    amina.sees("Council of elders")
    amina.send("Yes, put it to the stewards")
    place = amina.page.url

    amina.follow("Compare with charter 1, line by line")
    amina.sees("Charter 1 beside charter 2")
    amina.sees("Council of elders")
    return place


def _both_sign(amina: Walk, bo: Walk, place: str) -> None:
    """Two of three decide, so it is in force with Bo's signature."""
    for steward in (amina, bo):
        steward.go(place)
        steward.sign()
    bo.sees("in force")


def _write_protocol(amina: Walk) -> str:
    """From the defaults, with law filled in and one default loosened; return where it is signed."""
    amina.go(f"{HERE}protocol/")
    amina.follow("Write the first protocol")
    amina.send("Begin to write")
    amina.page.get_by_label("Title").fill(RULES)
    amina.page.locator("input[name=ancestry][value=no]").check()
    amina.page.get_by_label("Which law governs this protocol?").fill("The law of the river")
    amina.page.get_by_label("Where are disputes settled?").fill("In the house of the elders")
    amina.page.get_by_label("Days that your node waits after a yes").fill("1")
    amina.send("Save and read what it means")
    amina.sees("looser than recommended")
    amina.sees("It would refuse")

    # Without the tick the browser does not even send the form.
    amina.press("Put it to the stewards")
    assert amina.page.url.endswith("/read/")
    amina.page.get_by_label("We know where this is looser").check()
    amina.send("Put it to the stewards")
    amina.sees(RULES)
    return amina.page.url


def _publish_dataset(amina: Walk) -> None:
    amina.go(HERE)
    amina.follow("Describe a dataset")
    amina.page.get_by_label("Title").fill(DATA)
    amina.page.get_by_label("Short name").fill("river-heart")
    amina.page.get_by_label("What it is, where it comes from").fill("Measured at the clinic.")
    amina.page.get_by_label("How many people are in it").select_option("100-199")
    first = amina.page.get_by_role("group", name="Variable 1")
    first.get_by_label("Name in the file").fill("pulse")
    first.get_by_label("Type").select_option("number")
    first.get_by_label("What it means").fill("Heart beats in a minute")
    amina.send("Save the description")
    amina.follow("Publish it")
    amina.page.get_by_label(RULES).check()
    amina.send("Yes, publish it")
    amina.sees("It is published.")


def _read_as_researcher(chi: Walk) -> None:
    chi.go("/datasets/")
    chi.follow(DATA)
    chi.sees("Heart beats in a minute")
    chi.sees("The law of the river")
    chi.sees("It would refuse")
    chi.sees("Any use to earn money.")
    chi.page.get_by_role("link", name="Ask for this data").focus()
    assert chi.page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def _write_simple_charter(amina: Walk) -> None:
    """Without scripts, what one rule does not need is there too, and left as it is."""
    amina.go(f"{HERE}charter/new/")
    amina.page.locator("input[name=all-rule][value=consensus]").check()
    amina.send("Show what this means")
    amina.sees("What would change")
    amina.send("Yes, put it to the stewards")
    assert re.search(r"/charter/\d+/$", amina.page.url)


def _signature_needs_scripts(amina: Walk) -> None:
    """The page says so; the browser that the test drives does not draw what is for this case."""
    assert amina.page.get_by_role("button", name="Sign with my passkey").is_visible()
    assert "Signing needs a browser with JavaScript and a passkey." in amina.page.content()
