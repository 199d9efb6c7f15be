"""What a check can say."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Verdict(StrEnum):
    BREAKS = "breaks"
    UNKNOWN = "unknown"
    PROMISE = "promise"
    FITS = "fits"


# Conflicts first: what may be wrong is read before what is well.
ORDER = [Verdict.BREAKS, Verdict.UNKNOWN, Verdict.PROMISE, Verdict.FITS]

Document = Mapping[str, Any]
Found = tuple[Verdict, str]


@dataclass(frozen=True)
class Check:
    """``rule`` is the community's own sentence, ``sentence`` what was found."""

    code: str
    rule: str
    verdict: Verdict
    sentence: str


@dataclass(frozen=True)
class Rule:
    """One clause of a protocol as the checks read it: its code, and what fills its holes.

    ``server`` tells in which places the platform's own computers stand; empty when nobody said.
    ``min_nodes`` is how many communities must take part together by the same protocol.
    """

    code: str
    params: Mapping[str, str]
    enforcement: str = ""
    server: Collection[str] = ()
    min_nodes: int = 0

    def hole(self, name: str) -> str:
        return str(self.params.get(name, "")).strip()

    def listed(self, name: str) -> list[str]:
        """The parts of a list that a person wrote, in small letters."""
        return [part.lower() for part in parts(self.hole(name))]


def parts(text: str) -> list[str]:
    return [" ".join(part.split()) for part in re.split(r"[,;\n]", text) if part.strip()]


def words_in(text: str, words: Iterable[str]) -> str:
    """Return the first of the words that stands in the text as a word of its own, or ""."""
    plain = " ".join(text.lower().split())
    for word in words:
        if re.search(rf"\b{re.escape(word.lower())}", plain):
            return word
    return ""


def said(document: Document, *names: str) -> str:
    """Return everything that these fields of the request say, as one text."""
    return "\n".join(str(document.get(name) or "") for name in names)


def count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


NOT_SAID = (Verdict.UNKNOWN, "They did not answer this. Ask them.")
