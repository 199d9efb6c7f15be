"""Every decision rule, one table for each: who said what, and whether that decides."""

import pytest

from consent.grants.decision import DecisionRule, Outcome, decide
from consent.grants.errors import Malformed
from consent.grants.statements import Answer
from consent.grants.tally import (
    BodyRule,
    can_be_decided,
    carried_answers,
    floor_for,
    parse_rule,
)

YES, NO, LATER, MAYBE, ASIDE = (
    Answer.YES,
    Answer.NO,
    Answer.NOT_YET,
    Answer.YES_WITH_CONDITIONS,
    Answer.RECUSE,
)

# Five stewards: a, b and c of the board, c and d of the elders, e of neither.
BODIES = {
    "a": frozenset({"board"}),
    "b": frozenset({"board"}),
    "c": frozenset({"board", "elders"}),
    "d": frozenset({"elders"}),
    "e": frozenset[str](),
}
ONE_ELDER = {"body": "elders", "rule": "threshold", "m": 1}
BOARD_THEN_ELDERS = {
    "rule": "sequence",
    "steps": [{"body": "board", "rule": "majority"}, ONE_ELDER],
}


def rule(document: dict) -> DecisionRule:
    return parse_rule(document, "rules.grant", stewards=BODIES)


def outcome(document: dict, said: str, floor: int = 1) -> Outcome:
    """Decide on ``"a+ b- c? d~ e/"``: yes, no, not yet, yes with conditions, steps aside."""
    signs = {"+": YES, "-": NO, "?": LATER, "~": MAYBE, "/": ASIDE}
    answers = {word[0]: frozenset(signs[sign] for sign in word[1:]) for word in said.split()}
    return decide(rule(document), stewards=BODIES, floor=floor, answers=answers, bodies=BODIES)


THRESHOLD = {"rule": "threshold", "m": 2}
CONSENSUS = {"rule": "consensus"}
MAJORITY = {"rule": "majority"}
TWO_THIRDS = {"rule": "two-thirds"}
QUORUM = {"rule": "quorum-majority", "quorum": 80}
DECIDER = {"rule": "named-decider", "steward": "d"}


@pytest.mark.parametrize(
    ("document", "said", "floor", "met"),
    [
        (THRESHOLD, "a+ b+", 1, True),
        (THRESHOLD, "a+ b/ c/ d/", 1, False),
        (THRESHOLD, "a+ b+ c/ d/ e/", 2, True),
        (CONSENSUS, "a+ b+ c+ d+", 1, False),
        (CONSENSUS, "a+ b+ c+ d+ e+", 1, True),
        (CONSENSUS, "a+ b+ c+ d/ e/", 3, True),
        (CONSENSUS, "a+ b+ c/ d/ e/", 3, False),
        (MAJORITY, "", 1, False),
        (MAJORITY, "a+ b+", 1, False),
        (MAJORITY, "a+ b+ c+", 1, True),
        (MAJORITY, "a+ b+ c+ d- e-", 1, True),
        (MAJORITY, "a+ b+ c- d- e/", 1, False),
        (MAJORITY, "a+ b+ c- d/ e/", 1, True),
        (MAJORITY, "a+ b+ c- d/ e/", 3, False),
        (MAJORITY, "a+ b- c/ d/ e/", 1, False),
        (MAJORITY, "a+ b/ c/ d/ e/", 1, True),
        (MAJORITY, "a/ b/ c/ d/ e/", 1, False),
        (MAJORITY, "a+ b+ c+-", 1, False),
        (TWO_THIRDS, "a+ b+ c+", 1, False),
        (TWO_THIRDS, "a+ b+ c+ d+", 1, True),
        (TWO_THIRDS, "a+ b+ c+ e/", 1, True),
        (TWO_THIRDS, "a+ b+ d/ e/", 1, True),
        (TWO_THIRDS, "a+ b+ d/ e/", 3, False),
        (TWO_THIRDS, "a+ b- c- d- e-", 1, False),
        (TWO_THIRDS, "a/ b/ c/ d/ e/", 1, False),
        (QUORUM, "a+ b+ c+", 1, False),
        (QUORUM, "a+ b+ c+ d-", 1, True),
        (QUORUM, "a+ b+ c+ d?", 1, True),
        (QUORUM, "a+ b+ c+ d~", 1, True),
        (QUORUM, "a+ b+ c- d-", 1, False),
        (QUORUM, "a+ b+ c+ d/", 1, False),
        (QUORUM, "a+ b+ c+ d/ e-", 1, True),
        (QUORUM, "a+ b+ d/ e/", 1, False),
        (QUORUM, "a+ b+ c- d/ e/", 1, True),
        (QUORUM, "a+ b+ c- d/ e/", 3, False),
        (QUORUM, "a+ b+ c+ d+/", 1, True),
        (QUORUM, "a/ b/ c/ d/ e/", 1, False),
        (DECIDER, "a+ b+ c+ e+", 1, False),
        (DECIDER, "d+", 1, True),
        (DECIDER, "d+", 2, False),
        (DECIDER, "d+ a+", 2, True),
        (DECIDER, "d- a+ b+ c+ e+", 1, False),
        (DECIDER, "d~ a+ b+ c+ e+", 1, False),
        (DECIDER, "d/ a+ b+ c+ e+", 1, False),
        (BOARD_THEN_ELDERS, "a+ b+", 1, False),
        (BOARD_THEN_ELDERS, "a+ b+ d+", 1, True),
        (BOARD_THEN_ELDERS, "a+ c+", 1, True),
        (BOARD_THEN_ELDERS, "d+ e+", 1, False),
        (BOARD_THEN_ELDERS, "a+ d+ e+", 1, False),
        (BOARD_THEN_ELDERS, "a+ b/ c/ d+", 1, True),
        (BOARD_THEN_ELDERS, "a+ b/ c/ d+", 3, False),
        (BOARD_THEN_ELDERS, "a+ b/ c/ d+ e+", 3, True),
        (BOARD_THEN_ELDERS, "a+ b+ c/ d/ e+", 1, False),
        (BOARD_THEN_ELDERS, "a/ b/ c/ d+ e+", 1, False),
    ],
)
def test_a_rule_decides_as_the_format_page_says(document, said, floor, met):
    result = outcome(document, said, floor)

    assert result.met is met
    assert (result.missing == "") is met
    assert not (result.met and (result.full_meeting or result.awaited))


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (THRESHOLD, "a+ b+"),
        (CONSENSUS, "a+ b+ c/ d/ e+"),
        (MAJORITY, "a+ b+ e+"),
        (TWO_THIRDS, "a+ b+ e+ d/"),
        (QUORUM, "a+ b+ e+ c- d-"),
        ({"rule": "named-decider", "steward": "a"}, "a+"),
        ({"rule": "sequence", "steps": [{"body": "board", "rule": "majority"}]}, "a+ b+"),
    ],
)
def test_a_veto_asks_for_the_bodys_own_yes_under_every_rule(document, said):
    vetoed = document | {"vetoes": [ONE_ELDER]}

    assert outcome(document, said).met
    result = outcome(vetoed, said)
    assert not result.met
    assert "of elders must sign yes" in result.missing
    assert result.full_meeting is ("d/" in said and "c/" in said)
    if not result.full_meeting:
        assert result.awaited <= {"c", "d"}
    agreed = " ".join(word for word in said.split() if word[0] != "c") + " c+"
    assert outcome(vetoed, agreed).met


