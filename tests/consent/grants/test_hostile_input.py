"""Whatever bytes come in, the only thing that comes out is a refusal."""

import contextlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consent.grants.ballots import verify_ballot
from consent.grants.charter import parse_charter
from consent.grants.errors import BadBallot, GrantRefused
from consent.grants.grant import parse_grant
from consent.grants.notices import verify_notices
from consent.grants.receipts import verify_receipt
from consent.grants.statements import Answer, Ballot, Signed
from tests.consent.grants.cast import AMINA, CHECKPOINT, RECEIPT, chain_of_one, charter_document
from tests.consent.grants.papers import (
    grant_document,
    notices_document,
    pause,
    receipt_document,
    sound_grant,
)

MANY = settings(max_examples=300, deadline=None)
SOME = settings(max_examples=120, deadline=None)

CHARTER = chain_of_one()[0]
SOUND = sound_grant()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)
READERS = [
    parse_grant,
    parse_charter,
    lambda data: Signed(data, ()).document,
    lambda data: Signed.from_json(data.decode("utf-8", "surrogateescape")),
    lambda data: verify_notices(data, CHECKPOINT.sign(data), chain=chain_of_one()),
    lambda data: verify_receipt(data, RECEIPT.sign(data), RECEIPT.public_key().public_bytes_raw()),
]


@SOME
@given(st.sampled_from(READERS), st.binary(max_size=120))
def test_random_bytes_are_refused_and_nothing_else_happens(read, data):
    with pytest.raises(GrantRefused):
        read(data)


@MANY
@given(
    st.sampled_from(READERS),
    st.sampled_from(
        [grant_document(), charter_document(), notices_document(), receipt_document(), pause()]
    ),
    st.data(),
)
def test_any_value_in_any_place_is_read_or_refused(read, document, data):
    name = data.draw(st.sampled_from(sorted(document)))
    value = data.draw(json_values)
    inner = document[name]
    if isinstance(inner, dict) and data.draw(st.booleans()):
        value = inner | {data.draw(st.sampled_from(sorted(inner))): value}
    text = json.dumps(document | {name: value}, sort_keys=True, separators=(",", ":"))

    with contextlib.suppress(GrantRefused):
        read(text.encode("utf-8"))


@SOME
@given(st.binary(max_size=60), st.binary(max_size=60), st.binary(max_size=60), st.binary())
def test_a_ballot_of_random_bytes_is_a_bad_ballot(identity, authenticator, client, signature):
    for credential_id in (identity, AMINA.credential_id):
        random = Ballot(credential_id, authenticator, client, signature, Answer.YES)
        with pytest.raises(BadBallot):
            verify_ballot(random, statement=SOUND.statement, charter=CHARTER)
