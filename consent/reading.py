"""Reading what a form or script sent: field by field, one sentence for each fault. Pure."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from consent.grants.grant import DECIMAL
from governance.vocabulary import mondo, places

# No looser than what a grant can hold (consent/grants/grant.py).
_EMAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,188}[A-Za-z0-9])?"
)
_ORCID = re.compile(r"(?:[0-9]{4}-){3}[0-9]{3}[0-9X]")
_ROR = re.compile(r"https://ror\.org/0[a-z0-9]{6}[0-9]{2}")
_SHORT_NAME = re.compile(r"[a-z0-9-]{1,63}")
# Marks that turn the direction of writing: with them a text reads differently than it is.
_TURNS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class Reader:
    """Reads named fields of one mapping. After a fault it goes on, so that all are told at once."""

    def __init__(
        self, source: Mapping[str, Any], problems: dict[str, str], *, prefix: str = ""
    ) -> None:
        self._source = source
        self._prefix = prefix
        self.problems = problems

    def refuse(self, name: str, sentence: str) -> None:
        self.problems.setdefault(self._prefix + name, sentence)

    def text(self, name: str, most: int, *, optional: bool = False, line: bool = False) -> str:
        """A text of at most ``most`` characters, without spaces around it.

        Args:
            line: whether it must be a single line.
        """
        given = self._source.get(name, "")
        if not isinstance(given, str):
            self.refuse(name, "This must be text.")
            return ""
        value = given.replace("\r\n", "\n").strip()
        if not value and not optional:
            self.refuse(name, "Please fill this in.")
        elif len(value) > most:
            self.refuse(name, f"At most {most} characters, please; this has {len(value)}.")
        elif _hidden(value, allowed="" if line else "\n"):
            self.refuse(name, "This holds characters that cannot be seen. Please type it anew.")
        return value

    def summary(self, name: str, *, most_words: int, most: int) -> str:
        value = self.text(name, most)
        words = len(value.split())
        if words > most_words:
            self.refuse(name, f"At most {most_words} words, please; this has {words}.")
        return value

    def integer(self, name: str, low: int, high: int) -> int:
        value = self._source.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            self.refuse(name, f"Please give a whole number from {low} to {high}.")
            return low
        return value

    def whole_or_none(self, name: str, low: int, high: int) -> int | None:
        """A whole number that may be left out."""
        return None if self._source.get(name) is None else self.integer(name, low, high)

    def decimal(self, name: str, most: Decimal) -> str:
        """A number above zero as text, in its one spelling: readers of fractions round them."""
        value = self._source.get(name)
        written = value.strip() if isinstance(value, str) else ""
        number = Decimal(written) if DECIMAL.fullmatch(written) else Decimal(0)
        spelt = f"{number.normalize():f}"
        if not 0 < number <= most or not DECIMAL.fullmatch(spelt):
            self.refuse(name, f"Please give a number above 0, at most {most:f}.")
            return ""
        return spelt

    def choice(self, name: str, allowed: Sequence[str]) -> str:
        value = self._source.get(name)
        if not isinstance(value, str) or value not in allowed:
            self.refuse(name, "Please choose one of the offered answers.")
            return ""
        return value

    def pattern(self, name: str, pattern: re.Pattern[str], sentence: str) -> str:
        value = self.text(name, 320, line=True)
        if value and not pattern.fullmatch(value):
            self.refuse(name, sentence)
        return value

    def email(self, name: str) -> str:
        return self.pattern(name, _EMAIL, "Please give an e-mail address.").lower()

    def orcid(self, name: str) -> str:
        if not self._source.get(name):
            return ""
        return self.pattern(name, _ORCID, "An ORCID looks like 0000-0002-1825-0097.")

    def ror(self, name: str) -> str:
        if not self._source.get(name):
            return ""
        return self.pattern(name, _ROR, "A ROR looks like https://ror.org/04gyf1771.")

    def inner(self, name: str) -> "Reader":
        """Read the object under ``name``; its faults are kept as ``name.field``."""
        value = self._source.get(name)
        if not isinstance(value, Mapping):
            value = {}
        return Reader(value, self.problems, prefix=f"{self._prefix}{name}.")

    def items(self, name: str, *, most: int, empty: str = "") -> list["Reader"]:
        """Read a list of at most ``most`` objects; faults are kept as ``name.0.field``.

        Args:
            empty: the sentence for a list without any; without it there may be none.
        """
        value = self._source.get(name)
        if not empty and value in (None, []):
            return []
        if not isinstance(value, list) or not value:
            self.refuse(name, empty or "This must be a list.")
            return []
        if len(value) > most:
            self.refuse(name, f"At most {most}, please.")
            return []
        return [
            Reader(
                item if isinstance(item, Mapping) else {},
                self.problems,
                prefix=f"{self._prefix}{name}.{index}.",
            )
            for index, item in enumerate(value)
        ]

    def diseases(self, name: str, *, most: int) -> list[dict[str, str]]:
        """Read a list of ``{"id", "text"}``; either may be empty, and the list may be.

        What is a term of Mondo gets its id and its label. Other words stay as they are.
        """
        value = self._source.get(name)
        if not value:
            return []
        found = []
        for read in self.items(name, most=most, empty="Name illnesses, or leave it empty."):
            written = read.text("text", 200, optional=True, line=True)
            term_id = read.text("id", 20, optional=True, line=True)
            if term_id and not mondo.ID.fullmatch(term_id):
                read.refuse("id", "A term of Mondo looks like MONDO:0005015.")
            term = mondo.find(term_id) or mondo.find(written)
            if term:
                found.append({"id": term.id, "text": term.label})
            elif written or term_id:
                found.append({"id": term_id, "text": written})
        return list({tuple(each.items()): each for each in found}.values())

    def places(self, name: str, *, most: int) -> list[str]:
        """Read a list of countries, by code or name; it may be empty."""
        if not self._source.get(name):
            return []
        codes = []
        for written in self.names(name, most=most, empty="Name places, or leave it empty."):
            code = places.find(written)
            if code is None:
                self.refuse(name, f"“{written[:60]}” is no country that we know. Try two letters.")
            else:
                codes.append(code)
        return list(dict.fromkeys(codes))

    def pairs(self, name: str, *, most: int) -> dict[str, str]:
        """Read an object of at most ``most`` short names, each with another; may be missing."""
        value = self._source.get(name) or {}
        if not isinstance(value, Mapping) or len(value) > most:
            self.refuse(name, "This must be names with a name each.")
            return {}
        if not all(_is_name(key) and _is_name(chosen) for key, chosen in value.items()):
            self.refuse(name, "This must be names with a name each.")
            return {}
        return dict(value)

    def names(self, name: str, *, most: int, empty: str) -> list[str]:
        """Read a list of 1 to ``most`` different short texts."""
        value = self._source.get(name)
        if not isinstance(value, list) or not value or not all(isinstance(v, str) for v in value):
            self.refuse(name, empty)
            return []
        if len(value) > most:
            self.refuse(name, f"At most {most}, please.")
        if len(set(value)) != len(value):
            self.refuse(name, "Something is named twice.")
        return list(value)


def _is_name(value: object) -> bool:
    return isinstance(value, str) and _SHORT_NAME.fullmatch(value) is not None


def _hidden(value: str, *, allowed: str) -> bool:
    return any(
        unicodedata.category(character) in {"Cc", "Zl", "Zp", "Cs"} or character in _TURNS
        for character in set(value) - set(allowed)
    )
