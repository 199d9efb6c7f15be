"""One steward decides alone only what was delegated to her, while it was, as often as it was."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.grants.charter import extend_chain, pin
from consent.grants.codec import canonical, time_text
from consent.grants.decision import decision_on, rule_for
from consent.grants.delegation import (
    Delegation,
    parse_delegation,
    require_covers,
    require_granted,
)
from consent.grants.errors import (
    BadBallot,
    GrantRefused,
    Malformed,
    NotDecided,
    OutsideDelegation,
)
from consent.grants.grant import Claims, parse_grant
from consent.grants.statements import Answer, Signed
from tests.consent.grants.cast import (
    AMINA,
    BELA,
    CORA,
    DAY,
    NOON,
    SECOND,
    ballot,
    cast,
    chain_of_one,
    chain_of_two,
    first_charter,
    more,
    second_charter,
    sha,
)
from tests.consent.grants.delegation_vectors import SCOPE
from tests.consent.grants.papers import (
    DELEGATION_ID,
    GRANT_ID,
    QUIET,
    REQUEST_ID,
    Case,
    delegated,
    delegation_document,
    grant_document,
    pause,
    read_notices,
    sound_delegation,
    sound_grant,
)
from tests.consent.grants.test_properties import SOME, flipped, flips

CHARTER = chain_of_one()[0]
OWN = sound_grant().digest
OTHERS = [sha(f"other grant {n}") for n in range(4)]


def case(signed: Signed, **changes) -> Case:
    return replace(Case(), **{"signed": signed, "counted": {}} | changes)


def delegation(**changes) -> Delegation:
    return parse_delegation(canonical(delegation_document(**changes)))


def claims(**changes) -> Claims:
    return parse_grant(canonical(grant_document(**changes)))


def test_a_delegation_is_decided_by_the_rule_for_grants():
    assert rule_for(CHARTER, "delegation") == CHARTER.rules["grant"]
    assert decision_on(sound_delegation(), charter=CHARTER, statement_type="delegation").met
    alone = cast(delegation_document(), AMINA)
    assert not decision_on(alone, charter=CHARTER, statement_type="delegation").met


def test_the_claims_name_the_delegation_that_a_grant_rests_on():
    allowed = case(delegated()).allow()

    assert allowed.under == delegation()
    assert allowed.stopped_with == {GRANT_ID, DELEGATION_ID}


def test_a_grant_that_is_decided_rests_on_nothing():
    allowed = case(delegated(sound_grant())).allow()

    assert allowed.under is None
    assert allowed.stopped_with == {GRANT_ID}


ONE_FAULT = {
    "no delegation": (cast(grant_document(), AMINA), NotDecided, "1 signed so far"),
    "delegate did not sign": (delegated(cast(grant_document())), NotDecided, "did not sign yes"),
    "another signed": (delegated(cast(grant_document(), BELA)), NotDecided, "did not sign yes"),
    "delegate steps aside": (
        delegated(cast(grant_document(), AMINA, answer=Answer.RECUSE)),
        NotDecided,
        "did not sign yes",
    ),
    "delegate said both": (
        delegated(
            more(
                cast(grant_document(), AMINA),
                ballot(AMINA, sound_grant().statement, "grant", Answer.NOT_YET),
            )
        ),
        NotDecided,
        "did not sign yes",
    ),
    "delegate is no steward": (delegated(delegate="st-gala"), NotDecided, "did not sign yes"),
    "delegation not decided": (
        delegated(delegation=cast(delegation_document(), AMINA)),
        NotDecided,
        "2 of 3 stewards",
    ),
    "delegation declined": (
        delegated(delegation=cast(delegation_document(), AMINA, BELA, answer=Answer.NO)),
        NotDecided,
        "2 of 3 stewards",
    ),
    "another charter's number": (
        delegated(charter={"number": 2, "digest": first_charter().digest}),
        OutsideDelegation,
        "another charter",
    ),
    "another charter's digest": (
        delegated(charter={"number": 1, "digest": sha("other")}),
        OutsideDelegation,
        "another charter",
    ),
    "other dataset": (
        delegated(scope=SCOPE | {"dataset": "river-genomes"}),
        OutsideDelegation,
        "river-genomes, kept by river, only",
    ),
    "other code": (
        delegated(scope=SCOPE | {"code": sha("other")}),
        OutsideDelegation,
        "other code",
    ),
    "more rounds": (delegated(max_rounds=2), OutsideDelegation, "no more rounds than 2"),
    "grant begins before": (
        delegated(not_before=time_text(NOON - 2 * DAY + SECOND)),
        OutsideDelegation,
        "begins outside",
    ),
    "grant begins after": (
        delegated(not_after=time_text(NOON - 2 * DAY)),
        OutsideDelegation,
        "begins outside",
    ),
    "over now": (delegated(not_after=time_text(NOON)), OutsideDelegation, "time ended"),
}


@pytest.mark.parametrize("fault", ONE_FAULT)
def test_one_fault_in_the_scope_refuses(fault):
    signed, error, sentence = ONE_FAULT[fault]

    with pytest.raises(error, match=sentence) as caught:
        case(signed).allow()
    assert type(caught.value) is error
    assert caught.value.step == 5


def test_a_second_before_its_end_a_delegation_still_carries():
    assert case(delegated(not_after=time_text(NOON + SECOND))).allow()


@pytest.mark.parametrize(
    ("counted", "allowed"),
    [
        ({}, True),
        ({DELEGATION_ID: []}, True),
        ({DELEGATION_ID: OTHERS[:1]}, True),
        ({DELEGATION_ID: [OWN, OTHERS[0]]}, True),
        ({REQUEST_ID: OTHERS[:2]}, True),
        ({DELEGATION_ID: OTHERS[:2]}, False),
        ({DELEGATION_ID: [OWN, *OTHERS[:2]]}, False),
        ({DELEGATION_ID: [GRANT_ID, OTHERS[0]]}, False),
        (None, False),
    ],
)
def test_other_grants_under_it_are_counted(counted, allowed):
    if allowed:
        assert case(delegated(), counted=counted).allow()
    else:
        with pytest.raises(OutsideDelegation) as caught:
            case(delegated(), counted=counted).allow()
        assert caught.value.step == 5


@pytest.mark.parametrize(("scope", "step"), [(DELEGATION_ID, 10), ("all", 10), (REQUEST_ID, None)])
def test_a_pause_of_the_delegation_stops_the_grants_under_it(scope, step):
    notices = read_notices(cast(pause(scope=scope), CORA))

    if step is None:
        assert case(delegated(), notices=notices).allow()
    else:
        with pytest.raises(GrantRefused) as caught:
            case(delegated(), notices=notices).allow()
        assert (caught.value.code, caught.value.step) == ("paused", step)


def test_a_delegation_that_was_taken_back_stops_the_grants_under_it_only():
    notices = replace(QUIET, revoked=frozenset({DELEGATION_ID}))

    with pytest.raises(GrantRefused) as caught:
        case(delegated(), notices=notices).allow()
    assert (caught.value.code, caught.value.step) == ("revoked", 9)
    assert case(sound_grant(), notices=notices).allow()
    assert case(delegated(sound_grant()), notices=notices).allow()


def test_a_delegation_ends_with_its_charter():
    second = {"number": 2, "digest": second_charter().digest}
    of_the_first = cast(delegation_document(delegate="st-cora"), BELA, CORA)
    signed = delegated(cast(grant_document(charter=second), CORA), of_the_first)

    with pytest.raises(OutsideDelegation, match="another charter"):
        case(signed, chain=chain_of_two(), first_seen_charter=2).allow()


def test_a_grant_under_a_delegation_that_was_seen_in_time_outlives_its_charter():
    assert case(delegated(), chain=chain_of_two(), first_seen_charter=1).allow()
    with pytest.raises(GrantRefused, match="had been replaced"):
        case(delegated(), chain=chain_of_two(), first_seen_charter=2).allow()


def test_a_node_finds_out_at_first_sight_what_a_grant_rests_on():
    def found(signed: Signed) -> Delegation | None:
        return require_granted(signed, claims(), charter=CHARTER, at=NOON, counted={})

    assert found(delegated()) == delegation()
    assert found(sound_grant()) is None
    stranger = replace(delegated().ballots[0], signature=bytes(70))
    with pytest.raises(BadBallot):
        found(replace(delegated(), ballots=(stranger,)))


@pytest.mark.parametrize(
    "take",
    [
        lambda signed: pin(signed(first_charter()), fingerprint=first_charter().digest),
        lambda signed: extend_chain(chain_of_one(), signed(second_charter())),
        lambda signed: read_notices(signed(cast(pause(), CORA))),
        lambda signed: case(delegated(delegation=signed(sound_delegation()))).allow(),
    ],
    ids=["first charter", "next charter", "notice", "delegation"],
)
def test_only_a_grant_may_come_with_a_delegation(take):
    take(lambda signed: signed)
    with pytest.raises(Malformed):
        take(lambda signed: replace(signed, under=sound_delegation()))


@SOME
@given(flips)
def test_any_flipped_byte_of_a_delegation_refuses(flip):
    changed = replace(sound_delegation(), statement=flipped(sound_delegation().statement, flip))

    with pytest.raises(GrantRefused):
        case(delegated(delegation=changed)).allow()


@SOME
@given(
    data_days=st.integers(-12, 12),
    begins_days=st.integers(-12, 12),
    lasts_days=st.integers(1, 24),
    rounds=st.integers(1, 5),
    most=st.integers(1, 3),
    others=st.integers(0, 4),
)
def test_a_grant_is_carried_exactly_within_dates_rounds_and_number(
    data_days, begins_days, lasts_days, rounds, most, others
):
    begins, ends = NOON + begins_days * DAY, NOON + (begins_days + lasts_days) * DAY
    asked = replace(claims(), not_before=NOON + data_days * DAY)
    given_to = replace(
        delegation(), not_before=begins, not_after=ends, max_rounds=rounds, max_grants=most
    )
    counted = {DELEGATION_ID: OTHERS[:others]}
    expected = begins <= asked.not_before < ends and ends > NOON and rounds >= 3 and others < most

    try:
        require_covers(given_to, asked, at=NOON, counted=counted)
    except OutsideDelegation:
        assert not expected
    else:
        assert expected
