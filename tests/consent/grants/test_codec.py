"""Canonical JSON, base64url, digests and times have one spelling each."""

import contextlib
import hashlib
import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consent.grants.codec import (
    b64u,
    canonical,
    config_digest,
    digest,
    parse_canonical,
    parse_json,
    time_of,
    time_text,
    unb64u,
)
from consent.grants.errors import GrantRefused, Malformed

FEW = settings(max_examples=150, deadline=None)

scalars = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=12)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=12,
)
documents = st.dictionaries(st.text(max_size=8), values, max_size=5)


def nested(levels: int) -> dict:
    document: dict = {}
    for _ in range(levels - 1):
        document = {"a": document}
    return document


def test_keys_are_sorted_and_nothing_is_padded():
    assert canonical({"b": 1, "a": ["ä", None, True]}) == '{"a":["ä",null,true],"b":1}'.encode()


@FEW
@given(documents)
def test_a_document_survives_writing_and_reading(document):
    try:
        written = canonical(document)
    except Malformed:
        return  # nested too deep

    assert parse_canonical(written) == document


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"null",
        b"[]",
        b'"text"',
        b'{"a":1',
        b'{"a":1} ',
        b' {"a":1}',
        b'{"a": 1}',
        b'{"b":1,"a":2}',
        b'{"a":1,"a":1}',
        b'{"a":{"b":1,"b":2}}',
        b'{"a":1.0}',
        b'{"a":1.5}',
        b'{"a":1e3}',
        b'{"a":-0}',
        b'{"a":NaN}',
        b'{"a":Infinity}',
        b'{"a":-Infinity}',
        b'{"a":9007199254740993}',
        b'{"a":' + b"9" * 5000 + b"}",
        b'{"a":"\\u0061"}',
        b'{"a":"\\ud800"}',
        b'{"\\ud800":1}',
        b'{"a":"\xff"}',
        b'\xef\xbb\xbf{"a":1}',
        b'{"a":"' + b"x" * 300_000 + b'"}',
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b'{"a":"\\"' + b'"' * 9,
        b'{"' + b'\\"' * 60_000,
        canonical(nested(12)).replace(b"{}", b'{"a":{}}'),
    ],
)
def test_one_spelling_and_only_json_objects(data):
    with pytest.raises(Malformed):
        parse_canonical(data)


def test_twelve_levels_are_read_and_written_and_thirteen_are_not():
    assert parse_canonical(canonical(nested(12))) == nested(12)
    with pytest.raises(Malformed, match="nested"):
        parse_canonical(json.dumps(nested(13), separators=(",", ":")).encode())
    with pytest.raises(Malformed, match="nested"):
        canonical(nested(13))


def test_levels_that_were_closed_do_not_pay_for_later_ones():
    siblings = {f"a{n}": [] for n in range(30)}

    with pytest.raises(Malformed, match="nested"):
        parse_canonical(json.dumps(siblings | {"b": nested(12)}, separators=(",", ":")).encode())


def test_brackets_inside_strings_are_not_levels():
    document = {"a": "[" * 50 + '\\"{' * 50}

    assert parse_canonical(canonical(document)) == document


def test_the_limit_counts_bytes_and_is_inclusive():
    data = canonical({"a": "ä"})

    assert parse_canonical(data, limit=len(data)) == {"a": "ä"}
    with pytest.raises(Malformed, match="longer"):
        parse_canonical(data, limit=len(data) - 1)


@FEW
@given(st.binary(max_size=80) | documents.map(lambda d: json.dumps(d).encode()))
def test_reading_random_bytes_gives_a_document_or_a_refusal(data):
    with contextlib.suppress(GrantRefused):
        assert canonical(parse_canonical(data)) == data


def test_floats_may_stand_where_a_browser_writes_them():
    assert parse_json(b'{"a": 1.5}', limit=20, floats=True) == {"a": 1.5}
    with pytest.raises(Malformed):
        parse_json(b'{"a": NaN}', limit=20, floats=True)


@pytest.mark.parametrize(
    "document",
    [
        {"a": 1.0},
        {"a": [1, 2.5]},
        {"a": {"b": float("nan")}},
        {"a": b"bytes"},
        {"a": 2**53},
        {1: "a"},
        {"a": "\ud800"},
    ],
)
def test_what_has_no_canonical_form_is_not_written(document):
    with pytest.raises(Malformed):
        canonical(document)


@FEW
@given(st.binary(max_size=70))
def test_base64url_survives_a_round_trip_and_has_no_padding(data):
    assert unb64u(b64u(data)) == data
    assert "=" not in b64u(data)


@pytest.mark.parametrize(
    "text", ["YQ==", "YR", "Y", "Y+", "Y/", "Y Q", "YQ\n", "ÿÿ", 5, None, b"YQ"]
)
def test_base64url_in_any_other_spelling_refuses(text):
    with pytest.raises(Malformed):
        unb64u(text)


def test_a_digest_is_sha256_in_lower_case_hex():
    assert digest(b"river") == hashlib.sha256(b"river").hexdigest()


def test_a_time_is_written_in_utc_without_parts_of_a_second():
    at = datetime(2031, 5, 4, 14, 0, 0, 999_999, tzinfo=timezone(timedelta(hours=2)))

    assert time_text(at) == "2031-05-04T12:00:00Z"
    assert time_of("2031-05-04T12:00:00Z") == datetime(2031, 5, 4, 12, tzinfo=UTC)
    with pytest.raises(ValueError, match="time zone"):
        time_text(datetime(2031, 5, 4))


@pytest.mark.parametrize(
    "text",
    [
        "2031-05-04T12:00:00",
        "2031-05-04T12:00:00+00:00",
        "2031-05-04T12:00:00.0Z",
        "2031-05-04 12:00:00Z",
        "2031-5-4T12:00:00Z",
        "2031-02-29T12:00:00Z",
        "2031-05-04T24:00:01Z",
        "2031-05-04T12:00:60Z",
        "2031-05-04T12:00:00Z\n",
        "\uff12031-05-04T12:00:00Z",
        1_900_000_000,
        None,
    ],
)
def test_a_time_in_any_other_spelling_refuses(text):
    with pytest.raises(Malformed):
        time_of(text)


def test_the_configuration_digest_leaves_out_the_platforms_keys():
    own = {"job.outcome": "progression", "job.tolerance": 1e-08, "job.rounds": 3}
    platform = {"kinhold.run": "r", "kinhold.max-rounds": 9}

    assert config_digest(own | platform) == config_digest(own)
    assert config_digest(own) == digest(
        b'{"job.outcome":"progression","job.rounds":3,"job.tolerance":1e-8}'
    )


@pytest.mark.parametrize(
    "change", [{"job.rounds": 4}, {"job.rounds": "3"}, {"job.rounds": True}, {"job.more": 1}]
)
def test_the_configuration_digest_tells_any_change(change):
    own = {"job.outcome": "progression", "job.rounds": 3}

    assert config_digest(own | change) != config_digest(own)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 2**60, None, ["a"], b"a"])
def test_a_configuration_holds_plain_values_only(value):
    with pytest.raises(Malformed):
        config_digest({"job.x": value})
