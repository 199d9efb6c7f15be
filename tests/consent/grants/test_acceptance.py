"""What a researcher signs under conditions counts for one grant, one text, one key."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consent.grants.acceptance import (
    BadAcceptance,
    SignedAcceptance,
    acceptance_challenge,
    acceptance_text,
    parse_acceptance,
    verify_acceptance,
)
from consent.grants.codec import canonical, digest
from consent.grants.errors import GrantRefused, Malformed
from consent.grants.statements import Answer, challenge
from tests.consent.grants.acceptance_vectors import (
    FOLDER,
    GRANT,
    TEXT,
    Vector,
    files,
    signed,
    verdict,
)
from tests.consent.grants.cast import NOON, ORIGIN, RP_ID
from tests.consent.grants.papers import GRANT_ID, grant_document

PATHS = sorted(FOLDER.glob("*/*.json"))


def check(envelope: SignedAcceptance):
    return verify_acceptance(envelope, grant=GRANT, rp_id=RP_ID, origins=(ORIGIN,))


@pytest.mark.parametrize("path", PATHS, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_a_vector_gives_its_verdict(path):
    vector = Vector(**json.loads(path.read_text(encoding="utf-8")))

    assert verdict(vector) == vector.expect
    assert (vector.expect == "accepted") is (path.parent.name == "good")
    assert vector.why.endswith(".")


def test_the_files_are_what_the_script_writes():
    written = {path: path.read_text(encoding="utf-8") for path in PATHS}

    assert written == files()


def test_a_sound_acceptance_says_who_accepted_what_and_when():
    said = check(SignedAcceptance.from_json(signed()))

    assert (said.grant_id, said.name, said.email) == (GRANT_ID, "Rhea Person", "rhea@example.org")
    assert said.conditions == ("Results are shown to River first.",)
    assert said.accepted == NOON
    assert said == parse_acceptance(TEXT)


def test_the_text_is_the_grants_conditions_word_for_word():
    assert json.loads(TEXT) == {
        "type": "acceptance",
        "version": 1,
        "grant": GRANT_ID,
        "grant_digest": digest(GRANT),
        "request": grant_document()["request"],
        "conditions": grant_document()["conditions"],
        "person": {"name": "Rhea Person", "email": "rhea@example.org"},
        "accepted": "2031-05-04T12:00:00Z",
    }


def test_there_is_nothing_to_accept_without_conditions():
    with pytest.raises(Malformed, match="conditions"):
        acceptance_text(
            canonical(grant_document(conditions=[])), name="R", email="r@example.org", at=NOON
        )


def test_the_challenge_is_made_as_for_ballots_and_is_never_a_ballots():
    assert acceptance_challenge(TEXT) == challenge("acceptance", TEXT, Answer.YES)
    for kind in ("grant", "charter", "protocol", "revocation", "pause", "resume", "release"):
        assert acceptance_challenge(TEXT) != challenge(kind, TEXT, Answer.YES)


def test_an_envelope_reads_back_as_it_was_written():
    envelope = SignedAcceptance.from_json(signed())

    assert SignedAcceptance.from_json(envelope.to_json()) == envelope


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"text":1}', signed()[:-1], "\ud800"])
def test_what_is_no_envelope_is_refused(text):
    with pytest.raises(Malformed):
        SignedAcceptance.from_json(text)


def test_a_text_that_is_no_text_is_refused():
    parts = json.loads(signed()) | {"text": ["x"]}

    with pytest.raises(Malformed, match="text"):
        SignedAcceptance.from_json(json.dumps(parts))


@settings(max_examples=60, deadline=None)
@given(part=st.sampled_from(["text", "authenticator_data", "client_data_json"]), data=st.data())
def test_any_flipped_byte_refuses(part, data):
    envelope = SignedAcceptance.from_json(signed())
    held = bytearray(getattr(envelope, part))
    at = data.draw(st.integers(0, len(held) - 1))
    held[at] ^= data.draw(st.integers(1, 255))

    with pytest.raises(GrantRefused):
        check(replace(envelope, **{part: bytes(held)}))


def test_a_key_that_cannot_verify_is_refused():
    with pytest.raises(GrantRefused):
        check(replace(SignedAcceptance.from_json(signed()), cose=b"\xa0"))


def test_the_refusal_is_not_one_that_nodes_know():
    assert BadAcceptance.code == "bad-acceptance"
