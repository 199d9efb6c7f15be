"""The chain of charters has one beginning, no gaps and no forks."""

import pytest

from consent.grants.charter import extend_chain, pin
from consent.grants.codec import canonical
from consent.grants.errors import BrokenChain, Malformed, WrongType
from consent.grants.statements import Answer, Signed
from tests.consent.grants.cast import (
    AMINA,
    BELA,
    CORA,
    CORA_PHONE,
    DORI,
    STRANGER,
    ballot,
    cast,
    chain_of_one,
    chain_of_two,
    charter_document,
    first_charter,
    more,
    next_document,
    passkey,
    second_charter,
    sha,
    steward,
)
from tests.consent.grants.papers import sound_grant


def pinned(signed: Signed):
    return pin(signed, fingerprint=signed.digest)


def test_the_first_charter_is_pinned_by_its_fingerprint():
    chain = pinned(first_charter())

    assert [charter.digest for charter in chain] == [first_charter().digest]


@pytest.mark.parametrize(
    "fingerprint", ["", sha("x"), first_charter().digest.upper(), first_charter().digest[:24]]
)
def test_any_other_fingerprint_refuses(fingerprint):
    with pytest.raises(BrokenChain, match="fingerprint"):
        pin(first_charter(), fingerprint=fingerprint)


@pytest.mark.parametrize(
    "signed",
    [
        cast(charter_document(number=2), AMINA, BELA, CORA),
        cast(charter_document(previous=sha("x")), AMINA, BELA, CORA),
        cast(charter_document(number=2, previous=sha("x")), AMINA, BELA, CORA),
        cast(charter_document()),
        cast(charter_document(), AMINA, BELA),
        cast(charter_document(), AMINA, BELA, BELA),
        cast(charter_document(), AMINA, BELA, CORA, STRANGER),
        cast(charter_document(), AMINA, BELA, CORA, answer=Answer.NO),
        more(
            cast(charter_document(), AMINA, BELA, CORA),
            ballot(CORA_PHONE, first_charter().statement, "charter", Answer.NOT_YET),
        ),
        more(
            cast(charter_document(), AMINA, BELA),
            ballot(CORA, first_charter().statement, "grant"),
        ),
    ],
    ids=[
        "not number one",
        "names one before",
        "a later charter",
        "unsigned",
        "one steward missing",
        "one twice, one missing",
        "a stranger too",
        "all say no",
        "yes and not yet",
        "ballot for another type",
    ],
)
def test_the_first_charter_is_signed_by_everyone_it_names(signed):
    with pytest.raises(BrokenChain):
        pinned(signed)


def test_any_key_of_a_steward_will_do():
    assert pinned(cast(charter_document(), AMINA, BELA, CORA_PHONE))


def test_other_statements_are_not_charters():
    with pytest.raises(WrongType):
        pinned(sound_grant())
    with pytest.raises(WrongType):
        extend_chain(chain_of_one(), sound_grant())
    with pytest.raises(Malformed):
        pinned(Signed(first_charter().statement + b" ", first_charter().ballots))


def test_the_next_charter_is_adopted_under_the_one_before():
    chain = extend_chain(chain_of_one(), second_charter())

    assert [charter.number for charter in chain] == [1, 2]
    assert chain[0] is chain_of_one()[0]


def test_a_third_charter_needs_the_second_ones_stewards():
    document = next_document(second_charter(), 3)

    assert len(extend_chain(chain_of_two(), cast(document, DORI, CORA))) == 3
    with pytest.raises(BrokenChain):
        extend_chain(chain_of_two(), cast(document, AMINA, CORA))


def forged_stewards():
    """A charter of made-up stewards, signed by all of them."""
    keys = [passkey(f"forged {n}") for n in range(3)]
    people = [steward(name, [key]) for name, key in zip("xyz", keys, strict=True)]
    return cast(next_document(first_charter(), 2, stewards=people), *keys)


@pytest.mark.parametrize(
    "signed",
    [
        cast(next_document(first_charter(), 3), BELA, CORA),
        cast(next_document(first_charter(), 1), BELA, CORA),
        cast(next_document(first_charter(), 2, previous=None), BELA, CORA),
        cast(next_document(first_charter(), 2, previous=sha("fork")), BELA, CORA),
        cast(next_document(first_charter(), 2, previous=second_charter().digest), BELA, CORA),
        cast(next_document(first_charter(), 2, community="coast"), BELA, CORA),
        cast(next_document(first_charter(), 2), BELA),
        cast(next_document(first_charter(), 2), BELA, DORI),
        cast(next_document(first_charter(), 2), CORA, CORA_PHONE),
        cast(next_document(first_charter(), 2), BELA, CORA, answer=Answer.YES_WITH_CONDITIONS),
        cast(next_document(first_charter(), 2)),
        forged_stewards(),
        first_charter(),
    ],
    ids=[
        "skips a number",
        "repeats a number",
        "names none before",
        "forks from another",
        "names itself's twin",
        "another community",
        "one signature short",
        "a new steward votes herself in",
        "one steward with two keys",
        "yes with conditions",
        "unsigned",
        "signed by its own stewards only",
        "the first one again",
    ],
)
def test_a_charter_that_was_not_adopted_breaks_the_chain(signed):
    with pytest.raises(BrokenChain):
        extend_chain(chain_of_one(), signed)


def test_an_older_charter_cannot_come_back():
    with pytest.raises(BrokenChain):
        extend_chain(chain_of_two(), second_charter())
    with pytest.raises(BrokenChain):
        extend_chain(chain_of_two(), first_charter())


def test_a_fork_from_an_earlier_charter_refuses():
    fork = cast(next_document(first_charter(), 3), BELA, CORA)

    with pytest.raises(BrokenChain, match="names another"):
        extend_chain(chain_of_two(), fork)


def test_a_chain_is_not_started_by_extending_nothing():
    with pytest.raises(ValueError, match="pin"):
        extend_chain((), first_charter())


def test_one_flipped_byte_breaks_the_chain():
    document = canonical(next_document(first_charter(), 2)).replace(b'"floor":2', b'"floor":1')

    with pytest.raises(BrokenChain):
        extend_chain(chain_of_one(), Signed(document, second_charter().ballots))
