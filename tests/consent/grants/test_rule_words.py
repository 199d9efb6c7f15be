"""A rule in words says what the rule does: the numbers in the example are those that decide."""

import itertools
import re

import pytest
from hypothesis import given

from consent.grants.rule_words import rule_in_words, worked_example
from consent.grants.statements import Answer
from consent.grants.tally import parse_rule
from tests.consent.grants.test_rule_properties import MANY, by_the_page, communities

FIVE = [
    ("st-amina", "Amina", ["board"]),
    ("st-bela", "Bela", ["board", "elders"]),
    ("st-cora", "Cora", ["board"]),
    ("st-dori", "Dori", ["elders"]),
    ("st-esi", "Esi", []),
]
NAMES = {steward: name for steward, name, _ in FIVE}
WORDS = {"elders": "the elders", "board": "the board"}
ELDERS = {"body": "elders", "rule": "threshold", "m": 1}
BOARD = {"body": "board", "rule": "majority"}
DORI = {"rule": "named-decider", "steward": "st-dori"}


def rule(document: dict):
    return parse_rule(document, "rules.grant", stewards={s: bodies for s, _, bodies in FIVE})


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"rule": "threshold", "m": 3}, "At least 3 of the 5 stewards must sign yes."),
        ({"rule": "threshold", "m": 5}, "All 5 stewards must sign yes."),
        ({"rule": "consensus"}, "Every steward who has not stepped aside must sign yes."),
        (
            {"rule": "majority"},
            "More than half of the stewards who have not stepped aside must sign yes.",
        ),
        (
            {"rule": "two-thirds"},
            "At least two thirds of the stewards who have not stepped aside must sign yes.",
        ),
        (
            {"rule": "quorum-majority", "quorum": 60},
            "At least 60 percent of the stewards who have not stepped aside must answer, and more "
            "than half must sign yes.",
        ),
        (DORI, "Dori decides, and must sign yes."),
        (
            {"rule": "sequence", "steps": [BOARD, ELDERS, {"body": "women", "rule": "consensus"}]},
            "First the board: more than half of its stewards who have not stepped aside must sign "
            "yes. Then the elders: at least 1 of its stewards must sign yes. Then women: all its "
            "stewards who have not stepped aside must sign yes.",
        ),
        (
            {"rule": "threshold", "m": 2, "vetoes": [{"body": "elders", "rule": "two-thirds"}]},
            "At least 2 of the 5 stewards must sign yes. Nothing is decided without the elders: at "
            "least two thirds of its stewards who have not stepped aside must sign yes.",
        ),
    ],
)
def test_each_rule_is_said_in_plain_words(document, words):
    people = {s: [*bodies, "women"] for s, _, bodies in FIVE}
    parsed = parse_rule(document, "rules.grant", stewards=people)

    assert rule_in_words(parsed, stewards=5, names=NAMES, bodies=WORDS) == words


def test_a_floor_is_said_where_the_rule_does_not_say_it():
    never = " Never fewer than 2 must sign yes, however many step aside."

    assert rule_in_words(rule(DORI), stewards=5, floor=2).endswith(never)
    assert rule_in_words(rule({"rule": "consensus"}), stewards=5, floor=2).endswith(never)
    assert not rule_in_words(rule({"rule": "threshold", "m": 2}), stewards=5, floor=2).endswith(
        never
    )


def test_who_has_no_name_or_word_appears_by_id_and_slug():
    assert rule_in_words(rule(DORI), stewards=5) == "st-dori decides, and must sign yes."
    assert "First elders:" in rule_in_words(
        rule({"rule": "sequence", "steps": [ELDERS]}), stewards=5
    )


def test_a_community_of_one_is_spoken_of_as_one():
    alone = parse_rule({"rule": "threshold", "m": 1}, "rules.grant", stewards={"a": []})

    assert rule_in_words(alone, stewards=1) == "The only steward must sign yes."
    assert worked_example(alone, stewards=[("a", "Amina", [])], floor=1) == (
        "With 1 steward, 1 must sign yes. When one steps aside, it goes to the full meeting."
    )


@pytest.mark.parametrize(
    ("document", "floor", "example"),
    [
        (
            {"rule": "threshold", "m": 3, "vetoes": [ELDERS]},
            1,
            "With 5 stewards and 1 stepped aside, 3 must sign yes, one of them of the elders.",
        ),
        ({"rule": "consensus"}, 1, "With 5 stewards and 1 stepped aside, 4 must sign yes."),
        ({"rule": "majority"}, 1, "With 5 stewards and 1 stepped aside, 3 must sign yes."),
        ({"rule": "majority"}, 4, "With 5 stewards and 1 stepped aside, 4 must sign yes."),
        (
            {"rule": "quorum-majority", "quorum": 80},
            1,
            "With 5 stewards and 1 stepped aside, 3 must sign yes, and 4 must have answered.",
        ),
        (
            DORI,
            2,
            "With 5 stewards and 1 stepped aside, 2 must sign yes, one of them Dori.",
        ),
        (
            {"rule": "sequence", "steps": [BOARD, ELDERS]},
            3,
            "With 5 stewards and 1 stepped aside, first 2 of the board, then 1 of the elders, and "
            "at least 3 in all must sign yes.",
        ),
        (
            {"rule": "sequence", "steps": [BOARD], "vetoes": [ELDERS]},
            1,
            "With 5 stewards and 1 stepped aside, first 2 of the board, and 1 of the elders must "
            "sign yes.",
        ),
        (
            {
                "rule": "threshold",
                "m": 2,
                "vetoes": [BOARD | {"rule": "consensus"}, ELDERS | {"m": 2}],
            },
            1,
            "With 5 stewards and 1 stepped aside, at least 3 must sign yes, 3 of them of the "
            "board, 2 of them of the elders.",
        ),
        (
            {"rule": "threshold", "m": 5},
            1,
            "With 5 stewards, 5 must sign yes. When one steps aside, it goes to the full meeting.",
        ),
    ],
)
def test_each_rule_has_an_example_with_this_charters_numbers(document, floor, example):
    assert worked_example(rule(document), stewards=FIVE, floor=floor, words=WORDS) == example


@MANY
@given(communities())
def test_the_number_in_the_example_is_the_least_that_decides(community):
    document, bodies, floor = community
    parsed = parse_rule(document, "rules.grant", stewards=bodies)
    stewards = [(s, s.upper(), sorted(sits_in)) for s, sits_in in bodies.items()]

    example = worked_example(parsed, stewards=stewards, floor=floor)

    number = re.search(r"(at least )?(\d+) must sign yes", example)
    if number is None or document["rule"] == "sequence":
        return
    said = int(number[2])
    least = {least_that_decides(community, aside) for aside in asides(example, bodies)}
    # One of the people it could be about; "at least" where the bodies' shares may overlap.
    assert any(fewest >= said for fewest in least) if number[1] else said in least


def asides(example: str, bodies: dict) -> list[str | None]:
    return list(bodies) if "stepped aside" in example else [None]


def least_that_decides(community, aside: str | None) -> int:
    """The fewest yes that decide when ``aside`` stepped aside and all others answer not yet."""
    document, bodies, floor = community
    others = [s for s in bodies if s != aside]
    for size in range(len(others) + 1):
        for some in itertools.combinations(others, size):
            signed = {(s, "yes" if s in some else str(Answer.NOT_YET)) for s in others}
            signed |= {(aside, "recuse")} if aside else set()
            if by_the_page(document, bodies, floor, signed):
                return size
    return len(bodies) + 1
