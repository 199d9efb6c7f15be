"""R-45: one steward pauses; to resume needs the charter's whole rule, whichever of the seven it is.

The same table for taking a grant back, also one that waits for its researcher.
"""

import dataclasses
from collections.abc import Sequence
from typing import Any

import pytest

from consent.actions import notices, reviews
from consent.grants.statements import Answer
from consent.models import Grant, Notice
from consent.queries import grants_active, pauses_in_force
from governance.models import Membership
from governance.rules import CommunityRole
from tests.cast import Cast, Person
from tests.consent.factories import make_request, review_of, say_yes, sign_notice
from tests.factories import (
    make_charter,
    make_dataset,
    make_membership,
    make_passkey,
    make_protocol,
    make_user,
    threshold,
)

pytestmark = pytest.mark.django_db

AMINA, BO, CLEO, DEE = range(4)
ELDER = {"body": "elders", "rule": "threshold", "m": 1}
BOARD = {"body": "board", "rule": "majority"}

# The rule, and by whom it is met in this order; before the last of them nothing has changed.
RULES: dict[str, tuple[dict[str, Any], Sequence[int]]] = {
    "threshold": ({"rule": "threshold", "m": 3}, [AMINA, BO, DEE]),
    "consensus": ({"rule": "consensus"}, [AMINA, BO, CLEO, DEE]),
    "majority": ({"rule": "majority"}, [AMINA, BO, CLEO]),
    "two-thirds": ({"rule": "two-thirds"}, [BO, CLEO, DEE]),
    "quorum-majority": ({"rule": "quorum-majority", "quorum": 75}, [AMINA, BO, CLEO]),
    "sequence": ({"rule": "sequence", "steps": [BOARD, ELDER]}, [AMINA, BO, CLEO]),
    "veto": ({"rule": "threshold", "m": 2, "vetoes": [ELDER]}, [AMINA, BO, CLEO]),
    "named-decider": ({"rule": "named-decider", "steward": "of-amina"}, [BO, CLEO, AMINA]),
}


@dataclasses.dataclass(frozen=True)
class Scene:
    cast: Cast
    stewards: Sequence[Person]
    grant: Grant
    turn: Sequence[Person]

    def in_turn(self, notice: Notice) -> list[bool]:
        return [sign_notice(notice, [person]).adopted for person in self.turn]


@pytest.fixture(params=list(RULES), ids=list(RULES))
def scene(request: pytest.FixtureRequest, cast: Cast) -> Scene:
    rule, turn = RULES[request.param]
    user = make_user("Dee")
    member = make_membership(user, cast.river, CommunityRole.STEWARD)
    stewards = [*cast.stewards, Person(user, make_passkey(user), member)]
    for number, person in enumerate(stewards):
        body = "elders" if number == CLEO else "board"
        assert person.membership
        Membership.objects.filter(pk=person.membership.pk).update(bodies=[body])
    if rule.get("steward") == "of-amina":
        assert cast.amina.membership
        rule = rule | {"steward": cast.amina.membership.steward_id}
    rules = threshold(2) | {"resume": rule, "revocation": rule}
    signers = [person.signer for person in stewards]
    make_charter(cast.river, signers, rules=rules, floor=1)
    make_protocol(cast.river, signers)
    make_dataset(cast.river, cast.amina.user)
    grant = say_yes(review_of(make_request(cast.chi.user)), [cast.amina, cast.bo])
    return Scene(cast, stewards, grant, [stewards[number] for number in turn])


def pause(scene: Scene) -> Notice:
    notice = notices.pause(
        community_id=scene.cast.river.pk, actor=scene.stewards[DEE].user, reason=""
    )
    assert sign_notice(notice, [scene.stewards[DEE]]).adopted
    return notice


def test_one_pauses_and_only_the_whole_rule_resumes(scene: Scene) -> None:
    revision = scene.grant.review.revision
    notice = pause(scene)
    assert grants_active(revision) == []

    resume = notices.propose_resume(community_id=scene.cast.river.pk, actor=scene.cast.bo.user)
    for person in scene.turn[:-1]:
        assert not sign_notice(resume, [person]).adopted
        assert pauses_in_force(scene.cast.river) == [notice]
        assert grants_active(revision) == []
    assert sign_notice(resume, [scene.turn[-1]]).adopted

    assert pauses_in_force(scene.cast.river) == []
    assert grants_active(revision) == [scene.grant]


def test_a_pause_is_stronger_than_an_open_resume(scene: Scene) -> None:
    pause(scene)
    resume = notices.propose_resume(community_id=scene.cast.river.pk, actor=scene.cast.bo.user)
    later = pause(scene)

    assert scene.in_turn(resume)[-1]

    assert pauses_in_force(scene.cast.river) == [later]


def test_only_the_whole_rule_takes_a_grant_back(scene: Scene) -> None:
    notice = notices.propose_revocation(scene.grant.pk, actor=scene.cast.bo.user, reason="")

    assert scene.in_turn(notice) == [False] * (len(scene.turn) - 1) + [True]

    scene.grant.refresh_from_db()
    assert scene.grant.state == "revoked"


def test_a_grant_whose_conditions_wait_is_taken_back_by_the_same_rule(scene: Scene) -> None:
    review = review_of(make_request(scene.cast.chi.user, question="Another?"))
    reviews.put_conditions(review.pk, actor=scene.cast.amina.user, conditions=["Tell us first."])
    grant = say_yes(review, [scene.cast.amina, scene.cast.bo])
    assert grant.state == "awaiting acceptance"

    notice = notices.propose_revocation(grant.pk, actor=scene.cast.bo.user, reason="")
    assert scene.in_turn(notice)[-1]

    grant.refresh_from_db()
    assert (grant.state, grant.accepted_at) == ("revoked", None)


def test_a_no_never_resumes(scene: Scene) -> None:
    notice = pause(scene)
    resume = notices.propose_resume(community_id=scene.cast.river.pk, actor=scene.cast.bo.user)

    for person in scene.turn:
        result = sign_notice(resume, [person], Answer.NO)
        if result.declined:
            break

    assert not result.adopted
    assert pauses_in_force(scene.cast.river) == [notice]
