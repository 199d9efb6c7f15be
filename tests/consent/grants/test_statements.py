"""The envelope: what goes in comes out, and nothing else is an envelope."""

import contextlib
import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consent.grants.codec import b64u, canonical, digest
from consent.grants.errors import GrantRefused, Malformed, WrongType
from consent.grants.statements import Answer, Signed, challenge
from tests.consent.grants.papers import grant_document, sound_grant

ENVELOPE = json.loads(sound_grant().to_json())
BALLOT = ENVELOPE["ballots"][0]


def test_an_envelope_survives_writing_and_reading():
    signed = sound_grant()

    assert Signed.from_json(signed.to_json()) == signed
    assert signed.digest == digest(signed.statement)
    assert signed.type == "grant"
    assert signed.document == grant_document()


def test_the_bytes_of_the_statement_are_carried_and_not_written_anew():
    odd = Signed(b'{ "b":1, "a":2 }', ())

    assert Signed.from_json(odd.to_json()).statement == odd.statement
    with pytest.raises(Malformed, match="canonical"):
        _ = odd.document


@pytest.mark.parametrize(
    "change",
    [
        {"statement": 1},
        {"statement": None},
        {"statement": "\ud800"},
        {"ballots": {}},
        {"ballots": [1]},
        {"ballots": None},
        {"ballots": [BALLOT] * 201},
        {"more": 1},
        *(
            {"ballots": [BALLOT | change]}
            for change in (
                {"answer": "maybe"},
                {"answer": "YES"},
                {"answer": True},
                {"answer": ["yes"]},
                {"signature": ""},
                {"signature": BALLOT["signature"] + "="},
                {"signature": b64u(bytes(1025))},
                {"signature": "A" * 100_000},
                {"signature": 5},
                {"credential_id": ""},
                {"credential_id": b64u(bytes(1024))},
                {"authenticatorData": b64u(bytes(36))},
                {"clientDataJSON": b64u(b"{")},
                {"clientDataJSON": b64u(bytes(4097))},
                {"userHandle": ""},
            )
        ),
    ],
)
def test_anything_else_is_not_an_envelope(change):
    with pytest.raises(Malformed):
        Signed.from_json(json.dumps(ENVELOPE | change))


@pytest.mark.parametrize("field", ["statement", "ballots"])
def test_an_envelope_has_both_its_parts(field):
    with pytest.raises(Malformed):
        Signed.from_json(json.dumps({k: v for k, v in ENVELOPE.items() if k != field}))


@pytest.mark.parametrize("field", sorted(BALLOT))
def test_a_ballot_has_all_its_parts(field):
    ballot = {k: v for k, v in BALLOT.items() if k != field}

    with pytest.raises(Malformed):
        Signed.from_json(json.dumps(ENVELOPE | {"ballots": [ballot]}))


@pytest.mark.parametrize("text", ["", "[]", "null", "{", '{"a":1}', "\ud800", "[" * 10_000])
def test_other_text_is_not_an_envelope(text):
    with pytest.raises(Malformed):
        Signed.from_json(text)


def test_the_limit_of_an_envelope_can_be_set():
    text = sound_grant().to_json()

    assert Signed.from_json(text, limit=len(text.encode()))
    with pytest.raises(Malformed, match="longer"):
        Signed.from_json(text, limit=len(text.encode()) - 1)


def test_a_statement_that_is_not_text_is_not_written():
    with pytest.raises(Malformed):
        Signed(b"\xff", ()).to_json()


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"type": "receipt"}, WrongType),
        ({"type": "Grant"}, WrongType),
        ({"type": 1}, WrongType),
        ({"type": []}, WrongType),
        ({"type": {}}, WrongType),
        ({"version": 2}, Malformed),
        ({"version": True}, Malformed),
        ({"version": "1"}, Malformed),
        ({"community": ""}, Malformed),
        ({"community": "River"}, Malformed),
        ({"community": None}, Malformed),
    ],
)
def test_every_statement_tells_its_type_version_and_community(change, error):
    with pytest.raises(error):
        _ = Signed(canonical(grant_document() | change), ()).document


def test_a_statement_without_a_header_refuses():
    with pytest.raises(WrongType):
        _ = Signed(b"{}", ()).type
    with pytest.raises(Malformed):
        _ = Signed(b'{"type":"grant"}', ()).type


def test_the_challenge_is_the_one_in_the_format_page():
    assert challenge("grant", b"{}", Answer.YES).hex() == digest(
        b"kinhold/v1\x00grant\x00{}\x00yes"
    )


def test_type_statement_and_answer_each_change_the_challenge():
    challenges = {
        challenge(kind, statement, answer)
        for kind in ("grant", "pause")
        for statement in (b"{}", b"{ }")
        for answer in Answer
    }

    assert len(challenges) == 2 * 2 * 5


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60) | st.recursive(st.none(), st.lists, max_leaves=5).map(json.dumps))
def test_random_text_is_an_envelope_or_refused(text):
    with contextlib.suppress(GrantRefused):
        Signed.from_json(text)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(Answer), st.binary(min_size=1, max_size=40))
def test_any_ballot_survives_the_envelope(answer, data):
    ballot = replace(sound_grant().ballots[0], answer=answer, signature=data, credential_id=data)
    signed = Signed(sound_grant().statement, (ballot,))

    assert Signed.from_json(signed.to_json()) == signed
