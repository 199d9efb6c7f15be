"""The stages of a review, as a table; and in which cells they are shown."""

import itertools

import pytest

from consent.rules import Completeness, ReviewState
from consent.stages import Facts, Stage, Standing, stage_of, steps

OPEN = ReviewState.OPEN
COMPLETE, INCOMPLETE = Completeness.COMPLETE, Completeness.INCOMPLETE

# Written by hand: what is known of an open review, and the stage it is at.
TABLE = [
    (Facts(OPEN), Stage.RECEIVED),
    (Facts(OPEN, acknowledged=True), Stage.LOOKED_AT),
    (Facts(OPEN, completeness=INCOMPLETE), Stage.CHECKED),
    (Facts(OPEN, True, INCOMPLETE, advice_waiting=True), Stage.CHECKED),
    (Facts(OPEN, True, COMPLETE), Stage.DECIDING),
    (Facts(OPEN, False, COMPLETE), Stage.DECIDING),
    (Facts(OPEN, True, COMPLETE, advice_waiting=True), Stage.ADVICE),
    (Facts(OPEN, True, None, advice_waiting=True), Stage.ADVICE),
    (Facts(OPEN, True, COMPLETE, advice_waiting=True, advice_given=True), Stage.ADVICE),
    (Facts(OPEN, True, COMPLETE, advice_given=True), Stage.DECIDING),
    (Facts(OPEN, True, None, advice_given=True), Stage.DECIDING),
    (Facts(ReviewState.APPROVED), Stage.DECIDED),
    (Facts(ReviewState.DECLINED, True, INCOMPLETE), Stage.DECIDED),
    (Facts(ReviewState.WITHDRAWN, True, COMPLETE), None),
    (Facts(ReviewState.SENT_BACK), None),
    (Facts(ReviewState.REPLACED), None),
]


@pytest.mark.parametrize(("facts", "stage"), TABLE)
def test_a_review_is_at_one_stage(facts: Facts, stage: Stage | None) -> None:
    assert stage_of(facts) == stage


@pytest.mark.parametrize(
    "facts",
    [
        Facts(state, *flags[:1], checked, *flags[1:])
        for state in ReviewState
        for checked in (None, *Completeness)
        for flags in itertools.product((False, True), repeat=3)
    ],
    ids=str,
)
def test_every_stage_is_listed_once_in_order_with_at_most_one_now(facts: Facts) -> None:
    found = steps(facts)

    assert [step.stage for step in found] == list(Stage)
    now = [step.stage for step in found if step.standing is Standing.NOW]
    assert now == ([] if stage_of(facts) is None else [stage_of(facts)])


def test_what_was_passed_by_is_left_out_and_what_comes_is_to_come() -> None:
    found = {step.stage: step.standing for step in steps(Facts(OPEN, False, COMPLETE))}

    assert found == {
        Stage.RECEIVED: Standing.DONE,
        Stage.LOOKED_AT: Standing.LEFT_OUT,
        Stage.CHECKED: Standing.DONE,
        Stage.ADVICE: Standing.LEFT_OUT,
        Stage.DECIDING: Standing.NOW,
        Stage.DECIDED: Standing.TO_COME,
    }


def test_a_withdrawn_review_is_at_no_stage_any_more() -> None:
    found = {step.stage: step.standing for step in steps(Facts(ReviewState.WITHDRAWN, True))}

    assert Standing.NOW not in found.values()
    assert found[Stage.LOOKED_AT] is Standing.DONE
    assert found[Stage.DECIDED] is Standing.LEFT_OUT
