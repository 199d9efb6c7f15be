"""What differs between two revisions of a request, or two agreements. Pure but for translation."""

import difflib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
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
_WORDS = re.compile(r"(\s*)(\S+|$)")

# How many pairs of equal words are looked at: looking for marks grows with them, and faster. A page
# of prose in place of another has some 3,000; a text made to keep this machine busy has millions.
_MOST_PAIRS = 20_000  # in two texts
_MOST_PAIRS_IN_ALL = 200_000  # in two documents


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


@dataclass
class _Effort:
    """What may still be spent on the comparison of two documents."""

    left: int = _MOST_PAIRS_IN_ALL

    def is_enough(self, old: Sequence[str], new: Sequence[str]) -> bool:
        """Whether these words can be compared; if so, what it takes is taken off."""
        counts = Counter(new)
        pairs = sum(times * counts[word] for word, times in Counter(old).items())
        if pairs > min(self.left, _MOST_PAIRS):
            return False
        self.left -= pairs
        return True


def changes(old: Document, new: Document) -> list[Change]:
    """Return every field of two request documents that differs, in the order of the form.

    Items of a list are known again by what names them (a person by e-mail), so that a list put
    in another order is no change, and one letter in one item is one change.
    """
    return list(_differences(old, new, REQUEST, _Effort()))


def agreement_changes(old: Document, new: Document) -> list[Change]:
    """Return every bound item that differs between two grant documents."""
    return list(_differences(old, new, GRANT, _Effort()))


def word_diff(before: str, after: str, effort: _Effort | None = None) -> tuple[Span, ...]:
    """Return both texts as one, word by word; only whole words are marked.

    Of two texts that have little in common the older one stands whole before the newer one:
    marks on every other word could not be read. So do two that would take too long to compare.
    """
    effort = effort or _Effort()
    if before and after and _share(before, after, effort) < _READABLE:
        return (Span(Mark.OUT, before), Span(Mark.IN, after))
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    a, b = [word for _, word in old], [word for _, word in new]
    start, end = _same_around(a, b)
    middle_a, middle_b = a[start : len(a) - end], b[start : len(b) - end]
    if not effort.is_enough(middle_a, middle_b):
        return (Span(Mark.OUT, before), Span(Mark.IN, after))
    matcher = difflib.SequenceMatcher(a=middle_a, b=middle_b, autojunk=False)
    spans = [*_both(old[:start], new[:start])]
    for what, i1, i2, j1, j2 in matcher.get_opcodes():
        was, now = old[start + i1 : start + i2], new[start + j1 : start + j2]
        spans += _both(was, now) if what == "equal" else _other(was, now)
    spans += _both(old[len(old) - end :], new[len(new) - end :])
    return tuple(_joined(spans))


Words = Sequence[tuple[str, str]]
"""Words, each with the space before it; a last one is empty."""


def _both(old: Words, new: Words) -> Iterator[Span]:
    """The same words in both texts, which may stand apart differently."""
    for (was, word), (now, _) in zip(old, new, strict=True):
        if was == now:
            yield Span(Mark.SAME, was + word)
        else:
            yield from (Span(Mark.OUT, was), Span(Mark.IN, now), Span(Mark.SAME, word))


def _other(old: Words, new: Words) -> Iterator[Span]:
    out, into = ("".join(space + word for space, word in words) for words in (old, new))
    if old and new and old[0][0] == new[0][0]:
        space = old[0][0]
        yield Span(Mark.SAME, space)
        out, into = out[len(space) :], into[len(space) :]
    yield from (Span(Mark.OUT, out), Span(Mark.IN, into))


def _same_around(old: Sequence[str], new: Sequence[str]) -> tuple[int, int]:
    """Count the words at the beginning, and then at the end, that both have."""
    shorter = min(len(old), len(new))
    start = 0
    while start < shorter and old[start] == new[start]:
        start += 1
    end = 0
    while end < shorter - start and old[-1 - end] == new[-1 - end]:
        end += 1
    return start, end


def _joined(spans: Sequence[Span]) -> Iterator[Span]:
    """Put what stands side by side under the same mark together, and leave out what is empty."""
    for mark, group in groupby((span for span in spans if span.text), key=lambda span: span.mark):
        yield Span(mark, "".join(span.text for span in group))


