"""Ways to change a signed paper: its text, its fields, its ballots, its bytes.

Each way takes a source of chance and something sound, and gives something else. Nothing here
knows whether what comes out may be accepted; ``fuzz.py`` does.
"""

import base64
import json
import unicodedata
from collections.abc import Callable
from random import Random
from typing import Any

from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)

Json = Any

_P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551

EDGES: tuple[Json, ...] = (
    *(0, -1, 1, 2, 3, 2**31, 2**53 - 1, 2**53, 2**63, 10**400, -(2**63)),
    *(0.5, 1e308, -0.0, 1.0, float("nan"), float("inf")),
    *(None, True, False, "", "0", "1", " ", "null", "all", [], {}, [[]], [{}], {"": ""}),
    *("\u0000", "\u202e", "\u200b", "\ufeff", "\ud800", "river", "coast", "yes", "grant"),
    *("9999-12-31T23:59:59Z", "0000-00-00T00:00:00Z", "2031-05-04T12:00:00+00:00"),
    *("f" * 64, "F" * 64, "../../etc", "st-amina", "x" * 5000, ["x"] * 300),
)
_LOOKALIKES = str.maketrans(
    {"a": "\u0430", "e": "\u0435", "o": "\u043e", "i": "\u0456", "-": "\u2010"}
)
_FULL_WIDTH = {ord("0") + n: 0xFF10 + n for n in range(10)}


# Bytes and text


def flip_bit(chance: Random, data: bytes) -> bytes:
    place = chance.randrange(len(data))
    return data[:place] + bytes([data[place] ^ (1 << chance.randrange(8))]) + data[place + 1 :]


def cut_out(chance: Random, data: bytes) -> bytes:
    start = chance.randrange(len(data))
    return data[:start] + data[start + chance.choice((1, 2, 8, 64, 4096)) :]


def say_twice(chance: Random, data: bytes) -> bytes:
    start = chance.randrange(len(data))
    end = start + chance.choice((1, 2, 8, 64))
    return data[:end] + data[start:end] + data[end:]


def put_in(chance: Random, data: bytes) -> bytes:
    place = chance.randrange(len(data) + 1)
    bits = chance.choice(
        (
            b"\0",
            b" ",
            b"\n",
            b'"',
            b"\\",
            b"{",
            b"[",
            b",",
            b"0",
            b"\xc0\x80",
            b"\xff",
            b"\xef\xbb\xbf",
        )
    )
    return data[:place] + bits * chance.choice((1, 1, 1, 20)) + data[place:]


def swap_ends(chance: Random, data: bytes) -> bytes:
    place = chance.randrange(1, len(data))
    return data[place:] + data[:place]


BYTES: tuple[Callable[[Random, bytes], bytes], ...] = (
    flip_bit,
    cut_out,
    say_twice,
    put_in,
    swap_ends,
)


def trick_text(chance: Random, text: str) -> str:
    """Write some of a text in another way that looks or sorts nearly the same."""
    start = chance.randrange(len(text) or 1)
    end = start + chance.choice((1, 3, 20, len(text)))
    part = text[start:end]
    other = chance.choice(
        (
            part.translate(_LOOKALIKES),
            part.translate(_FULL_WIDTH),
            part.upper(),
            unicodedata.normalize("NFKC", part + "e\u0301"),
            unicodedata.normalize("NFKD", part + "\u00e9"),
            "\u200b".join(part[:40]),
            "\u202e" + part,
            part + "\ud800",
        )
    )
    return text[:start] + other + text[end:]


def spell_json(chance: Random, text: str) -> str:
    """Write the same JSON otherwise: spaces, order, escapes, numbers, a byte order mark."""
    how = chance.randrange(6)
    if how == 0:
        return " " + text.replace(",", ", ", chance.randrange(1, 4)) + "\n"
    if how == 1:
        return "\ufeff" + text
    document = json.loads(text)
    if how == 2:
        items = list(document.items())
        chance.shuffle(items)
        return json.dumps(dict(items), separators=(",", ":"), ensure_ascii=False)
    if how == 3:
        return json.dumps(document, indent=1)
    if how == 4:
        letter = chance.choice("aeiors")
        return text.replace(letter, f"\\u{ord(letter):04x}", 1)
    return text.replace(":1,", ":1.0,", 1).replace(":2,", ":2e0,", 1)


