"""Stops are kept, restarts are proved, and a list cannot be old or undone."""

import itertools
from dataclasses import replace

import pytest

from consent.grants.charter import extend_chain, pin
from consent.grants.codec import canonical, time_text
from consent.grants.errors import (
    BadBallot,
    BadSignature,
    Malformed,
    NotDecided,
    UnknownCharter,
    WrongCommunity,
    WrongType,
)
from consent.grants.notices import verify_notices
from consent.grants.statements import Answer
from tests.consent.grants.cast import (
    AMINA,
    BELA,
    CHECKPOINT,
    CORA,
    DORI,
    HOUR,
    NOON,
    SECOND,
    STRANGER,
    cast,
    chain_of_one,
    chain_of_two,
    charter_document,
    ed25519_key,
    first_charter,
    next_document,
    public,
    steward,
)
from tests.consent.grants.papers import (
    GRANT_ID,
    NOTICE_IDS,
    QUIET,
    REQUEST_ID,
    notices_document,
    pause,
    read_notices,
    resume,
    revocation,
    sound_grant,
)

REVOKED = cast(revocation(), AMINA, BELA)
PAUSED = cast(pause(), CORA)
PAUSED_GRANT = cast(pause(3, scope=GRANT_ID), BELA)
RESUMED = cast(resume(), AMINA, BELA)


def test_an_empty_list_stops_nothing():
    assert read_notices() == replace(QUIET, sequence=7, issued=NOON - HOUR)


def test_revocations_and_pauses_are_told_by_grant():
    notices = read_notices(REVOKED, PAUSED, PAUSED_GRANT)

    assert notices.revoked == {GRANT_ID}
    assert notices.paused == {"all", GRANT_ID}
    assert (notices.community, notices.sequence) == ("river", 7)
    assert notices.issued == NOON - HOUR


def test_a_pause_is_lifted_only_by_a_resume_that_names_it():
    notices = read_notices(PAUSED, PAUSED_GRANT, RESUMED)

    assert notices.paused == {GRANT_ID}


def test_one_resume_may_lift_several_pauses():
    both = cast(resume(lifts=[NOTICE_IDS[1], NOTICE_IDS[3]]), AMINA, BELA)

    assert read_notices(PAUSED, PAUSED_GRANT, both).paused == frozenset()


def test_a_resume_lifts_no_revocation():
    lifting = cast(resume(lifts=[NOTICE_IDS[0], GRANT_ID]), AMINA, BELA)

    assert read_notices(REVOKED, lifting).revoked == {GRANT_ID}


def test_a_resume_does_not_lift_a_later_pause():
    later = cast(pause(created=time_text(NOON - 2 * HOUR + SECOND)), CORA)
    same_time = cast(pause(created=time_text(NOON - 2 * HOUR)), CORA)

    assert read_notices(later, RESUMED).paused == {"all"}
    assert read_notices(same_time, RESUMED).paused == frozenset()


def test_the_order_of_the_list_does_not_matter():
    items = [REVOKED, PAUSED, PAUSED_GRANT, RESUMED]
    expected = read_notices(*items)

    for order in itertools.permutations(items):
        assert read_notices(*order) == expected
    assert read_notices(*items, *items) == expected


def test_a_stop_outlives_the_charter_it_was_decided_under():
    notices = read_notices(REVOKED, cast(pause(), AMINA), chain=chain_of_two())

    assert notices.revoked == {GRANT_ID}
    assert notices.paused == {"all"}


def test_the_newest_charters_stewards_stop_too():
    notices = read_notices(cast(revocation(), DORI, CORA), PAUSED, chain=chain_of_two())

    assert notices.revoked == {GRANT_ID}
    assert notices.paused == {"all"}


def test_a_resume_counts_under_the_newest_charter_only():
    assert read_notices(PAUSED, RESUMED, chain=chain_of_two()).paused == {"all"}
    assert (
        read_notices(PAUSED, cast(resume(), DORI, BELA), chain=chain_of_two()).paused == frozenset()
    )


def test_a_later_list_cannot_undo_a_stop_by_leaving_it_out():
    before = read_notices(REVOKED, PAUSED, PAUSED_GRANT)
    text = canonical(notices_document(sequence=8))

    after = verify_notices(text, CHECKPOINT.sign(text), chain=chain_of_two(), kept=before.keep)

    assert after.revoked == {GRANT_ID}
    assert after.paused == {"all", GRANT_ID}
    assert set(after.keep) == set(before.keep)


def test_a_lifted_pause_is_not_kept_but_a_revocation_is():
    notices = read_notices(REVOKED, PAUSED, RESUMED)

    assert notices.keep == (REVOKED.to_json(),)


def test_a_kept_pause_is_lifted_by_a_later_resume():
    before = read_notices(PAUSED)
    text = canonical(notices_document(RESUMED, sequence=8))

    after = verify_notices(text, CHECKPOINT.sign(text), chain=chain_of_one(), kept=before.keep)

    assert after.paused == frozenset()
    assert after.keep == ()


