"""allow_run: a sound case passes; each single fault refuses at its own step."""

from dataclasses import replace
from datetime import datetime

import pytest

from consent.grants.codec import canonical
from consent.grants.errors import (
    BadBallot,
    CharterSuperseded,
    CoolingOff,
    Expired,
    GrantRefused,
    Malformed,
    NotDecided,
    NotYetValid,
    Paused,
    Revoked,
    StaleNotices,
    TooManyRounds,
    UnknownCharter,
    WrongAggregate,
    WrongCode,
    WrongCommunity,
    WrongConfiguration,
    WrongDataset,
    WrongMessage,
    WrongRequest,
    WrongType,
    WrongVariables,
)
from consent.grants.statements import Answer, Signed
from consent.grants.verify import STEPS
from tests.consent.grants.cast import (
    AMINA,
    BELA,
    CORA,
    CORA_PHONE,
    DAY,
    DORI,
    HOUR,
    NOON,
    SECOND,
    STRANGER,
    ballot,
    cast,
    chain_of_one,
    chain_of_two,
    more,
    second_charter,
    sha,
)
from tests.consent.grants.papers import (
    FACTS,
    GRANT_ID,
    NOTICE_IDS,
    QUIET,
    REQUEST_ID,
    Case,
    grant_document,
    grant_with,
    pause,
    sound_grant,
)

STATEMENT = sound_grant().statement


def signed(document, *keys, answer=Answer.YES):
    return {"signed": cast(document, *(keys or (AMINA, BELA)), answer=answer)}


def facts(**changes):
    return {"facts": replace(FACTS, **changes)}


def notices(**changes):
    return {"notices": replace(QUIET, **changes)}


def under_second_charter(**changes):
    document = grant_document(charter={"number": 2, "digest": second_charter().digest}) | changes
    return cast(document, DORI, CORA)


def test_a_sound_grant_allows_its_run():
    claims = Case().allow()

    assert claims.id == GRANT_ID
    assert claims.max_rounds == 3


@pytest.mark.parametrize(
    "change",
    [
        facts(rounds_used=2),
        facts(variables=("bmi",)),
        facts(variables=("bmi", "bmi")),
        {"at": NOON - 2 * DAY, "first_seen": NOON - 3 * DAY, **notices(issued=NOON - 2 * DAY)},
        {"at": NOON + DAY - SECOND, **notices(issued=NOON)},
        {"first_seen": NOON - HOUR},
        notices(issued=NOON - DAY),
        notices(revoked=frozenset({REQUEST_ID})),
        notices(paused=frozenset({REQUEST_ID})),
        {"signed": cast(grant_document(), CORA_PHONE, BELA)},
        {"signed": cast(grant_document(), AMINA, BELA, CORA)},
        {"signed": more(sound_grant(), ballot(CORA, STATEMENT, "grant", "no"))},
        {"chain": chain_of_two()},
        {"chain": chain_of_two(), "first_seen_charter": 2, "signed": under_second_charter()},
        {"chain": chain_of_two(), "first_seen_charter": 1, "signed": under_second_charter()},
        {**signed(grant_document(min_nodes=2)), **facts(communities=("hill", "river"))},
    ],
    ids=[
        "last round",
        "fewer variables",
        "a variable named twice",
        "first second",
        "last second",
        "just cooled off",
        "notices just fresh",
        "another grant revoked",
        "another grant paused",
        "a second key",
        "everyone",
        "one says no",
        "seen before a newer charter",
        "under the newer charter",
        "under a charter learned later",
        "fewer communities",
    ],
)
def test_the_edges_of_what_is_allowed(change):
    assert replace(Case(), **change).allow().id == GRANT_ID