def test_each_of_two_vetoes_is_asked_for():
    both = THRESHOLD | {"vetoes": [{"body": "board", "rule": "consensus"}, ONE_ELDER]}

    assert not outcome(both, "a+ b+").met
    assert not outcome(both, "d+ e+").met
    assert outcome(both, "a+ b+ c+").met


@pytest.mark.parametrize(
    ("document", "said", "floor", "why"),
    [
        (THRESHOLD, "a/ b/ c/ d/", 1, "At least 2 stewards must sign yes, but only 1 of 5 can."),
        (CONSENSUS, "a+ b+ c/ d/ e/", 3, "At least 3 stewards must sign yes, but only 2 of 5"),
        (MAJORITY, "a/ b/ c/ d/ e/", 1, "At least 1 steward must sign yes, but none can."),
        (QUORUM, "a+ b/ c/ d/ e/", 2, "At least 2 stewards must sign yes, but only 1 of 5 can."),
        (DECIDER, "d/", 1, "The steward whom the charter names for this has stepped aside."),
        (BOARD_THEN_ELDERS, "c/ d/", 1, "At least 1 steward of elders must sign yes, but none"),
        (THRESHOLD | {"vetoes": [ONE_ELDER]}, "a+ b+ c/ d/", 1, "of elders must sign yes, but"),
        (
            {"rule": "sequence", "steps": [{"body": "board", "rule": "threshold", "m": 3}]},
            "a/",
            1,
            "At least 3 stewards of board must sign yes, but only 2 of 3 can.",
        ),
    ],
)
def test_what_those_left_cannot_decide_goes_to_the_full_meeting(document, said, floor, why):
    result = outcome(document, said, floor)

    assert not result.met
    assert result.full_meeting
    assert why in result.missing
    assert "goes to the full meeting: adopt a charter that seats more people" in result.missing
    assert result.awaited == frozenset()


