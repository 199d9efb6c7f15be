"""Countries and territories by the two letters of ISO 3166-1. Pure.

Source: governance/fixtures/places.json. That a place is in the list says nothing about whose it is.
"""

import json
import re
from functools import cache
from pathlib import Path

TABLE = Path(__file__).parent.parent / "fixtures" / "places.json"

# Names that people write and the table does not have.
_ALSO = {
    "uk": "GB",
    "united kingdom": "GB",
    "great britain": "GB",
    "usa": "US",
    "united states of america": "US",
    "czechia": "CZ",
    "türkiye": "TR",
}


@cache
def places() -> dict[str, str]:
    """Return the English name of each place by its code."""
    table: dict[str, dict[str, str]] = json.loads(TABLE.read_text(encoding="utf-8"))
    return table["places"]


def find(text: str) -> str | None:
    """Return the code of a place written as code, name, or both; None for other words."""
    written = " ".join(text.split())
    if named := _by_name().get(written.lower()):
        return named
    code = re.sub(r"^.*\(([A-Za-z]{2})\)$", r"\1", written).upper()
    return code if code in places() else None


def read(text: str) -> tuple[list[str], list[str]]:
    """Return the codes in a list of places that a person wrote, and what is no place of the table.

    The parts stand between commas, semicolons or line ends.
    """
    codes, other = [], []
    for part in filter(None, (part.strip() for part in re.split(r"[,;\n]", text))):
        code = find(part)
        if code:
            codes.append(code)
        else:
            other.append(part)
    return list(dict.fromkeys(codes)), other


@cache
def _by_name() -> dict[str, str]:
    return {name.lower(): code for code, name in places().items()} | _ALSO