ONE_FAULT = {
    "not canonical": ({"signed": Signed(STATEMENT + b"\n", sound_grant().ballots)}, 1, Malformed),
    "not JSON": ({"signed": Signed(b"", ())}, 1, Malformed),
    "a pause": ({"signed": cast(pause(), AMINA, BELA)}, 1, WrongType),
    "another version": (signed(grant_document(version=2)), 1, Malformed),
    "an unknown field": (signed(grant_document(unless="x")), 1, Malformed),
    "no variables": (signed(grant_with("data", variables=[])), 1, Malformed),
    "another community's": (signed(grant_document(community="hill")), 2, WrongCommunity),
    "another node": (facts(community="coast"), 2, WrongCommunity),
    "unknown charter": (
        signed(grant_document(charter={"number": 1, "digest": sha("x")})),
        3,
        UnknownCharter,
    ),
    "charter number off": (
        signed(grant_document(charter={"number": 2, "digest": chain_of_one()[0].digest})),
        3,
        UnknownCharter,
    ),
    "no charter": ({"chain": ()}, 3, UnknownCharter),
    "stolen old keys": (
        {"chain": chain_of_two(), "first_seen_charter": 2},
        3,
        CharterSuperseded,
    ),
    "charter to come": ({"signed": under_second_charter()}, 3, UnknownCharter),
    "a stranger's ballot": (signed(grant_document(), AMINA, BELA, STRANGER), 4, BadBallot),
    "a ballot for another": (
        {"signed": replace(sound_grant(), ballots=cast(pause(), AMINA, BELA).ballots)},
        4,
        BadBallot,
    ),
    "a changed answer": (
        {
            "signed": replace(
                sound_grant(),
                ballots=tuple(
                    replace(b, answer=Answer.YES)
                    for b in cast(grant_document(), AMINA, BELA, answer=Answer.NO).ballots
                ),
            )
        },
        4,
        BadBallot,
    ),
    "more rounds than signed": (
        {"signed": Signed(canonical(grant_with("run", max_rounds=4)), sound_grant().ballots)},
        4,
        BadBallot,
    ),
    "new steward, old charter": (
        {"chain": chain_of_two(), **signed(grant_document(), DORI, CORA)},
        4,
        BadBallot,
    ),
    "no ballots": ({"signed": replace(sound_grant(), ballots=())}, 5, NotDecided),
    "a ballot withheld": (signed(grant_document(), AMINA), 5, NotDecided),
    "one steward twice": (signed(grant_document(), AMINA, AMINA), 5, NotDecided),
    "one steward, two keys": (signed(grant_document(), CORA, CORA_PHONE), 5, NotDecided),
    "all say no": (signed(grant_document(), answer=Answer.NO), 5, NotDecided),
    "yes with conditions": (
        signed(grant_document(), answer=Answer.YES_WITH_CONDITIONS),
        5,
        NotDecided,
    ),
    "not yet": (signed(grant_document(), answer=Answer.NOT_YET), 5, NotDecided),
    "all step aside": (signed(grant_document(), answer=Answer.RECUSE), 5, NotDecided),
    "yes and no": (
        {"signed": more(sound_grant(), ballot(BELA, STATEMENT, "grant", "no"))},
        5,
        NotDecided,
    ),
    "a second early": (
        {"at": NOON - 2 * DAY - SECOND, **notices(issued=NOON - 3 * DAY)},
        6,
        NotYetValid,
    ),
    "at the end": ({"at": NOON + DAY, **notices(issued=NOON + DAY)}, 6, Expired),
    "still cooling": ({"first_seen": NOON - HOUR + SECOND}, 7, CoolingOff),
    "seen in the future": (
        {"first_seen": NOON + SECOND, **signed(grant_document(cooling_off_s=0))},
        7,
        CoolingOff,
    ),
    "old notices": (notices(issued=NOON - DAY - SECOND), 8, StaleNotices),
    "notices of tomorrow": (notices(issued=NOON + HOUR), 8, StaleNotices),
    "another's notices": (notices(community="coast"), 8, WrongCommunity),
    "revoked": (notices(revoked=frozenset({NOTICE_IDS[0], GRANT_ID})), 9, Revoked),
    "all paused": (notices(paused=frozenset({"all"})), 10, Paused),
    "this one paused": (notices(paused=frozenset({GRANT_ID})), 10, Paused),
    "other code": (facts(code=sha("other")), 11, WrongCode),
    "code in upper case": (facts(code=sha("code").upper()), 11, WrongCode),
    "other configuration": (facts(config=sha("other")), 12, WrongConfiguration),
    "other request": (facts(request=sha("revision 2")), 13, WrongRequest),
    "other keeper": (facts(keeper="coast"), 14, WrongDataset),
    "other dataset": (facts(dataset="river-genomes"), 14, WrongDataset),
    "no variable asked": (facts(variables=()), 15, WrongVariables),
    "one variable more": (facts(variables=("age", "sex")), 15, WrongVariables),
    "variable in capitals": (facts(variables=("AGE",)), 15, WrongVariables),
    "a community more": (
        facts(communities=("coast", "hill", "lake", "river")),
        16,
        WrongAggregate,
    ),
    "without us": (facts(communities=("coast", "hill")), 16, WrongAggregate),
    "one too few": (facts(communities=("hill", "river")), 16, WrongAggregate),
    "one named twice": (facts(communities=("hill", "river", "river")), 16, WrongAggregate),
    "nobody": (facts(communities=()), 16, WrongAggregate),
    "a query": (facts(message_type="query"), 17, WrongMessage),
    "evaluation": (facts(message_type="evaluate"), 17, WrongMessage),
    "a train look-alike": (facts(message_type="train.extra"), 17, WrongMessage),
    "all rounds used": (facts(rounds_used=3), 18, TooManyRounds),
    "beyond the rounds": (facts(rounds_used=4), 18, TooManyRounds),
}


@pytest.mark.parametrize(("change", "step", "error"), ONE_FAULT.values(), ids=ONE_FAULT)
def test_one_fault_is_enough_to_refuse(change, step, error):
    with pytest.raises(error) as refused:
        replace(Case(), **change).allow()

    assert type(refused.value) is error
    assert refused.value.step == step
    assert str(refused.value).endswith(".")


def test_every_step_has_a_fault_that_meets_it():
    assert {step for _, step, _ in ONE_FAULT.values()} == {number for number, _ in STEPS}


def test_the_first_failing_step_is_the_one_named():
    everything = Case(
        signed=sound_grant(),
        facts=replace(FACTS, code=sha("x"), dataset="other", rounds_used=9),
        notices=replace(QUIET, revoked=frozenset({GRANT_ID}), paused=frozenset({"all"})),
    )

    with pytest.raises(Revoked) as refused:
        everything.allow()
    assert refused.value.step == 9


@pytest.mark.parametrize(
    "change",
    [
        {"at": datetime(2031, 5, 4)},
        {"first_seen": datetime(2031, 5, 4)},
        {"max_notice_age_s": 0},
        {"first_seen_charter": 0},
        {"first_seen_charter": 2},
        facts(rounds_used=-1),
    ],
)
def test_wrong_use_is_not_a_refusal(change):
    with pytest.raises(ValueError) as wrong:
        replace(Case(), **change).allow()
    assert not isinstance(wrong.value, GrantRefused)
