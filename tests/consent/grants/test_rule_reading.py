"""A charter's rule is read closed: what is unknown or contradicts the charter is refused."""

import pytest

from consent.grants.decision import DecisionRule
from consent.grants.errors import Malformed
from consent.grants.tally import BodyRule
from tests.consent.grants.test_rules import (
    BOARD_THEN_ELDERS,
    CONSENSUS,
    DECIDER,
    ONE_ELDER,
    QUORUM,
    rule,
)

SEQUENCE = {"rule": "sequence"}


@pytest.mark.parametrize(
    ("document", "why"),
    [
        ({"rule": "majority", "m": 3}, "a field that this version does not know"),
        ({"rule": "two-thirds", "quorum": 50}, "a field that this version does not know"),
        ({"rule": "quorum-majority"}, "lacks the field quorum"),
        ({"rule": "quorum-majority", "quorum": 0}, "a whole number from 1 to 100"),
        ({"rule": "quorum-majority", "quorum": 101}, "a whole number from 1 to 100"),
        ({"rule": "quorum-majority", "quorum": True}, "a whole number from 1 to 100"),
        ({"rule": "named-decider"}, "lacks the field steward"),
        ({"rule": "named-decider", "steward": "z"}, "names z, who is no steward here"),
        ({"rule": "named-decider", "steward": "Amina"}, "a short name"),
        (SEQUENCE, "lacks the field steps"),
        (SEQUENCE | {"steps": []}, "a list of 1 to 20"),
        (SEQUENCE | {"steps": ONE_ELDER}, "a list of 1 to 20"),
        (SEQUENCE | {"steps": ["elders"]}, "one of threshold, consensus"),
        (SEQUENCE | {"steps": [ONE_ELDER, ONE_ELDER]}, "free of repeats"),
        (SEQUENCE | {"steps": [ONE_ELDER, ONE_ELDER | {"m": 2}]}, "free of repeats"),
        (SEQUENCE | {"steps": [ONE_ELDER | {"body": "youth"}]}, "names youth, in which no steward"),
        (SEQUENCE | {"steps": [ONE_ELDER | {"m": 3}]}, "asks for 3 of elders, where 2 sit"),
        (SEQUENCE | {"steps": [ONE_ELDER | {"m": 0}]}, "a whole number from 1"),
        (SEQUENCE | {"steps": [{"rule": "consensus"}]}, "lacks the field body"),
        (SEQUENCE | {"steps": [{"body": "elders", "rule": "threshold"}]}, "lacks the field m"),
        (SEQUENCE | {"steps": [{"body": "elders", "rule": "majority", "m": 1}]}, "does not know"),
        (SEQUENCE | {"steps": [{"body": "elders", "rule": "named-decider"}]}, "one of threshold"),
        (
            SEQUENCE | {"steps": [BOARD_THEN_ELDERS | {"body": "board"}]},
            "one of threshold, consensus, majority, two-thirds",
        ),
        (SEQUENCE | {"steps": [ONE_ELDER | {"vetoes": [ONE_ELDER]}]}, "does not know"),
        (CONSENSUS | {"vetoes": []}, "a list of 1 to 20"),
        (CONSENSUS | {"vetoes": None}, "a list of 1 to 20"),
        (CONSENSUS | {"vetoes": [ONE_ELDER, ONE_ELDER]}, "free of repeats"),
        (CONSENSUS | {"vetoes": [ONE_ELDER | {"body": "youth"}]}, "names youth, in which"),
        (CONSENSUS | {"vetoes": [BOARD_THEN_ELDERS | {"body": "board"}]}, "one of threshold"),
        ({"rule": "lot"}, "a known decision rule"),
        ({"rule": {}}, "a known decision rule"),
        ([], "a known decision rule"),
    ],
)
def test_a_rule_that_contradicts_the_charter_is_refused(document, why):
    with pytest.raises(Malformed, match=why):
        rule(document)


def test_a_rule_is_read_as_it_is_written():
    assert rule(BOARD_THEN_ELDERS | {"vetoes": [{"body": "board", "rule": "two-thirds"}]}) == (
        DecisionRule(
            "sequence",
            steps=(BodyRule("board", "majority"), BodyRule("elders", "threshold", 1)),
            vetoes=(BodyRule("board", "two-thirds"),),
        )
    )
    assert rule(DECIDER) == DecisionRule("named-decider", steward="d")
    assert rule(QUORUM) == DecisionRule("quorum-majority", quorum=80)
