"""A lost or stolen passkey: its steward gets another by a new charter, and the old one is dead."""

from dataclasses import replace

import pytest

from consent.grants.charter import Charter, extend_chain
from consent.grants.codec import time_text
from consent.grants.errors import BadBallot, BrokenChain, CharterSuperseded
from consent.grants.statements import Signed
from tests.consent.grants.cast import (
    AMINA,
    BELA,
    CORA,
    NOON,
    THREE,
    cast,
    chain_of_one,
    first_charter,
    next_document,
    passkey,
    steward,
)
from tests.consent.grants.papers import (
    Case,
    delegated,
    delegation_document,
    grant_document,
    pause,
    read_notices,
    resume,
    sound_grant,
)

NEW = passkey("amina's new passkey")


def amina_gets_a_new_key(*signers) -> Signed:
    people = [steward(name, [NEW] if name == "amina" else keys) for name, keys in THREE.items()]
    return cast(next_document(first_charter(), 2, stewards=people), *signers)


SECOND = amina_gets_a_new_key(BELA, CORA)


def chain() -> tuple[Charter, ...]:
    return extend_chain(chain_of_one(), SECOND)


def under_the_second(*signers) -> Case:
    document = grant_document(charter={"number": 2, "digest": SECOND.digest})
    signed = cast(document, *signers)
    return replace(Case(), signed=signed, chain=chain(), first_seen_charter=2)


def test_the_new_key_counts_from_the_new_charter_on_and_the_old_one_does_not():
    assert under_the_second(NEW, BELA).allow()
    with pytest.raises(BadBallot, match="not in the charter"):
        under_the_second(AMINA, BELA).allow()
    with pytest.raises(BadBallot, match="not in the charter"):
        # One ballot of the old key spoils a decision that others made.
        under_the_second(AMINA, BELA, CORA).allow()


def test_the_old_key_does_not_come_back_by_way_of_the_old_charter():
    after = replace(Case(), chain=chain(), first_seen_charter=2)

    with pytest.raises(CharterSuperseded):
        after.allow()
    thief = cast(delegation_document(), AMINA, BELA)
    with pytest.raises(CharterSuperseded):
        replace(after, signed=delegated(delegation=thief), counted={}).allow()


def test_a_grant_that_the_old_key_signed_and_the_node_saw_in_time_stays_good():
    seen_in_time = replace(Case(), signed=sound_grant(), chain=chain(), first_seen_charter=1)

    assert seen_in_time.allow()


def test_neither_key_can_put_the_new_one_in_without_the_rule_in_force():
    for signers in ((NEW, BELA), (AMINA,), (NEW,)):
        with pytest.raises(BrokenChain):
            extend_chain(chain_of_one(), amina_gets_a_new_key(*signers))


def test_the_old_key_stops_work_and_cannot_start_it_again():
    """Whoever has the key can call a halt at worst: a stop stays one, whoever decided it."""
    halted = read_notices(cast(pause(), AMINA), chain=chain())
    lifted_by_thief = read_notices(
        cast(pause(), AMINA),
        cast(resume(created=time_text(NOON)), AMINA, BELA),
        chain=chain(),
    )
    lifted = read_notices(cast(pause(), AMINA), cast(resume(), NEW, BELA), chain=chain())

    assert halted.paused == lifted_by_thief.paused == {"all"}
    assert lifted.paused == frozenset()
