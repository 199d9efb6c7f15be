"""Decision rules: only explicit, unambiguous yeses decide."""

import itertools

import pytest

from consent.grants.codec import canonical
from consent.grants.decision import (
    RULES,
    DecisionRule,
    Outcome,
    decide,
    decision_on,
    require_decided,
)
from consent.grants.errors import BadBallot, Malformed, NotDecided, WrongCommunity, WrongType
from consent.grants.statements import Answer
from consent.grants.tally import RULE_FIELDS
from tests.consent.grants.cast import (
    AMINA,
    BELA,
    CORA,
    CORA_PHONE,
    STRANGER,
    ballot,
    cast,
    chain_of_one,
    more,
)
from tests.consent.grants.papers import grant_document, pause, revocation, sound_grant

YES, NO, LATER, MAYBE, ASIDE = (
    Answer.YES,
    Answer.NO,
    Answer.NOT_YET,
    Answer.YES_WITH_CONDITIONS,
    Answer.RECUSE,
)
SEATS = ("a", "b", "c", "d")
TWO = DecisionRule("threshold", 2)
ALL = DecisionRule("consensus")


def outcome(rule: DecisionRule, floor: int = 2, **answers: Answer | set[Answer]) -> Outcome:
    sets = {s: frozenset(v if isinstance(v, set) else {v}) for s, v in answers.items()}
    return decide(rule, stewards=SEATS, floor=floor, answers=sets)


@pytest.mark.parametrize(
    ("rule", "answers", "met"),
    [
        (TWO, {}, False),
        (TWO, {"a": YES}, False),
        (TWO, {"a": YES, "b": YES}, True),
        (TWO, {"a": YES, "b": YES, "c": NO, "d": NO}, True),
        (TWO, {"a": YES, "b": MAYBE}, False),
        (TWO, {"a": YES, "b": LATER}, False),
        (TWO, {"a": YES, "b": NO, "c": NO}, False),
        (TWO, {"a": YES, "b": ASIDE, "c": ASIDE, "d": ASIDE}, False),
        (TWO, {"a": YES, "b": {YES, NO}}, False),
        (TWO, {"a": YES, "b": {YES, ASIDE}}, False),
        (TWO, {"a": YES, "b": {YES, MAYBE}}, False),
        (TWO, {"a": YES, "stranger": YES}, False),
        (DecisionRule("threshold", 4), {"a": YES, "b": YES, "c": YES}, False),
        (DecisionRule("threshold", 1), {"a": YES}, False),
        (ALL, {}, False),
        (ALL, {"a": YES, "b": YES, "c": YES}, False),
        (ALL, {"a": YES, "b": YES, "c": YES, "d": YES}, True),
        (ALL, {"a": YES, "b": YES, "c": YES, "d": NO}, False),
        (ALL, {"a": YES, "b": YES, "c": YES, "d": MAYBE}, False),
        (ALL, {"a": YES, "b": YES, "c": YES, "d": ASIDE}, True),
        (ALL, {"a": YES, "b": YES, "c": ASIDE, "d": ASIDE}, True),
        (ALL, {"a": YES, "b": ASIDE, "c": ASIDE, "d": ASIDE}, False),
        (ALL, {"a": ASIDE, "b": ASIDE, "c": ASIDE, "d": ASIDE}, False),
        (ALL, {"a": YES, "b": YES, "c": YES, "d": {ASIDE, NO}}, False),
        (ALL, {"a": YES, "b": YES, "c": YES, "d": {ASIDE, YES}}, False),
        (ALL, {"a": YES, "b": YES, "c": YES, "stranger": YES}, False),
    ],
)
def test_the_rules_decide_as_the_format_page_says(rule, answers, met):
    result = outcome(rule, **answers)

    assert result.met is met
    assert (result.missing == "") is met


def test_consensus_of_nobody_is_no_consensus():
    assert not decide(ALL, stewards=(), floor=0, answers={}).met
    assert not outcome(ALL, floor=0, a=ASIDE, b=ASIDE, c=ASIDE, d=ASIDE).met


