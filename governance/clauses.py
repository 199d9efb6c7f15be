"""The library of 38 clauses that a protocol is made of. Pure: one file in, plain values out.

Source: governance/fixtures/clauses.json; where each clause comes from stands in its ``source``.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

LIBRARY = Path(__file__).parent / "fixtures" / "clauses.json"

# Who sees to it that a clause is kept, in words for stewards. A promise is never shown as a check.
ENFORCEMENT = {
    "node": "Your node checks this by itself before every round.",
    "people": "You check this yourselves when you decide and afterwards.",
    "promise": "The researcher promises this. No machine can check it.",
}

GROUPS = {
    "purpose": "What the data may be used for",
    "people": "Who takes part, and who must agree",
    "limits": "How much, how long, which data",
    "privacy": "Keeping people hidden",
    "results": "What happens to results and model",
    "return": "What comes back to us",
    "end": "How it ends",
}

_HOLE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Param:
    """A hole in a clause's text: filled in by hand, or by one of the protocol's own settings."""

    name: str
    label: str = ""
    default: str = ""
    setting: str = ""


@dataclass(frozen=True)
class Clause:
    code: str
    group: str
    text: str
    enforcement: str
    on: bool
    locked: bool
    params: tuple[Param, ...]
    note: str
    duo: str
    source: str

    @property
    def asked(self) -> tuple[Param, ...]:
        """The holes that a person fills in."""
        return tuple(param for param in self.params if not param.setting)

    def filled(self, values: Mapping[str, str]) -> str:
        """Return the text with its holes filled.

        Raises:
            KeyError: a hole has no value.
        """
        return _HOLE.sub(lambda hole: values[hole[1]], self.text)


@cache
def library() -> dict[str, Clause]:
    """Return every clause by its code, in the order in which they are shown."""
    rows: list[dict[str, Any]] = json.loads(LIBRARY.read_text(encoding="utf-8"))
    clauses = [Clause(**{**row, "params": _params(row["params"])}) for row in rows]
    return {clause.code: clause for clause in clauses}


def compose(
    code: str, values: Mapping[str, str], settings: Mapping[str, int | str]
) -> dict[str, Any]:
    """Return a clause as it stands in a protocol statement, its text filled in.

    Args:
        values: what a person wrote into the holes; a blank one takes the default.
        settings: the protocol's settings, which fill the other holes.
    Raises:
        KeyError: no such clause.
        ValueError: a hole is left open; the sentence names the clause.
    """
    clause = library()[code]
    params: dict[str, str] = {}
    for param in clause.params:
        written = str(settings[param.setting]) if param.setting else values.get(param.name, "")
        params[param.name] = " ".join(written.split()) or param.default
    if not all(params.values()):
        raise ValueError(f"Fill in what is missing, or leave the clause out: {clause.text}")
    return {
        "code": code,
        "text": clause.filled(params),
        "enforcement": clause.enforcement,
        "params": params,
    }


def _params(rows: list[dict[str, str]]) -> tuple[Param, ...]:
    return tuple(Param(**row) for row in rows)
