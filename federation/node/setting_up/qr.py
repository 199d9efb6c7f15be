"""Draws a QR code in characters, two rows of it to a line, so that it fits on a small screen."""

from typing import TextIO

_QUIET = 4  # light modules all around, without which readers do not find it
_BLACK_ON_WHITE, _AS_BEFORE = "\x1b[30;107m", "\x1b[0m"
_HALVES = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}


def drawn(text: str, out: TextIO) -> str:
    """Give the lines that show ``text``; in words only where blocks cannot be written.

    On a terminal black and white are set, because a reader wants them that way round whatever
    the colours there.
    """
    rows = modules(text)
    if not _can_write(out):
        return "(This terminal cannot show the fingerprint as a QR code.)"
    coloured = out.isatty()
    lines = []
    for upper, lower in zip(rows[::2], [*rows[1::2], [False] * len(rows)], strict=False):
        line = "".join(_HALVES[pair] for pair in zip(upper, lower, strict=True))
        lines.append(f"{_BLACK_ON_WHITE}{line}{_AS_BEFORE}" if coloured else line)
    return "\n".join(lines)


def modules(text: str) -> list[list[bool]]:
    """Give the code row by row, True where it is dark, with the quiet border."""
    import qrcode

    code = qrcode.QRCode(border=_QUIET)
    code.add_data(text)
    rows: list[list[bool]] = [[bool(dark) for dark in row] for row in code.get_matrix()]
    return rows


def _can_write(out: TextIO) -> bool:
    try:
        "█▀▄".encode(out.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