@pytest.mark.parametrize(
    ("item", "error"),
    [
        (cast(revocation(), AMINA), NotDecided),
        (cast(revocation()), NotDecided),
        (cast(revocation(), AMINA, AMINA), NotDecided),
        (cast(revocation(), AMINA, BELA, answer=Answer.NOT_YET), NotDecided),
        (cast(revocation(), AMINA, STRANGER), BadBallot),
        (cast(pause(), STRANGER), BadBallot),
        (cast(pause()), NotDecided),
        (cast(resume(), CORA), NotDecided),
        (replace(PAUSED, ballots=REVOKED.ballots), BadBallot),
        (cast(pause(community="coast"), CORA), WrongCommunity),
        (sound_grant(), WrongType),
        (cast(charter_document(), AMINA, BELA, CORA), WrongType),
        (cast(revocation(grant="all"), AMINA, BELA), Malformed),
        (cast(revocation(id="1"), AMINA, BELA), Malformed),
        (cast(revocation(reason=""), AMINA, BELA), Malformed),
        (cast(revocation(created="today"), AMINA, BELA), Malformed),
        (cast(revocation(scope="all"), AMINA, BELA), Malformed),
        (cast(pause(scope=""), CORA), Malformed),
        (cast(pause(scope="everything"), CORA), Malformed),
        (cast(pause(scope=None), CORA), Malformed),
        (cast(resume(lifts=[]), AMINA, BELA), Malformed),
        (cast(resume(lifts=["all"]), AMINA, BELA), Malformed),
        (cast(resume(lifts=[NOTICE_IDS[1]] * 2), AMINA, BELA), Malformed),
        (cast(pause(version=2), CORA), Malformed),
    ],
)
def test_one_bad_item_refuses_the_list(item, error):
    with pytest.raises(error):
        read_notices(PAUSED_GRANT, item)


@pytest.mark.parametrize("make", [revocation, pause, resume])
def test_a_notice_lacks_no_field(make):
    for field in make():
        document = {k: v for k, v in make().items() if k != field}
        if field == "type":
            continue
        with pytest.raises(Malformed):
            read_notices(cast(document, AMINA, BELA))


def test_two_notices_do_not_share_an_id():
    other = cast(pause(scope=REQUEST_ID), CORA)

    with pytest.raises(Malformed, match="repeats"):
        read_notices(PAUSED, other)


def test_an_item_that_no_charter_decided_refuses_under_a_longer_chain_too():
    with pytest.raises(NotDecided):
        read_notices(cast(revocation(), CORA), chain=chain_of_two())


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"community": "coast"}, WrongCommunity),
        ({"type": "pause"}, WrongType),
        ({"version": 2}, Malformed),
        ({"sequence": 0}, Malformed),
        ({"sequence": True}, Malformed),
        ({"issued": "now"}, Malformed),
        ({"items": {}}, Malformed),
        ({"items": [1]}, Malformed),
        ({"items": [{}]}, Malformed),
        ({"items": ["{}"]}, Malformed),
        ({"items": [""] * 5001}, Malformed),
        ({"more": 1}, Malformed),
    ],
)
def test_a_list_is_whole(changes, error):
    with pytest.raises(error):
        read_notices(**changes)


@pytest.mark.parametrize(
    ("text", "signature"),
    [
        (canonical(notices_document()) + b" ", CHECKPOINT.sign(canonical(notices_document()))),
        (b"not read before its signature", bytes(64)),
        (canonical(notices_document()), b""),
    ],
)
def test_nothing_is_read_before_the_signature_holds(text, signature):
    with pytest.raises(BadSignature):
        verify_notices(text, signature, chain=chain_of_one())


def test_a_signed_list_is_canonical():
    text = canonical(notices_document()) + b" "

    with pytest.raises(Malformed, match="canonical"):
        verify_notices(text, CHECKPOINT.sign(text), chain=chain_of_one())


def test_the_newest_charter_names_the_key_of_the_list():
    other = ed25519_key("new checkpoint")
    document = next_document(first_charter(), 2, checkpoint_key=public(other))
    chain = extend_chain(chain_of_one(), cast(document, BELA, CORA))
    text = canonical(notices_document())

    assert verify_notices(text, other.sign(text), chain=chain).sequence == 7
    with pytest.raises(BadSignature):
        verify_notices(text, CHECKPOINT.sign(text), chain=chain)


def test_without_a_charter_no_list_holds():
    text = canonical(notices_document())

    with pytest.raises(UnknownCharter):
        verify_notices(text, CHECKPOINT.sign(text), chain=())


def test_a_community_of_another_name_has_its_own_list():
    signed = cast(
        charter_document(community="coast", stewards=[steward("a", [AMINA]), steward("b", [BELA])]),
        AMINA,
        BELA,
    )
    chain = pin(signed, fingerprint=signed.digest)

    with pytest.raises(WrongCommunity):
        read_notices(chain=chain)
