"""The library of 38 clauses that a protocol is made of. Pure: one file in, plain values out.

Source: governance/fixtures/clauses.json; where each clause comes from stands in its ``source``.
Every text in it is shown through gettext, so that a community can read it in its own language.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from governance.clause_params import Param, param_of, parse, words

LIBRARY = Path(__file__).parent / "fixtures" / "clauses.json"

# Who sees to it that a clause is kept, in words for stewards. A promise is never shown as a check.
ENFORCEMENT = {
    "node": "Your node checks this by itself before every round.",
    "platform": "The platform checks this by itself. Your node does not.",
    "tracked": "A promise with a date. People say when it is kept.",
    "contract": "A promise only: the software cannot enforce this.",
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
_OPEN = "…"


class OpenHole(ValueError):
    """A hole in a clause's text is empty, or holds what does not fit. The sentence says which."""

    def __init__(self, sentence: str, *, code: str, param: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.param = param


@dataclass(frozen=True)
class Clause:
    """One clause.

    Attributes:
        title: two or three words for lists.
        enforcement: a key of ``ENFORCEMENT``, as the software is today.
        default: ``on`` (recommended), ``ask`` (think about it) or ``off``.
        ready: whether the jobs of today can meet it; else it is not ticked beforehand.
        locked: in every protocol, whatever is ticked.
        limits: what the enforcement does not reach.
        warn_off: what may happen when a recommended clause is left out.
        refuses, asks: what it would turn away, and what it would ask for, in plain words.
        duo: terms of the Data Use Ontology; ``duo_exact`` is false where they say only a part.
        odrl: the rule in the terms of ODRL: ``rule``, ``action`` and perhaps a ``constraint``.
    """

    code: str
    group: str
    title: str
    text: str
    enforcement: str
    default: str
    ready: bool
    locked: bool
    params: tuple[Param, ...]
    limits: str
    warn_off: str
    refuses: str
    asks: str
    duo: tuple[str, ...]
    duo_exact: bool
    odrl: Mapping[str, Any]
    source: str

    @property
    def on(self) -> bool:
        """Ticked in a new protocol."""
        return self.default == "on" and self.ready

    @property
    def asked(self) -> tuple[Param, ...]:
        """The holes that a person fills in."""
        return tuple(param for param in self.params if not param.setting)

    def filled(self, values: Mapping[str, str]) -> str:
        """Return the text with its holes filled.

        Raises:
            KeyError: a hole has no value.
        """
        return fill(self.text, values)


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put the values into the holes of a text; nothing inside a value is a hole.

    Raises:
        KeyError: a hole has no value.
    """
    filled = _HOLE.sub(lambda hole: values[hole[1]], text).strip().replace("….", "…")
    return filled if not filled or filled[-1] in ".!?…" else f"{filled}."


@cache
def library() -> dict[str, Clause]:
    """Return every clause by its code, in the order in which they are shown."""
    rows: list[dict[str, Any]] = json.loads(LIBRARY.read_text(encoding="utf-8"))
    return {row["code"]: _clause(row) for row in rows}


def compose(
    code: str,
    values: Mapping[str, str],
    settings: Mapping[str, int | str],
    *,
    lenient: bool = False,
) -> dict[str, Any]:
    """Return a clause as it stands in a protocol statement, its text filled in.

    Args:
        values: what a person wrote into the holes; a blank one takes the default.
        settings: the protocol's settings, which fill the other holes.
        lenient: show a hole that is open, or filled wrongly, as dots: for drafts.
    Raises:
        KeyError: no such clause.
        OpenHole: a hole is left open or does not fit; the sentence names the clause.
    """
    clause = library()[code]
    params: dict[str, str] = {}
    shown: dict[str, str] = {}
    for param in clause.params:
        try:
            params[param.name] = _value(clause, param, values, settings)
        except OpenHole:
            if not lenient:
                raise
            params[param.name], shown[param.name] = "", _OPEN
        else:
            shown[param.name] = words(param, params[param.name])
    return {
        "code": code,
        "text": clause.filled(shown),
        "enforcement": clause.enforcement,
        "params": params,
    }


def shown_params(clause: Mapping[str, Any]) -> dict[str, str]:
    """Return what stands in the holes of a clause of a statement, as words."""
    held = clause.get("params", {})
    known = library().get(clause["code"])
    params = known.params if known else ()
    return {param.name: words(param, held.get(param.name, "")) or _OPEN for param in params}


def _value(
    clause: Clause, param: Param, values: Mapping[str, str], settings: Mapping[str, int | str]
) -> str:
    if param.setting:
        return str(settings[param.setting])
    try:
        value = parse(param, values.get(param.name, ""))
    except ValueError as refusal:
        sentence = f"{clause.title}: {refusal}"
        raise OpenHole(sentence, code=clause.code, param=param.name) from refusal
    if not value and not param.may_be_empty:
        sentence = f"Fill in what is missing, or leave the clause out: {clause.text}"
        raise OpenHole(sentence, code=clause.code, param=param.name)
    return value


def _clause(row: dict[str, Any]) -> Clause:
    params = tuple(param_of(param) for param in row["params"])
    return Clause(**{**row, "params": params, "duo": tuple(row["duo"])})