def _share(before: str, after: str, effort: _Effort) -> float:
    """Return the share of words in common; too low where it would take too long to tell."""
    old, new = before.split(), after.split()
    start, end = _same_around(old, new)
    a, b = old[start : len(old) - end], new[start : len(new) - end]
    both = 2 * (start + end)
    if effort.is_enough(a, b):
        matcher = difflib.SequenceMatcher(None, a, b, autojunk=False)
        both += round(matcher.ratio() * (len(a) + len(b)))
    return both / (len(old) + len(new)) if old or new else 1.0


def _differences(
    old: Document, new: Document, names: dict[str, Text], effort: _Effort
) -> Iterator[Change]:
    order = {name: place for place, name in enumerate(names)}
    for name in sorted({*old, *new} - _LEFT_OUT, key=lambda name: (order.get(name, 999), name)):
        if name in _TIMES:
            yield from _changed(name, str(names[name]), _time(old, name), _time(new, name), effort)
        else:
            label = label_of(names, (name,))
            yield from _compared(name, label, old.get(name), new.get(name), effort)


def _time(document: Document, name: str) -> str:
    """A time of a signed text to the minute; it is always UTC there."""
    text = str(document.get(name, ""))
    return f"{text[:10]} {text[11:16]} UTC" if text else ""


def _compared(
    field: str, label: str, old: object, new: object, effort: _Effort
) -> Iterator[Change]:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        yield from _within(field, label, old, new, effort)
    elif isinstance(old, list) and isinstance(new, list):
        yield from _of_lists(field, label, old, new, effort)
    else:
        yield from _changed(field, label, in_words(old), in_words(new), effort)


def _within(
    field: str, label: str, old: Document, new: Document, effort: _Effort
) -> Iterator[Change]:
    for name in [*new, *(name for name in old if name not in new)]:
        part = label_of({"": label}, ("", name))
        yield from _compared(f"{field}.{name}", part, old.get(name), new.get(name), effort)


def _of_lists(
    field: str, label: str, old: Sequence[Any], new: Sequence[Any], effort: _Effort
) -> Iterator[Change]:
    """Compare two lists item by item; the order of what is known again by a name says nothing."""
    before, after = _named(field, old), _named(field, new)
    gone = [name for name in before if name not in after]
    for name, now in after.items():
        was = before.get(name)
        if was is None and (like := _most_like(now, gone, before, effort)) is not None:
            was = before[like]
            gone.remove(like)
        if isinstance(was, Mapping) and isinstance(now, Mapping):
            yield from _within(
                f"{field}.{name}", f"{label}, {_called(name, now)}", was, now, effort
            )
        else:
            yield from _changed(f"{field}.{name}", label, in_words(was), in_words(now), effort)
    for name in gone:
        yield from _changed(f"{field}.{name}", label, in_words(before[name]), "", effort)


def _called(name: str, item: Document) -> str:
    return str(item.get("name") or item.get("title") or name)


def _most_like(
    item: object, gone: Sequence[str], before: Mapping[str, Any], effort: _Effort
) -> str | None:
    """Return the name of that one of the others which this item was before it was reworded."""
    if isinstance(item, str) and " " not in item:
        return None  # a name: another name is another thing
    said = in_words(item)
    alike = [
        (_share(in_words(before[other]), said, effort), place, other)
        for place, other in enumerate(gone)
        if type(before[other]) is type(item)
    ]
    best, _place, name = max(alike, default=(0.0, 0, None))
    return name if best >= _ALIKE else None


def _named(field: str, items: Sequence[Any]) -> dict[str, Any]:
    """Return the items by what they are known by; a further one of the same name is numbered.

    No item ever takes the place of another: one that did would be in no list of changes.
    """
    keys = _KNOWN_BY.get(field.rpartition(".")[2], ())
    found: dict[str, Any] = {}
    for item in items:
        if isinstance(item, Mapping):
            name = next((str(item[key]) for key in keys if item.get(key)), in_words(item))
        else:
            name = str(item)
        free, number = name, 1
        while free in found:
            number += 1
            free = f"{name}#{number}"
        found[free] = item
    return found


def _changed(field: str, label: str, before: str, after: str, effort: _Effort) -> Iterator[Change]:
    if before != after:
        kind = Kind.CHANGED if before and after else Kind.ADDED if after else Kind.REMOVED
        yield Change(field, label, before, after, kind, word_diff(before, after, effort))
