"""Checks of single fields, closed by default: each returns the value it was given, or raises.

Every function takes the value and ``where``, the field's name for the sentence that a user sees.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import datetime
from typing import Any, NoReturn, TypeVar

from consent.grants.codec import time_of, unb64u
from consent.grants.errors import Malformed, WrongType

T = TypeVar("T")

VERSION = 1
MAX_INT = 2**53 - 1
MAX_ITEMS = 200

_SLUG = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_HEX = re.compile(r"[0-9a-f]{64}")
# Controls, the two line separators, and the marks that turn the direction of writing: with
# them a text reads differently on a terminal or page than it is.
_HIDDEN = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def refuse(where: str, wanted: str) -> NoReturn:
    raise Malformed(f"The field {where} is not {wanted}.")


def fields(value: object, names: str, where: str) -> dict[str, Any]:
    """Return ``value`` if it is an object with exactly the fields in ``names`` (space-separated).

    A field we do not know might limit what was agreed, so it refuses, as a missing one does.
    """
    if not isinstance(value, dict):
        refuse(where, "an object")
    wanted = frozenset(names.split())
    if missing := sorted(wanted - value.keys()):
        raise Malformed(f"The {where} lacks the field {missing[0]}.")
    if value.keys() - wanted:
        raise Malformed(f"The {where} holds a field that this version does not know.")
    return value


def header(
    document: dict[str, Any], statement_type: str, names: str, *, version: int = VERSION
) -> dict[str, Any]:
    """Check type, version and community, and that the other fields are exactly ``names``.

    Raises:
        WrongType: it is a document of another type.
        Malformed: everything else.
    """
    if document.get("type") != statement_type:
        raise WrongType(f"This is not a statement of type {statement_type}.")
    fields(document, f"type version community {names}", statement_type)
    integer(document["version"], "version", version, version)
    slug(document["community"], "community")
    return document


def matching(value: object, pattern: re.Pattern[str], where: str, wanted: str, most: int) -> str:
    if not isinstance(value, str) or len(value) > most or not pattern.fullmatch(value):
        refuse(where, wanted)
    return value


def slug(value: object, where: str) -> str:
    return matching(value, _SLUG, where, "a short name of a-z, 0-9 and single dashes", 63)


def name(value: object, where: str) -> str:
    """A column or version name: ASCII letters, digits, ``_``, ``.`` and ``-``; at most 64."""
    return matching(value, _NAME, where, "a name of letters, digits, _, . and -", 64)


def uuid(value: object, where: str) -> str:
    return matching(value, _UUID, where, "a UUID in lower case", 36)


def sha256(value: object, where: str) -> str:
    return matching(value, _HEX, where, "a SHA-256 in lower-case hex", 64)


def integer(value: object, where: str, low: int, high: int = MAX_INT) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        refuse(where, f"a whole number from {low} to {high}")
    return value


def boolean(value: object, where: str) -> bool:
    if not isinstance(value, bool):
        refuse(where, "true or false")
    return value


def time(value: object, where: str) -> datetime:
    try:
        return time_of(value)
    except Malformed:
        refuse(where, "a time written as YYYY-MM-DDTHH:MM:SSZ")


def raw(value: object, where: str, low: int, high: int) -> bytes:
    """Bytes in base64url, ``low`` to ``high`` of them."""
    if not isinstance(value, str) or len(value) > 2 * high + 2:
        refuse(where, "base64url of the right length")
    data = unb64u(value)
    if not low <= len(data) <= high:
        refuse(where, "base64url of the right length")
    return data


def text(value: object, where: str, most: int = 200, *, lines: bool = False) -> str:
    """Writing for people: 1 to ``most`` characters, none of them hidden.

    Args:
        lines: whether it may hold line feeds.
    """
    if not isinstance(value, str) or not value.strip() or len(value) > most:
        refuse(where, f"a text of 1 to {most} characters")
    for character in set(value) - ({"\n"} if lines else set()):
        if unicodedata.category(character) in {"Cc", "Zl", "Zp", "Cs"} or character in _HIDDEN:
            refuse(where, "a text without hidden characters")
    return value


def prose(value: object, where: str) -> str:
    return text(value, where, 4000, lines=True)


def each(
    value: object,
    check: Callable[[object, str], T],
    where: str,
    low: int,
    high: int = MAX_ITEMS,
) -> tuple[T, ...]:
    """A list of ``low`` to ``high`` values that pass ``check``."""
    if not isinstance(value, list) or not low <= len(value) <= high:
        refuse(where, f"a list of {low} to {high}")
    return tuple(check(item, where) for item in value)


def distinct(values: tuple[T, ...], where: str) -> tuple[T, ...]:
    if len(set(values)) != len(values):
        refuse(where, "free of repeats")
    return values
