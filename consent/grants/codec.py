"""Bytes, base64url, digests, times and canonical JSON: one way to write each thing.

Source: docs/grant-format.md, "Canonical form".
"""

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NoReturn

import rfc8785

from consent.grants.errors import Malformed

MAX_STATEMENT_BYTES = 262_144
MAX_DEPTH = 12

# The closing quote is optional and the repeats are possessive, so that a string that never
# ends is swallowed once instead of being searched again from each quote inside it.
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
_NOT_BRACKET = re.compile(rb"[^\[\]{}]++")
_BASE64URL = re.compile(r"[A-Za-z0-9_-]*")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def b64u(data: bytes) -> str:
    """Base64url without padding (RFC 4648, section 5)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def unb64u(text: str) -> bytes:
    """Read base64url that ``b64u`` could have written, and nothing else.

    Raises:
        Malformed: padding, another alphabet, or unused bits that are not zero (which would
            give the same bytes a second spelling).
    """
    if not isinstance(text, str) or not _BASE64URL.fullmatch(text):
        raise Malformed("A value is not base64url without padding.")
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error as error:
        raise Malformed("A value is not base64url without padding.") from error
    if b64u(data) != text:
        raise Malformed("A base64url value is not in its only spelling.")
    return data


def time_text(at: datetime) -> str:
    """Write an aware time as ``YYYY-MM-DDTHH:MM:SSZ``; parts of a second are cut off.

    Raises:
        ValueError: ``at`` has no time zone.
    """
    if at.tzinfo is None:
        raise ValueError("a time needs a time zone")
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def time_of(text: object) -> datetime:
    """Read ``YYYY-MM-DDTHH:MM:SSZ`` as an aware UTC time, or raise Malformed."""
    if not isinstance(text, str) or not _TIME.fullmatch(text):
        raise Malformed("A time is not written as YYYY-MM-DDTHH:MM:SSZ.")
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise Malformed(f"{text} is not a time.") from error


def canonical(document: Mapping[str, Any]) -> bytes:
    """Write a document in RFC 8785 form.

    Raises:
        Malformed: a float, an integer beyond 2**53, a type JSON does not know, or more than
            ``MAX_DEPTH`` levels.
    """
    _refuse_floats(document, MAX_DEPTH)
    return _rfc8785(document)


def parse_canonical(data: bytes, *, limit: int = MAX_STATEMENT_BYTES) -> dict[str, Any]:
    """Read an object that is written exactly as ``canonical`` writes it.

    One document has one spelling: what was signed, what is shown and what is compared
    cannot differ.

    Raises:
        Malformed: anything else, including more than ``limit`` bytes.
    """
    document = parse_json(data, limit=limit)
    if _rfc8785(document) != data:
        raise Malformed("The statement is not in canonical form (RFC 8785).")
    return document


def parse_json(data: bytes, *, limit: int, floats: bool = False) -> dict[str, Any]:
    """Read a JSON object in any spelling, without the ambiguities that JSON leaves open.

    Args:
        limit: most bytes read.
        floats: whether numbers with a fraction or exponent may stand in it.
    Raises:
        Malformed: too long, too deep, not UTF-8, not JSON, not an object, a key twice, NaN
            or Infinity, or a float where none may be.
    """
    if len(data) > limit:
        raise Malformed(f"The document is longer than {limit} bytes.")
    _refuse_depth(data)
    try:
        document = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_no_key_twice,
            parse_constant=_refuse_number,
            parse_float=float if floats else _refuse_number,
        )
    except (ValueError, RecursionError) as error:
        raise Malformed("The document is not JSON in UTF-8.") from error
    if not isinstance(document, dict):
        raise Malformed("The document is not a JSON object.")
    return document


def config_digest(config: Mapping[str, str | int | float | bool]) -> str:
    """SHA-256 over the job's own keys of a run configuration, as lower-case hex.

    Keys that start with ``kinhold.`` are the platform's and are checked one by one instead.
    As in all JSON, 3 and 3.0 are the same number here.

    Raises:
        Malformed: NaN, Infinity, an integer beyond 2**53, or a value that is not a scalar.
    """
    own = {key: value for key, value in config.items() if not key.startswith("kinhold.")}
    if not all(isinstance(value, str | int | float) for value in own.values()):
        raise Malformed("A run configuration holds text, numbers and yes/no only.")
    return digest(_rfc8785(own))


def _rfc8785(document: Mapping[str, Any]) -> bytes:
    try:
        return rfc8785.dumps(dict(document))
    except ValueError as error:
        raise Malformed("The document cannot be written in canonical form.") from error


def _refuse_floats(value: object, levels: int) -> None:
    """Refuse floats and more than ``levels`` levels of objects and lists."""
    if isinstance(value, float):
        raise Malformed("A signed document holds no floating-point numbers.")
    if not isinstance(value, Mapping | list | tuple):
        return
    if levels == 0:
        raise Malformed(f"The document is nested more than {MAX_DEPTH} deep.")
    for item in value.values() if isinstance(value, Mapping) else value:
        _refuse_floats(item, levels - 1)


def _refuse_depth(data: bytes) -> None:
    """Count brackets outside strings, so that no parser recurses on hostile input."""
    depth = 0
    for bracket in _NOT_BRACKET.sub(b"", _STRING.sub(b"", data)):
        depth += 1 if bracket in b"[{" else -1
        if depth > MAX_DEPTH:
            raise Malformed(f"The document is nested more than {MAX_DEPTH} deep.")


def _no_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) != len(pairs):
        raise Malformed("The document names a field twice.")
    return document


def _refuse_number(text: str) -> NoReturn:
    raise Malformed("A signed document holds whole numbers only.")
