"""Reads a QR code from its modules, to see that what was drawn says what it should.

Byte mode, no errors to put right. Source: ISO/IEC 18004; the tables are those of the library that
draws, the reading is our own.
"""

from collections.abc import Iterable

from qrcode import base, util

_MASKED_FORMAT = 0b101010000010010
_BYTES = 0b0100


def modules_of(text: str) -> list[list[bool]]:
    """Take half blocks apart: True where a module is dark. Rows come in pairs."""
    halves = {" ": (False, False), "▀": (True, False), "▄": (False, True), "█": (True, True)}
    rows: list[list[bool]] = []
    for line in text.splitlines():
        rows.append([halves[character][0] for character in line])
        rows.append([halves[character][1] for character in line])
    return rows


def read(rows: list[list[bool]]) -> str:
    """Give the text in a code with any border around it."""
    code = _without_border(rows)
    size = len(code)
    version = (size - 17) // 4
    number = _number(code[8][i] for i in (0, 1, 2, 3, 4, 5, 7, 8))
    number = number << 7 | _number(code[i][8] for i in (7, 5, 4, 3, 2, 1, 0))
    level, mask = (number ^ _MASKED_FORMAT) >> 13, (number ^ _MASKED_FORMAT) >> 10 & 7
    flips = util.mask_func(mask)
    bits = [code[y][x] ^ flips(y, x) for y, x in _path(size, version)]
    words = [_number(bits[i : i + 8]) for i in range(0, len(bits) - 7, 8)]
    return _text(_joined(words, base.rs_blocks(version, level)), version)


def _without_border(rows: list[list[bool]]) -> list[list[bool]]:
    dark = [(y, x) for y, row in enumerate(rows) for x, on in enumerate(row) if on]
    top, left = min(y for y, _ in dark), min(x for _, x in dark)
    size = max(x for _, x in dark) - left + 1
    return [row[left : left + size] for row in rows[top : top + size]]


def _path(size: int, version: int) -> list[tuple[int, int]]:
    """Name the modules that hold data in the order in which they do."""
    taken = _taken(size, version)
    path = []
    up = True
    for right in (x if x > 6 else x - 1 for x in range(size - 1, 0, -2)):
        for y in reversed(range(size)) if up else range(size):
            path += [(y, x) for x in (right, right - 1) if (y, x) not in taken]
        up = not up
    return path


def _taken(size: int, version: int) -> set[tuple[int, int]]:
    """Name the modules that help to find and read the code."""
    taken = {(6, i) for i in range(size)} | {(i, 6) for i in range(size)}
    for top, left in ((0, 0), (0, size - 8), (size - 8, 0)):
        height, width = 9 - (top > 0), 9 - (left > 0)
        taken |= {(top + y, left + x) for y in range(height) for x in range(width)}
    places = util.pattern_position(version)
    last = size - 7
    for row in places:
        for column in places:
            if (row, column) not in {(6, 6), (6, last), (last, 6)}:
                taken |= {(row + y, column + x) for y in range(-2, 3) for x in range(-2, 3)}
    if version >= 7:
        taken |= {(y, size - 11 + x) for y in range(6) for x in range(3)}
        taken |= {(size - 11 + x, y) for y in range(6) for x in range(3)}
    return taken


def _joined(words: list[int], blocks: list[base.RSBlock]) -> list[int]:
    """Undo the weaving of blocks into each other; what corrects errors comes after all."""
    parts: list[list[int]] = [[] for _ in blocks]
    source = iter(words)
    for place in range(max(block.data_count for block in blocks)):
        for part, block in zip(parts, blocks, strict=True):
            if place < block.data_count:
                part.append(next(source))
    return [word for part in parts for word in part]


def _text(words: list[int], version: int) -> str:
    bits = "".join(f"{word:08b}" for word in words)
    assert int(bits[:4], 2) == _BYTES
    start = 4 + (8 if version < 10 else 16)
    length = int(bits[4:start], 2)
    data = bits[start : start + 8 * length]
    return bytes(int(data[i : i + 8], 2) for i in range(0, len(data), 8)).decode()


def _number(bits: Iterable[bool]) -> int:
    return int("".join("1" if bit else "0" for bit in bits), 2)
