"""No subset of ballots decides unless the whole rule is met, tried on many charters.

``by_the_page`` is written from the format page alone and shares no code with the package.
"""

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from consent.grants.decision import Outcome, decide
from consent.grants.statements import Answer
from consent.grants.tally import can_be_decided, carried_answers, parse_rule

MANY = settings(max_examples=400, deadline=None)

SLUGS = ("board", "elders", "women")
STEWARDS = "abcdefg"


def by_the_page(rule: dict, bodies: dict[str, set[str]], floor: int, signed: set) -> bool:
    """Say by counting, as a person would, whether the signatures in ``signed`` decide.

    Args:
        signed: pairs of steward and answer; nothing else is known.
    """
    answers = {s: {a for t, a in signed if t == s} for s in bodies}
    yes = {s for s in bodies if answers[s] == {"yes"}}
    open_seats = {s for s in bodies if answers[s] != {"recuse"}}
    if len(yes) < max(floor, 1):
        return False
    for veto in rule.get("vetoes", []):
        if not enough(veto, bodies, yes, open_seats):
            return False
    if rule["rule"] == "named-decider":
        return rule["steward"] in yes
    if rule["rule"] == "sequence":
        return all(enough(step, bodies, yes, open_seats) for step in rule["steps"])
    if rule["rule"] == "quorum-majority":
        answered = {s for s in bodies if answers[s] - {"recuse"}}
        there = Fraction(len(answered), 1) >= Fraction(rule["quorum"] * len(open_seats), 100)
        return there and Fraction(len(yes)) > Fraction(len(open_seats), 2)
    return enough(rule, bodies, yes, open_seats)


def enough(rule: dict, bodies: dict[str, set[str]], yes: set[str], open_seats: set[str]) -> bool:
    mine = {s for s in open_seats if "body" not in rule or rule["body"] in bodies[s]}
    agreed = yes & mine
    if not agreed:
        return False
    return {
        "threshold": len(agreed) >= rule.get("m", 0),
        "consensus": agreed == mine,
        "majority": Fraction(len(agreed), len(mine)) > Fraction(1, 2),
        "two-thirds": Fraction(len(agreed), len(mine)) >= Fraction(2, 3),
    }[rule["rule"]]


@st.composite
def simple_rules(draw, seats: int):
    kind = draw(st.sampled_from(["threshold", "consensus", "majority", "two-thirds"]))
    return {"rule": kind} | ({"m": draw(st.integers(1, seats))} if kind == "threshold" else {})


@st.composite
def body_rules(draw, bodies: dict[str, set[str]]):
    """Some of the bodies in which somebody sits, each with a simple rule."""
    seats = {slug: sum(slug in sits_in for sits_in in bodies.values()) for slug in SLUGS}
    present = [slug for slug in SLUGS if seats[slug]]
    chosen = draw(st.permutations(present)) if present else []
    some = chosen[: draw(st.integers(1, len(chosen)))] if chosen else []
    return [draw(simple_rules(seats[slug])) | {"body": slug} for slug in some]


@st.composite
def communities(draw):
    """A charter's stewards with their bodies, a rule that fits them, and a floor."""
    people = STEWARDS[: draw(st.integers(1, len(STEWARDS)))]
    bodies = {s: draw(st.sets(st.sampled_from(SLUGS))) for s in people}
    kind = draw(st.sampled_from(["simple", "quorum-majority", "named-decider", "sequence"]))
    rule = draw(simple_rules(len(people)))
    if kind == "quorum-majority":
        rule = {"rule": kind, "quorum": draw(st.integers(1, 100))}
    if kind == "named-decider":
        rule = {"rule": kind, "steward": draw(st.sampled_from(people))}
    if kind == "sequence" and (steps := draw(body_rules(bodies))):
        rule = {"rule": kind, "steps": steps}
    if draw(st.booleans()) and (vetoes := draw(body_rules(bodies))):
        rule = rule | {"vetoes": vetoes}
    return rule, bodies, draw(st.integers(1, len(people)))


# People who are not stewards sign too: x and y.
ballots = st.lists(
    st.tuples(
        st.sampled_from(STEWARDS + "xy"),
        st.sampled_from(["yes"] * 5 + [str(answer) for answer in Answer] + ["recuse"]),
    ),
    max_size=14,
)


