"""Stewards decide in a browser: by consensus, in turn, and each community for itself."""

import pytest
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from consent.grants.statements import Answer
from consent.models import Grant, Review
from consent.rules import ReviewState
from governance.actions import bodies, people
from governance.models import Community
from tests import factories
from tests.cast import Cast, Person
from tests.consent.factories import make_request
from tests.journeys.browser import chromium
from tests.journeys.walking import Device, Walk

pytestmark = [
    pytest.mark.stack,
    pytest.mark.xdist_group("journey"),
    pytest.mark.django_db(transaction=True),
]

TITLE = "Weight and illness"
STILL = "Your community is still deciding."
YES = "With it your community has said yes."


@pytest.fixture
def town(live_server: LiveServer, settings: Settings, request: pytest.FixtureRequest) -> Cast:
    """The people of the tests, with passkeys for the server that the browser will see."""
    settings.KINHOLD_ORIGIN = live_server.url
    cast: Cast = request.getfixturevalue("cast")
    return cast


@pytest.fixture
def base(live_server: LiveServer) -> str:
    return live_server.url


def open_for_requests(community: Community, stewards: list[Person], **charter: object) -> None:
    """A charter, a protocol and a listed dataset."""
    signers = [person.signer for person in stewards]
    factories.make_charter(community, signers, **charter)  # type: ignore[arg-type]
    factories.make_protocol(community, signers)
    factories.make_dataset(community, stewards[0].user, slug=f"{community.slug}-diabetes")


def answer(walk: Walk, given: Answer) -> None:
    """Find the request on the desk's list, read it, and sign."""
    walk.go("/reviews/")
    walk.follow(TITLE)
    walk.sign(given)


def missing(walk: Walk) -> str:
    """What the page says is still missing for a decision, in lower case."""
    return walk.page.get_by_text("Still missing:").locator("..").inner_text().lower()


def test_consensus_is_reached_by_everybody_who_did_not_step_aside(town: Cast, base: str) -> None:
    rules = factories.threshold(2) | {"grant": {"rule": "consensus"}}
    open_for_requests(town.river, list(town.stewards), rules=rules)
    make_request(town.chi.user)

    with chromium() as browser:
        amina, bo, cleo = (Walk.begin(browser, base) for _ in town.stewards)
        for walk, person in zip((amina, bo, cleo), town.stewards, strict=True):
            walk.sign_in(Device.of(person))

        answer(amina, Answer.YES)
        amina.sees(STILL)
        answer(cleo, Answer.RECUSE)
        cleo.sees(STILL)
        # Stepping aside is final: the page takes no other answer of hers.
        assert cleo.page.locator(f"input[name=answer][value={Answer.YES}]").count() == 0
        amina.go("/reviews/")
        amina.follow(TITLE)
        amina.sees("Cleo: I step aside")
        answer(bo, Answer.YES)
        bo.sees(YES)

        amina.go("/grants/")
        amina.follow(TITLE)
        amina.sees("active")


def test_a_sequence_of_bodies_waits_for_its_turn_and_a_veto_for_the_elders_own_yes(
    town: Cast, base: str
) -> None:
    amina, bo, cleo = town.stewards
    _seat(town, "Board", [amina, bo])
    _seat(town, "Elders", [cleo])
    steps = [{"body": "board", "rule": "consensus"}]
    veto = [{"body": "elders", "rule": "threshold", "m": 1}]
    rules = factories.threshold(2) | {
        "grant": {"rule": "sequence", "steps": steps, "vetoes": veto},
    }
    open_for_requests(town.river, list(town.stewards), rules=rules)
    make_request(town.chi.user)

    with chromium() as browser:
        walks = [Walk.begin(browser, base) for _ in town.stewards]
        for walk, person in zip(walks, town.stewards, strict=True):
            walk.sign_in(Device.of(person))
        first, second, elder = walks

        answer(first, Answer.YES)
        assert "board" in missing(first)
        answer(second, Answer.YES)
        second.sees(STILL)
        assert "elders" in missing(second)
        assert "board" not in missing(second)
        answer(elder, Answer.NO)

    assert Review.objects.get().state == ReviewState.DECLINED
    assert not Grant.objects.exists()


def test_two_communities_decide_each_for_itself_and_a_no_is_only_its_own(
    town: Cast, base: str
) -> None:
    open_for_requests(town.river, list(town.stewards))
    open_for_requests(town.coast, [town.zed], rules=factories.threshold(1), floor=1)
    make_request(town.chi.user, datasets=["coast-diabetes", "river-diabetes"])

    with chromium() as browser:
        amina, bo, zed, chi = (Walk.begin(browser, base) for _ in range(4))
        people_here = (town.amina, town.bo, town.zed, town.chi)
        for walk, person in zip((amina, bo, zed, chi), people_here, strict=True):
            walk.sign_in(Device.of(person))

        answer(zed, Answer.NO)
        zed.sees("With it your community has said no.")
        answer(amina, Answer.YES)
        # What Coast said is not told to River.
        assert "Coast" not in amina.page.get_by_role("main").inner_text()
        answer(bo, Answer.YES)
        bo.sees(YES)

        chi.go("/requests/")
        chi.follow(TITLE)
        chi.sees("said yes")
        chi.sees("said no")
        assert "Amina" not in chi.page.content()

    assert {review.community.slug: review.state for review in Review.objects.all()} == {
        "coast": ReviewState.DECLINED,
        "river": ReviewState.APPROVED,
    }


def _seat(town: Cast, name: str, seated: list[Person]) -> None:
    body = bodies.add(community_id=town.river.pk, actor=town.amina.user, name=name)
    for person in seated:
        assert person.membership is not None
        people.set_bodies(person.membership.pk, actor=town.amina.user, bodies=[body.slug])
