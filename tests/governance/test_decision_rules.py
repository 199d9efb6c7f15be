"""Every rule of a charter on the platform: what decides, what declines, what nodes are given."""

from typing import Any

import pytest

from consent.grants.decision import require_decided
from consent.grants.statements import Answer
from governance import queries
from governance.errors import NotReady
from governance.models import Membership, Statement
from tests import factories
from tests.cast import Cast, Person
from tests.governance.pages import answer_text, draft_protocol

pytestmark = pytest.mark.django_db

YES, NO, LATER, ASIDE = Answer.YES, Answer.NO, Answer.NOT_YET, Answer.RECUSE
ELDER = {"body": "elders", "rule": "threshold", "m": 1}
BOARD_THEN_ELDERS = {
    "rule": "sequence",
    "steps": [{"body": "board", "rule": "threshold", "m": 1}, ELDER],
}


def put(cast: Cast, rule: dict[str, Any], floor: int = 1) -> Statement:
    """A protocol under this rule. Amina and Bo sit on the board, Cleo is the one elder."""
    for person, body in ((cast.amina, "board"), (cast.bo, "board"), (cast.cleo, "elders")):
        assert person.membership
        Membership.objects.filter(pk=person.membership.pk).update(bodies=[body])
    rules = factories.threshold(2) | {"protocol": rule}
    factories.make_charter(cast.river, cast.signers, rules=rules, floor=floor)
    return draft_protocol(cast).statement


def decider(person: Person) -> dict[str, str]:
    assert person.membership
    return {"rule": "named-decider", "steward": person.membership.steward_id}


def as_a_node(text: Statement) -> bool:
    """Whether a node that is given what nodes are given would say the same."""
    outcome = require_decided(
        queries.signed(text),
        charter=queries.charter_that_governs(text),
        statement_type="protocol",
    )
    return outcome.met


@pytest.mark.parametrize(
    ("rule", "answers"),
    [
        ({"rule": "majority"}, [YES, NO, YES]),
        ({"rule": "two-thirds"}, [YES, ASIDE, YES]),
        ({"rule": "quorum-majority", "quorum": 100}, [YES, NO, YES]),
        ({"rule": "consensus"}, [YES, ASIDE, YES]),
        (BOARD_THEN_ELDERS, [YES, LATER, YES]),
        ({"rule": "threshold", "m": 1, "vetoes": [ELDER]}, [YES, NO, YES]),
    ],
)
def test_the_answer_that_meets_the_rule_adopts_here_and_at_a_node(
    cast: Cast, rule: dict[str, Any], answers: list[Answer]
) -> None:
    text = put(cast, rule)

    results = [answer_text(text, p, a) for p, a in zip(cast.stewards, answers, strict=True)]

    assert [result.adopted for result in results] == [False, False, True]
    assert as_a_node(text)


@pytest.mark.parametrize(
    ("rule", "answers"),
    [
        ({"rule": "majority"}, [NO, NO]),
        ({"rule": "two-thirds"}, [NO, NO]),
        ({"rule": "quorum-majority", "quorum": 60}, [NO, NO]),
        (BOARD_THEN_ELDERS, [NO, NO]),
    ],
)
def test_noes_that_leave_no_way_decline(
    cast: Cast, rule: dict[str, Any], answers: list[Answer]
) -> None:
    text = put(cast, rule)

    results = [answer_text(text, p, a) for p, a in zip(cast.stewards, answers, strict=False)]

    assert [result.declined for result in results] == [False, True]


def test_a_no_of_whoever_must_say_yes_declines_at_once(cast: Cast) -> None:
    assert answer_text(put(cast, decider(cast.bo)), cast.bo, NO).declined


def test_a_no_of_the_body_that_holds_a_veto_declines_at_once(cast: Cast) -> None:
    text = put(cast, {"rule": "threshold", "m": 2, "vetoes": [ELDER]}, floor=2)

    assert answer_text(text, cast.cleo, NO).declined


def test_a_no_does_not_decline_where_it_helps_to_a_quorum(cast: Cast) -> None:
    text = put(cast, {"rule": "quorum-majority", "quorum": 100})

    assert not answer_text(text, cast.amina, NO).declined
    assert not answer_text(text, cast.bo, YES).adopted
    assert answer_text(text, cast.cleo, YES).adopted


def test_a_quorum_carries_every_answer_to_nodes_and_no_other_rule_does(cast: Cast) -> None:
    quorum = put(cast, {"rule": "quorum-majority", "quorum": 100})
    answer_text(quorum, cast.amina, NO)
    answer_text(quorum, cast.bo, YES)

    assert [ballot.answer for ballot in queries.signed(quorum).ballots] == ["no", "yes"]


def test_a_named_decider_who_steps_aside_sends_it_to_the_full_meeting(cast: Cast) -> None:
    text = put(cast, decider(cast.bo))

    result = answer_text(text, cast.bo, ASIDE)

    assert (result.adopted, result.declined, result.outcome.full_meeting) == (False, False, True)
    assert "goes to the full meeting" in result.outcome.missing
    assert not answer_text(text, cast.amina, YES).adopted


def test_a_yes_waits_for_its_bodys_turn(cast: Cast) -> None:
    text = put(cast, BOARD_THEN_ELDERS)
    assert cast.cleo.membership
    mine = cast.cleo.membership.steward_id

    with pytest.raises(NotReady, match="it is not your turn yet"):
        answer_text(text, cast.cleo, YES)
    # To say that she has doubts, or a conflict of interest, she need not wait.
    answer_text(text, cast.cleo, LATER)
    assert mine not in queries.outcome_of(text).awaited

    answer_text(text, cast.amina, YES)
    assert queries.outcome_of(text).awaited == {mine}
    assert answer_text(text, cast.cleo, YES).adopted


def test_whoever_said_no_in_her_turn_may_come_to_a_yes(cast: Cast) -> None:
    text = put(cast, BOARD_THEN_ELDERS)

    answer_text(text, cast.amina, NO)
    answer_text(text, cast.amina, YES)

    assert answer_text(text, cast.cleo, YES).adopted


def test_a_first_charter_has_no_order_before_it(cast: Cast) -> None:
    assert cast.cleo.membership
    Membership.objects.filter(pk=cast.cleo.membership.pk).update(bodies=["elders"])
    elders_first = {"rule": "sequence", "steps": [ELDER]}
    rules = factories.threshold(2) | {"charter": elders_first}

    factories.make_charter(cast.river, cast.signers, rules=rules, floor=1)  # Amina signs first

    with pytest.raises(NotReady, match="not your turn"):
        factories.make_charter(cast.river, cast.signers, rules=factories.threshold(2), floor=2)