def outcome(rule: dict, bodies: dict[str, set[str]], floor: int, signed) -> Outcome:
    answers: dict[str, frozenset[Answer]] = {}
    for steward, answer in signed:
        answers[steward] = answers.get(steward, frozenset()) | {Answer(answer)}
    return decide(
        parse_rule(rule, "rules.grant", stewards=bodies),
        stewards=bodies,
        floor=floor,
        answers=answers,
        bodies={steward: frozenset(sits_in) for steward, sits_in in bodies.items()},
    )


@MANY
@given(communities(), ballots)
def test_ballots_decide_exactly_when_the_whole_rule_is_met_by_what_is_signed(community, signed):
    assert outcome(*community, signed).met is by_the_page(*community, set(signed))


@MANY
@given(communities(), ballots, st.data())
def test_no_subset_of_the_ballots_decides_unless_the_rule_is_met_by_that_subset(
    community, signed, data
):
    some = data.draw(st.sets(st.sampled_from(signed))) if signed else set()

    if not by_the_page(*community, some):
        assert not outcome(*community, some).met


@MANY
@given(communities(), ballots, st.sampled_from(STEWARDS), st.sampled_from(Answer))
def test_an_answer_that_was_withheld_never_undoes_a_decision(community, signed, steward, answer):
    before = [ballot for ballot in signed if ballot[0] != steward]
    after = [*before, (steward, str(answer))]

    # So whoever leaves the answer out can delay and never decide. What a second, different
    # answer of one steward does is the limit that the format page states.
    assert outcome(*community, after).met or not outcome(*community, before).met


@MANY
@given(communities(), ballots, st.sets(st.sampled_from(STEWARDS)))
def test_leaving_stewards_out_never_makes_a_decision(community, signed, left_out):
    fewer = [ballot for ballot in signed if ballot[0] not in left_out]

    assert outcome(*community, signed).met or not outcome(*community, fewer).met


@MANY
@given(communities(), ballots, st.randoms(use_true_random=False))
def test_neither_order_nor_repetition_matters(community, signed, random):
    shuffled = [*signed, *signed]
    random.shuffle(shuffled)

    assert outcome(*community, shuffled) == outcome(*community, signed)


@MANY
@given(communities(), ballots)
def test_people_who_are_no_stewards_count_nothing(community, signed):
    strangers = set(STEWARDS + "xy") - community[1].keys()
    own = [ballot for ballot in signed if ballot[0] not in strangers]

    assert outcome(*community, own) == outcome(*community, signed)


@MANY
@given(communities(), ballots)
def test_what_a_node_is_given_decides_exactly_when_all_answers_do(community, signed):
    one_each = list(dict(signed).items())  # a platform keeps each steward's newest answer
    carried = carried_answers(parse_rule(community[0], "rules.grant", stewards=community[1]))
    given_to_node = [ballot for ballot in one_each if ballot[1] in carried]

    assert outcome(*community, given_to_node).met is outcome(*community, one_each).met


@MANY
@given(communities(), ballots)
def test_it_goes_to_the_full_meeting_exactly_when_all_who_are_left_could_not_decide(
    community, signed
):
    result = outcome(*community, signed)
    left = community[1].keys() - result.recused
    hoped = [(s, "yes") for s in left] + [(s, "recuse") for s in result.recused]

    assert result.full_meeting is not by_the_page(*community, set(hoped))


@MANY
@given(communities(), ballots)
def test_asking_those_who_are_awaited_again_and_again_leads_to_a_decision(community, signed):
    one_each = dict(ballot for ballot in signed if ballot[1] != "no")
    result = outcome(*community, one_each.items())
    for _ in range(len(STEWARDS)):
        if result.met or result.full_meeting:
            break
        assert result.awaited
        assert not result.awaited & (result.yes | result.recused)
        one_each |= dict.fromkeys(result.awaited, "yes")
        result = outcome(*community, one_each.items())

    assert result.met is not result.full_meeting


@MANY
@given(communities())
def test_a_rule_that_a_charter_may_hold_can_be_decided_by_all_its_stewards(community):
    rule, bodies, floor = community
    parsed = parse_rule(rule, "rules.grant", stewards=bodies)
    sits_in = {steward: frozenset(slugs) for steward, slugs in bodies.items()}

    assert (
        can_be_decided({"grant": parsed}, stewards=list(bodies), bodies=sits_in, floor=floor) == []
    )
