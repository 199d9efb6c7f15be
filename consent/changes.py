"""What differs between two revisions of a request, or two agreements. Pure but for translation."""

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from consent.field_names import GRANT, REQUEST, Text, in_words, label_of

Document = Mapping[str, Any]

# By what an item of a list is known again when something else in it changed.
_KNOWN_BY = {
    "approvals": ("board", "number"),
    "attachments": ("id",),
    "benefits_list": ("text",),
    "diseases": ("id", "text"),
    "funding": ("name",),
    "partners": ("name",),
    "people": ("email",),
    "protocols": ("line",),
}
# How a document is written, and what each new text has anew: no change of what is asked.
_LEFT_OUT = frozenset({"version", "id", "type"})
_TIMES = frozenset({"not_before", "not_after"})

_ALIKE = 0.5  # share of words in common from which an item counts as the other one reworded
_READABLE = 0.4  # share of words in common from which marks within a text can be read
_WORDS = re.compile(r"\s+|[^\s]+")


class Kind(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


class Mark(StrEnum):
    SAME = "same"
    IN = "ins"
    OUT = "del"


@dataclass(frozen=True)
class Span:
    """Some words of a text: in both, only in the newer one (IN) or only in the older one (OUT)."""

    mark: Mark
    text: str


@dataclass(frozen=True)
class Change:
    """One field that differs.

    Attributes:
        field: its place in the document, with dots: ``people.chi@university.example.orcid``.
        label: what it is called on a page.
        before, after: its values in words; "" where there is none.
    """

    field: str
    label: str
    before: str
    after: str
    kind: Kind
    words: tuple[Span, ...]


def changes(old: Document, new: Document) -> list[Change]:
    """Return every field of two request documents that differs, in the order of the form.

    Items of a list are known again by what names them (a person by e-mail), so that a list put
    in another order is no change, and one letter in one item is one change.
    """
    return list(_differences(old, new, REQUEST))


def agreement_changes(old: Document, new: Document) -> list[Change]:
    """Return every bound item that differs between two grant documents."""
    return list(_differences(old, new, GRANT))


def word_diff(before: str, after: str) -> tuple[Span, ...]:
    """Return both texts as one, word by word; only whole words are marked.

    Of two texts that have little in common the older one stands whole before the newer one:
    marks on every other word could not be read.
    """
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    if before and after and _share(before, after) < _READABLE:
        return (Span(Mark.OUT, before), Span(Mark.IN, after))
    matcher = difflib.SequenceMatcher(a=old, b=new, autojunk=False)
    spans: list[Span] = []
    for what, i1, i2, j1, j2 in matcher.get_opcodes():
        if what == "equal":
            spans.append(Span(Mark.SAME, "".join(old[i1:i2])))
            continue
        if i1 < i2:
            spans.append(Span(Mark.OUT, "".join(old[i1:i2])))
        if j1 < j2:
            spans.append(Span(Mark.IN, "".join(new[j1:j2])))
    return tuple(spans)


def _share(before: str, after: str) -> float:
    return difflib.SequenceMatcher(None, before.split(), after.split(), autojunk=False).ratio()


def _differences(old: Document, new: Document, names: dict[str, Text]) -> Iterator[Change]:
    order = {name: place for place, name in enumerate(names)}
    for name in sorted({*old, *new} - _LEFT_OUT, key=lambda name: (order.get(name, 999), name)):
        if name in _TIMES:
            yield from _changed(name, str(names[name]), _time(old, name), _time(new, name))
        else:
            label = label_of(names, (name,))
            yield from _compared(name, label, old.get(name), new.get(name))


def _time(document: Document, name: str) -> str:
    """A time of a signed text to the minute; it is always UTC there."""
    text = str(document.get(name, ""))
    return f"{text[:10]} {text[11:16]} UTC" if text else ""


def _compared(field: str, label: str, old: object, new: object) -> Iterator[Change]:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        yield from _within(field, label, old, new)
    elif isinstance(old, list) and isinstance(new, list):
        yield from _of_lists(field, label, old, new)
    else:
        yield from _changed(field, label, in_words(old), in_words(new))


def _within(field: str, label: str, old: Document, new: Document) -> Iterator[Change]:
    for name in [*new, *(name for name in old if name not in new)]:
        part = label_of({"": label}, ("", name))
        yield from _compared(f"{field}.{name}", part, old.get(name), new.get(name))


def _of_lists(field: str, label: str, old: Sequence[Any], new: Sequence[Any]) -> Iterator[Change]:
    """Compare two lists item by item; the order of what is known again by a name says nothing."""
    before, after = _named(field, old), _named(field, new)
    gone = [name for name in before if name not in after]
    for name, now in after.items():
        was = before.get(name)
        if was is None and (like := _most_like(now, [before[other] for other in gone])) is not None:
            was = like
            gone.remove(next(other for other in gone if before[other] is like))
        if isinstance(was, Mapping) and isinstance(now, Mapping):
            yield from _within(f"{field}.{name}", f"{label}, {_called(name, now)}", was, now)
        else:
            yield from _changed(f"{field}.{name}", label, in_words(was), in_words(now))
    for name in gone:
        yield from _changed(f"{field}.{name}", label, in_words(before[name]), "")


def _called(name: str, item: Document) -> str:
    return str(item.get("name") or item.get("title") or name)


def _most_like(item: object, others: Sequence[Any]) -> Any:
    """Return the one of the others that this item was before it was reworded, or None."""
    if isinstance(item, str) and " " not in item:
        return None  # a name: another name is another thing
    said = in_words(item)
    alike = [
        (_share(in_words(other), said), place)
        for place, other in enumerate(others)
        if type(other) is type(item)
    ]
    best, place = max(alike, default=(0.0, 0))
    return others[place] if best >= _ALIKE else None


def _named(field: str, items: Sequence[Any]) -> dict[str, Any]:
    """Return the items by what they are known by; a further one of the same name is numbered."""
    keys = _KNOWN_BY.get(field.rpartition(".")[2], ())
    found: dict[str, Any] = {}
    for item in items:
        if isinstance(item, Mapping):
            name = next((str(item[key]) for key in keys if item.get(key)), in_words(item))
        else:
            name = str(item)
        times = sum(1 for known in found if known.partition("#")[0] == name)
        found[f"{name}#{times + 1}" if times else name] = item
    return found


def _changed(field: str, label: str, before: str, after: str) -> Iterator[Change]:
    if before != after:
        kind = Kind.CHANGED if before and after else Kind.ADDED if after else Kind.REMOVED
        yield Change(field, label, before, after, kind, word_diff(before, after))