@pytest.mark.parametrize(
    ("document", "said", "floor", "awaited"),
    [
        (THRESHOLD, "", 1, "abcde"),
        (THRESHOLD, "a+ b- c/ d? e~", 1, "de"),
        (THRESHOLD, "a+ b+", 1, ""),
        (CONSENSUS, "a+ b-+ c+/", 1, "cde"),
        (QUORUM, "a+ b+ c+", 1, "de"),
        (DECIDER, "", 1, "d"),
        (DECIDER, "", 2, "abcde"),
        (DECIDER, "a+", 2, "d"),
        (DECIDER, "d+", 2, "abce"),
        (DECIDER, "d-", 1, ""),
        (BOARD_THEN_ELDERS, "", 1, "abc"),
        (BOARD_THEN_ELDERS, "d+", 1, "abc"),
        (BOARD_THEN_ELDERS, "a+", 1, "bc"),
        (BOARD_THEN_ELDERS, "a+ b+", 1, "cd"),
        (BOARD_THEN_ELDERS, "a+ c+", 3, "bde"),
        (MAJORITY | {"vetoes": [ONE_ELDER]}, "a+ b+ e+", 1, "cd"),
        (DECIDER | {"vetoes": [{"body": "board", "rule": "consensus"}]}, "", 1, "abcd"),
    ],
)
def test_the_outcome_says_whose_yes_is_asked_for_next(document, said, floor, awaited):
    assert outcome(document, said, floor).awaited == set(awaited)


@pytest.mark.parametrize(
    ("document", "said", "missing"),
    [
        (MAJORITY, "a+", "3 of the 5 stewards who did not step aside must sign yes, more than"),
        (TWO_THIRDS, "a+ e/", "3 of the 4 stewards who did not step aside must sign yes, two"),
        (QUORUM, "a+ b+ c+", "4 of the 5 stewards who did not step aside must have answered; 3"),
        (QUORUM, "a+", "more than half; 1 signed so far. 4 of the 5 stewards"),
        (DECIDER, "a+", "The steward whom the charter names for this must sign yes."),
        (BOARD_THEN_ELDERS, "a+", "2 of the 3 stewards of board who did not step aside"),
        (BOARD_THEN_ELDERS, "a+ b+", "1 of 2 stewards of elders must sign yes; 0 signed so far."),
        (DECIDER, "d+", "At least 2 stewards must sign yes; 1 signed so far."),
    ],
)
def test_what_is_missing_is_said_for_each_rule(document, said, missing):
    assert missing in outcome(document, said, floor=2).missing


def test_a_body_that_nobody_was_named_for_decides_nothing():
    rules = DecisionRule("sequence", steps=(BodyRule("elders", "consensus"),))

    result = decide(rules, stewards="ab", floor=1, answers=dict.fromkeys("ab", frozenset({YES})))

    assert not result.met
    assert result.full_meeting


@pytest.mark.parametrize(
    "broken",
    [
        DecisionRule("quorum-majority"),
        DecisionRule("quorum-majority", quorum=0),
        DecisionRule("quorum-majority", quorum=101),
        DecisionRule("named-decider"),
        DecisionRule("sequence"),
        DecisionRule("sequence", steps=(BodyRule("board", "sequence"),)),
        DecisionRule("sequence", steps=(BodyRule("board", "threshold"),)),
        DecisionRule("consensus", vetoes=(BodyRule("board", "named-decider"),)),
    ],
)
def test_a_rule_that_lacks_its_part_decides_nothing(broken):
    everyone = dict.fromkeys(BODIES, frozenset({YES}))

    with pytest.raises(Malformed):
        decide(broken, stewards=BODIES, floor=1, answers=everyone, bodies=BODIES)


def test_a_pause_needs_one_steward_and_all_else_the_floor():
    assert floor_for("pause", 3) == 1
    assert {floor_for(kind, 3) for kind in ("grant", "charter", "revocation", "resume")} == {3}


def test_a_node_is_given_no_more_answers_than_the_rule_needs():
    assert carried_answers(rule(QUORUM)) == set(Answer)
    for document in (THRESHOLD, CONSENSUS, MAJORITY, TWO_THIRDS, DECIDER, BOARD_THEN_ELDERS):
        assert carried_answers(rule(document)) == {YES, ASIDE}


RULES_OF_ONE_CHARTER = {
    "charter": rule({"rule": "threshold", "m": 3}),
    "grant": rule(BOARD_THEN_ELDERS),
    "pause": rule({"rule": "threshold", "m": 1}),
    "protocol": rule(MAJORITY),
    "revocation": rule(DECIDER),
}


def decidable(stewards: str, seated: str | None = None) -> list[str]:
    bodies = {steward: BODIES[steward] for steward in seated or stewards}
    return can_be_decided(
        RULES_OF_ONE_CHARTER, stewards=stewards, bodies=bodies, floor=2, seated=seated
    )


def test_what_fewer_stewards_could_not_decide_is_named():
    assert decidable("abcde") == []
    assert decidable("abd") == []
    assert decidable("abe") == ["grant", "revocation"]
    assert decidable("ad") == ["charter"]
    assert decidable("d") == ["charter", "grant", "protocol", "revocation"]
    assert decidable("") == sorted(RULES_OF_ONE_CHARTER)


def test_a_seat_whose_holder_left_is_still_counted_until_a_new_charter_comes():
    assert decidable("acd", seated="abcde") == []
    assert decidable("ad", seated="abcde") == ["charter", "grant", "protocol"]