def test_one_yes_is_consensus_where_the_floor_is_one():
    assert outcome(ALL, floor=1, a=YES, b=ASIDE, c=ASIDE, d=ASIDE).met


def test_the_outcome_names_who_said_what():
    result = outcome(TWO, a=YES, b=ASIDE, c={YES, NO}, d=NO)

    assert result.yes == {"a"}
    assert result.recused == {"b"}
    assert result.against == {"c", "d"}
    assert result.missing == "2 of 4 stewards must sign yes; 1 signed so far."


def test_what_is_missing_is_said_in_words():
    assert "2 of 4 did not" in outcome(ALL, a=YES, b=YES).missing
    assert "At least 2 stewards" in outcome(ALL, a=YES, b=ASIDE, c=ASIDE, d=ASIDE).missing


@pytest.mark.parametrize("rule", [TWO, ALL, DecisionRule("threshold", 3)])
def test_taking_a_ballot_away_never_makes_a_decision(rule):
    choices = [None, {YES}, {NO}, {MAYBE}, {LATER}, {ASIDE}, {YES, NO}]
    for combination in itertools.product(choices, repeat=4):
        answers = {
            s: frozenset(c) for s, c in zip(SEATS, combination, strict=True) if c is not None
        }
        if decide(rule, stewards=SEATS, floor=2, answers=answers).met:
            continue
        for withheld in answers:
            fewer = {s: a for s, a in answers.items() if s != withheld}
            assert not decide(rule, stewards=SEATS, floor=2, answers=fewer).met


@pytest.mark.parametrize(
    "rule",
    [
        DecisionRule("silence"),
        DecisionRule(""),
        DecisionRule("threshold"),
        DecisionRule("threshold", 0),
        DecisionRule("threshold", -1),
    ],
)
def test_an_unknown_or_empty_rule_decides_nothing(rule):
    with pytest.raises(Malformed):
        outcome(rule, a=YES, b=YES, c=YES, d=YES)


def test_every_rule_says_which_fields_it_has():
    assert RULES.keys() == RULE_FIELDS.keys()


def decided(signed, kind="grant"):
    return decision_on(signed, charter=chain_of_one()[0], statement_type=kind)


def test_two_of_three_decide_a_grant():
    result = decided(sound_grant())

    assert result.met
    assert result.yes == {"st-amina", "st-bela"}


def test_one_steward_pauses():
    assert decided(cast(pause(), CORA), "pause").met
    assert not decided(cast(revocation(), CORA), "revocation").met


@pytest.mark.parametrize(
    "signed",
    [cast(grant_document(), CORA, CORA), cast(grant_document(), CORA, CORA_PHONE)],
    ids=["the same key twice", "two keys"],
)
def test_one_steward_counts_once(signed):
    assert decided(signed).yes == {"st-cora"}
    with pytest.raises(NotDecided, match="1 signed so far"):
        require_decided(signed, charter=chain_of_one()[0], statement_type="grant")


def test_a_yes_and_a_no_of_one_steward_are_no_yes():
    contradiction = ballot(CORA_PHONE, sound_grant().statement, "grant", NO)
    signed = more(cast(grant_document(), AMINA, CORA), contradiction)

    result = decided(signed)

    assert not result.met
    assert result.against == {"st-cora"}


def test_one_bad_ballot_refuses_the_rest():
    stranger = ballot(STRANGER, sound_grant().statement, "grant")

    with pytest.raises(BadBallot):
        decided(more(sound_grant(), stranger))


def test_a_statement_is_decided_as_what_it_is():
    with pytest.raises(WrongType):
        decided(sound_grant(), "pause")
    with pytest.raises(WrongType):
        decided(cast(pause(), AMINA, BELA))


def test_a_steward_of_two_communities_decides_in_one_at_a_time():
    with pytest.raises(WrongCommunity):
        decided(cast(grant_document(community="coast"), AMINA, BELA))


def test_a_decision_returns_its_outcome():
    result = require_decided(sound_grant(), charter=chain_of_one()[0], statement_type="grant")

    assert result == decided(sound_grant())
    assert canonical(grant_document()) == sound_grant().statement
