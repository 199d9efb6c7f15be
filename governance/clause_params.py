"""The holes in a clause's text: what may stand in them, and how it reads. Pure.

Every value is a text: a signed statement holds no fractions. A list has one entry on each line,
with its identifier in brackets where there is one: an ORCID iD, a ROR address, two letters of ISO
3166-1, an id of Mondo. ``entries`` takes such a list apart again.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from governance.vocabulary import mondo, places

MAX_TEXT = 400  # characters in one hole, or on one line of a list
MAX_LINES = 50
LISTS = frozenset({"diseases", "places", "people", "institutions", "bodies", "fields"})

_ORCID = re.compile(r"(?:https?://orcid\.org/)?\b([0-9]{4}-[0-9]{4}-[0-9]{4}-[0-9]{3}[0-9Xx])\b")
_ROR = re.compile(r"(?:https?://)?ror\.org/([^\s(),;]+)")
_ENTRY = re.compile(
    r"(.+) \(((?:[0-9]{4}-){3}[0-9]{3}[0-9X]|https://ror\.org/\w+|[A-Z]{2}|MONDO:[0-9]+)\)"
)
_ROR_ID = re.compile(r"0[0-9a-hjkmnp-tv-z]{6}[0-9]{2}")
_NUMBER = re.compile(r"[0-9]{1,10}(?:\.[0-9]{1,12})?")
# Marks that turn the direction of writing: with them a text reads differently than it is.
_TURNS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_CROCKFORD = {sign: value for value, sign in enumerate("0123456789abcdefghjkmnpqrstvwxyz")}
_MONTHS = {month: date(2000, month, 1).strftime("%B") for month in range(1, 13)}


@dataclass(frozen=True)
class Choice:
    """``text`` goes into the clause, ``label`` stands in the form."""

    value: str
    text: str
    label: str


@dataclass(frozen=True)
class Param:
    """A hole in a clause's text: filled in by hand, or by one of the protocol's own settings.

    Attributes:
        type: text, number, date, choice, or one of ``LISTS``.
        default: stands where nothing is written; for a list it is words only.
        least, most: bounds of a number, as decimal texts; ``decimal`` allows fractions.
        optional: whether it may stay empty though it has no default.
    """

    name: str
    label: str = ""
    help: str = ""
    type: str = "text"
    default: str = ""
    setting: str = ""
    unit: str = ""
    least: str = ""
    most: str = ""
    decimal: bool = False
    optional: bool = False
    choices: tuple[Choice, ...] = ()

    @property
    def may_be_empty(self) -> bool:
        return self.optional or (self.type in LISTS and bool(self.default))


def param_of(row: Mapping[str, Any]) -> Param:
    choices = tuple(Choice(**choice) for choice in row.get("choices", ()))
    return Param(**{**row, "choices": choices})


def parse(param: Param, written: str) -> str:
    """Return what somebody wrote as the value of a statement. Blank takes the default.

    Raises:
        ValueError: it does not fit the type; the sentence says what would.
    """
    if param.type in LISTS:
        return _lines(param, written)
    text = " ".join(written.split()) or param.default
    if len(text) > MAX_TEXT:
        raise ValueError(f"at most {MAX_TEXT} characters, please; this has {len(text)}.")
    if _hidden(text):
        raise ValueError("this holds characters that cannot be seen. Please type it anew.")
    return _ONE[param.type](param, text) if text else ""


def words(param: Param, value: str) -> str:
    """Return a value as it reads inside the clause."""
    if param.type in LISTS:
        named = [_entry_words(param, entry) for entry in entries(value)]
        return ", ".join(named) or param.default
    if param.type == "choice":
        return next((choice.text for choice in param.choices if choice.value == value), value)
    if param.type == "date" and value:
        day = date.fromisoformat(value)
        return f"{day.day} {_MONTHS[day.month]} {day.year}"
    return value


@dataclass(frozen=True)
class Entry:
    """One entry of a list; ``id`` is empty where there is none."""

    id: str
    text: str

    def __str__(self) -> str:
        return f"{self.text} ({self.id})" if self.id else self.text


def entries(value: str) -> list[Entry]:
    """Take a list in a statement apart."""
    return [_entry(line) for line in value.splitlines() if line.strip()]


def _entry(line: str) -> Entry:
    found = _ENTRY.fullmatch(line.strip())
    return Entry(found[2], found[1]) if found else Entry("", line.strip())


def _entry_words(param: Param, entry: Entry) -> str:
    if param.type == "places":
        return entry.text
    if param.type == "diseases" and not entry.id:
        return f"{entry.text} (not in our list)"
    return str(entry)


def _lines(param: Param, written: str) -> str:
    lines = [" ".join(line.split()) for line in written.splitlines()]
    lines = [line for line in lines if line]
    if len(lines) > MAX_LINES:
        raise ValueError(f"at most {MAX_LINES} lines, please.")
    if any(len(line) > MAX_TEXT or _hidden(line) for line in lines):
        raise ValueError(f"at most {MAX_TEXT} characters on a line, all of them to be seen.")
    return "\n".join(dict.fromkeys(str(_LINE[param.type](line)) for line in lines))


def _hidden(text: str) -> bool:
    return any(
        unicodedata.category(sign) in {"Cc", "Zl", "Zp", "Cs"} or sign in _TURNS
        for sign in set(text)
    )


# --- single values


def _text(param: Param, text: str) -> str:
    return text


def _number(param: Param, text: str) -> str:
    if not _NUMBER.fullmatch(text):
        raise ValueError("please give a number, such as 3.")
    number = Decimal(text)
    if not param.decimal and number != number.to_integral_value():
        raise ValueError("please give a whole number.")
    low, high = Decimal(param.least or "0"), Decimal(param.most or "1000000")
    if not low <= number <= high:
        raise ValueError(f"please give a number from {param.least} to {param.most}.")
    return f"{number.normalize():f}"


def _date(param: Param, text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise ValueError("please give a date, such as 2027-03-31.") from None


def _choice(param: Param, text: str) -> str:
    if text not in {choice.value for choice in param.choices}:
        raise ValueError("please choose one of the offered answers.")
    return text


_ONE: dict[str, Callable[[Param, str], str]] = {
    "text": _text,
    "number": _number,
    "date": _date,
    "choice": _choice,
}

# --- one line of a list


def _person(line: str) -> Entry:
    found = _ORCID.search(line)
    if found is None:
        if re.search(r"orcid|[0-9]{4}-[0-9]{4}", line, re.IGNORECASE):
            raise ValueError(f"“{line}”: an ORCID looks like 0000-0002-1825-0097.")
        return Entry("", line)
    orcid = found[1].upper()
    if not _orcid_adds_up(orcid):
        raise ValueError(f"“{line}”: this ORCID has a mistake in its digits.")
    return Entry(orcid, _rest(line, found[0]) or "somebody")


def _institution(line: str) -> Entry:
    found = _ROR.search(line)
    if found is None:
        return Entry("", line)
    ror = found[1].lower()
    if not _ROR_ID.fullmatch(ror) or not _ror_adds_up(ror):
        raise ValueError(f"“{line}”: a ROR address looks like https://ror.org/04gyf1771.")
    return Entry(f"https://ror.org/{ror}", _rest(line, found[0]) or "an institution")


def _place(line: str) -> Entry:
    code = places.find(line)
    if code is None:
        raise ValueError(f"“{line}” is not a country that we know. Two letters such as NZ will do.")
    return Entry(code, places.places()[code])


def _disease(line: str) -> Entry:
    term = mondo.find(line)
    return Entry(term.id, term.label) if term else Entry("", line)


def _plain(line: str) -> Entry:
    return Entry("", line)


_LINE: dict[str, Callable[[str], Entry]] = {
    "people": _person,
    "institutions": _institution,
    "places": _place,
    "diseases": _disease,
    "bodies": _plain,
    "fields": _plain,
}


def _rest(line: str, found: str) -> str:
    return line.replace(found, "").replace("()", "").strip(" ,;:-")


def _orcid_adds_up(orcid: str) -> bool:
    """ISO 7064, MOD 11-2. Source: support.orcid.org, structure of the ORCID identifier."""
    digits = orcid.replace("-", "")
    total = 0
    for digit in digits[:-1]:
        total = (total + int(digit)) * 2
    check = (12 - total % 11) % 11
    return digits[-1] == ("X" if check == 10 else str(check))


def _ror_adds_up(ror: str) -> bool:
    """ISO 7064, MOD 97-10, over Crockford's base 32. Source: ror.readme.io, identifier pattern."""
    number = 0
    for sign in ror[:-2]:
        number = number * 32 + _CROCKFORD[sign]
    return 98 - (number * 100) % 97 == int(ror[-2:])
