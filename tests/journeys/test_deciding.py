"""Stewards decide in a browser: by consensus, in turn, and each community for itself."""

import pytest

from consent.grants.statements import Answer
from consent.models import Grant, Review
from consent.rules import ReviewState
from governance.actions import bodies, people
from tests import factories
from tests.cast import Cast, Person
from tests.consent.factories import make_request
from tests.journeys.deciding import (
    NO,
    STILL,
    TITLE,
    YES,
    answer,
    missing,
    open_for_requests,
    open_review,
    walks_of,
)

pytestmark = [
    pytest.mark.stack,
    pytest.mark.django_db(transaction=True),
]


def test_consensus_is_reached_by_everybody_who_did_not_step_aside(town: Cast, base: str) -> None:
    rules = factories.threshold(2) | {"grant": {"rule": "consensus"}}
    open_for_requests(town.river, list(town.stewards), rules=rules)
    make_request(town.chi.user)

    with walks_of(town.stewards, base) as (amina, bo, cleo):
        answer(amina, Answer.YES)
        amina.sees(STILL)
        answer(cleo, Answer.RECUSE)
        cleo.sees(STILL)
        # Stepping aside is final: the page takes no other answer of hers.
        assert cleo.page.locator(f"input[name=answer][value={Answer.YES}]").count() == 0
        open_review(amina)
        amina.sees("Cleo: I step aside")
        answer(bo, Answer.YES)
        bo.sees(YES)

        amina.go("/grants/")
        amina.follow(TITLE)
        amina.sees("In force since")


def test_a_sequence_of_bodies_waits_for_its_turn_and_a_veto_for_the_elders_own_yes(
    town: Cast, base: str
) -> None:
    amina, bo, cleo = town.stewards
    _seat(town, "Board", [amina, bo])
    _seat(town, "Elders", [cleo])
    steps = [{"body": "board", "rule": "consensus"}]
    veto = [{"body": "elders", "rule": "threshold", "m": 1}]
    rule = {"rule": "sequence", "steps": steps, "vetoes": veto}
    rules = factories.threshold(2) | {"grant": rule}
    open_for_requests(town.river, list(town.stewards), rules=rules)
    make_request(town.chi.user)

    with walks_of(town.stewards, base) as (first, second, elder):
        answer(first, Answer.YES)
        assert "board" in missing(first)
        answer(second, Answer.YES)
        second.sees(STILL)
        assert "elders" in missing(second)
        assert "board" not in missing(second)
        answer(elder, Answer.NO)
        elder.sees(NO)

    assert Review.objects.get().state == ReviewState.DECLINED
    assert not Grant.objects.exists()


def test_two_communities_decide_each_for_itself_and_a_no_is_only_its_own(
    town: Cast, base: str
) -> None:
    open_for_requests(town.river, list(town.stewards))
    open_for_requests(town.coast, [town.zed], rules=factories.threshold(1), floor=1)
    make_request(town.chi.user, datasets=["coast-diabetes", "river-diabetes"])

    with walks_of((town.amina, town.bo, town.zed, town.chi), base) as (amina, bo, zed, chi):
        answer(zed, Answer.NO)
        zed.sees(NO)
        answer(amina, Answer.YES)
        # What Coast said is not told to River.
        assert "said no" not in amina.page.get_by_role("main").inner_text()
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