def name_twice(chance: Random, text: str) -> str:
    """Give one field a second time, with another value."""
    document = json.loads(text)
    name = chance.choice(sorted(document))
    value = json.dumps(chance.choice(EDGES))
    again = f"{json.dumps(name)}:{value}"
    return text[:-1] + f",{again}}}" if chance.random() < 0.5 else f"{{{again}," + text[1:]


def nest(chance: Random, text: str) -> str:
    deep = chance.choice((13, 200, 100_000))
    return text[:-1] + ',"deep":' + "[" * deep + "]" * deep + "}"


# Fields of a JSON value


def places(value: Json, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """List the path of every value inside another one."""
    found: list[tuple[Any, ...]] = []
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in items:
        found.append((*at, key))
        if isinstance(inner, dict | list):
            found += places(inner, (*at, key))
    return found


def change_field(chance: Random, document: Json) -> Json:
    """Change, delete, add, retype or exchange one value, wherever it stands."""
    document = json.loads(json.dumps(document))
    path = chance.choice(places(document))
    *way, last = path
    holder = document
    for step in way:
        holder = holder[step]
    how = chance.choice((0, 1, 2, 2, 2, 3, 4, 5))
    if how == 0:
        del holder[last]
    elif how == 1 and isinstance(holder, dict):
        holder[chance.choice(("extra", str(last) + " ", "__proto__"))] = chance.choice(EDGES)
    elif how == 2:
        holder[last] = near(chance, holder[last])
    elif how == 3:
        holder[last] = retyped(chance, holder[last])
    elif how == 4 and isinstance(holder, list):
        holder.append(chance.choice((holder[last], chance.choice(EDGES))))
    else:
        holder[last] = chance.choice(EDGES)
    return document


def near(chance: Random, value: Json) -> Json:
    """Give a value of the same type, close by."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + chance.choice((-1, 1, 1000))
    if isinstance(value, str) and value:
        place = chance.randrange(len(value))
        return value[:place] + chance.choice("0129abfzZ-") + value[place + 1 :]
    if isinstance(value, list):
        return chance.choice((value[::-1], value[:-1], value * 2))
    if isinstance(value, dict):
        return dict(list(value.items())[:-1])
    return 0


def retyped(chance: Random, value: Json) -> Json:
    """Give the same content as another type."""
    if isinstance(value, str):
        return chance.choice(([value], {"": value}, list(value)[:50], value.encode().hex()))
    if isinstance(value, int) and not isinstance(value, bool):
        return chance.choice((str(value), float(value), [value], f"0x{value:x}", bool(value)))
    return chance.choice((json.dumps(value), [value], {"0": value}, None))


# Ballots


def deal_ballots(chance: Random, ballots: list[Json], others: list[Json]) -> list[Json]:
    """Swap, repeat, drop, and mix in ballots that were cast on something else."""
    dealt = list(ballots)
    how = chance.randrange(6)
    if how == 0:
        chance.shuffle(dealt)
        return dealt + dealt[: chance.randrange(len(dealt) + 1)]
    if how == 1 and dealt:
        dealt.pop(chance.randrange(len(dealt)))
    if how == 2:
        return chance.sample(others, min(len(others), 3))
    if how == 3:
        return dealt * chance.choice((2, 120))
    if how == 4 and dealt:
        dealt[chance.randrange(len(dealt))] = chance.choice(others)
        return dealt
    return [*dealt, chance.choice(others)]


def change_ballot(chance: Random, ballots: list[Json], others: list[Json]) -> list[Json]:
    """Change one part of one ballot, or put another ballot's part in its place."""
    changed = [dict(ballot) for ballot in ballots]
    ballot = chance.choice(changed)
    name = chance.choice(sorted(ballot))
    if name == "answer" or chance.random() < 0.3:
        ballot[name] = chance.choice(others)[name]
        return changed
    data = base64.urlsafe_b64decode(ballot[name] + "==")
    other = _other_spelling(data) if name == "signature" and chance.random() < 0.5 else None
    data = other or chance.choice(BYTES)(chance, data)
    ballot[name] = base64.urlsafe_b64encode(data).rstrip(b"=").decode()
    return changed


def _other_spelling(signature: bytes) -> bytes | None:
    """Give the other ECDSA signature that fits the same message, if it is one at all."""
    try:
        r, s = decode_dss_signature(signature)
    except ValueError:
        return None
    return encode_dss_signature(r, _P256_ORDER - s)
