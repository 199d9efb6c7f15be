"""Two charters side by side: who, with which keys, which nodes, by which rules. Pure but for
translation.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consent.grants.charter import Charter, NodeKeys, Steward
from consent.grants.codec import digest
from consent.grants.words import fingerprint_words
from governance.circle import NO_WORDS, Words, listed
from governance.words import MATTERS, rule_in_words

T = TypeVar("T")

SAME, CHANGED, NEW, GONE = "same", "changed", "new", "gone"
CHANGES: dict[str, Promise] = {
    SAME: gettext_lazy("as before"),
    CHANGED: gettext_lazy("changed"),
    NEW: gettext_lazy("new"),
    GONE: gettext_lazy("no longer"),
}


@dataclass(frozen=True)
class Row:
    """One line: ``before`` and ``after`` are sentences, empty where there is nothing."""

    about: str
    before: str
    after: str

    @property
    def change(self) -> str:
        if self.before == self.after:
            return SAME
        if not self.before:
            return NEW
        return CHANGED if self.after else GONE

    @property
    def label(self) -> str:
        return str(CHANGES[self.change])


@dataclass(frozen=True)
class Section:
    title: str
    rows: tuple[Row, ...]


def side_by_side(before: Charter, after: Charter, words: Words = NO_WORDS) -> list[Section]:
    """Return every line of both charters, in the order of a charter's page.

    Args:
        words: the community's own words for its bodies, by their short names.
    """
    seats = _pairs({s.id: s for s in before.stewards}, {s.id: s for s in after.stewards})
    nodes = _pairs({n.name: n for n in before.nodes}, {n.name: n for n in after.nodes})
    kinds = [kind for kind in MATTERS if kind in before.rules or kind in after.rules]
    return [
        Section(_("Stewards"), tuple(_steward_row(old, new, words) for old, new in seats)),
        Section(
            _("Who must sign, for what"),
            tuple(
                Row(str(MATTERS[kind]), _rule(before, kind, words), _rule(after, kind, words))
                for kind in kinds
            ),
        ),
        Section(
            _("The floor"),
            (Row(_("Least number of yes"), str(before.floor), str(after.floor)),),
        ),
        Section(_("Nodes"), tuple(_node_row(old, new) for old, new in nodes)),
        Section(_("The platform"), tuple(_platform_rows(before, after))),
    ]


def would_change(before: Charter, after: Charter, words: Words = NO_WORDS) -> list[str]:
    """Return one sentence for each thing that ``after`` changes; empty when it changes nothing."""
    found: list[str] = []
    for old, new in _pairs({s.id: s for s in before.stewards}, {s.id: s for s in after.stewards}):
        found += _steward_sentences(old, new, words)
    for section in side_by_side(before, after, words)[1:]:
        for row in section.rows:
            if row.change != SAME:
                found.append(_sentence(row))
    return found


def _steward_sentences(old: Steward | None, new: Steward | None, words: Words) -> Iterator[str]:
    if old is None or new is None:
        if new:
            yield _("{name} joins the stewards.").format(name=new.name)
        elif old:
            yield _("{name} leaves the stewards.").format(name=old.name)
        return
    if old.name != new.name:
        yield _("{old} is called {new} now.").format(old=old.name, new=new.name)
    if set(old.bodies) != set(new.bodies):
        text = _("{name} sits in {now}; before: {then}.")
        now, then = _bodies(new, words), _bodies(old, words)
        yield text.format(name=new.name, now=now, then=then)
    yield from _key_sentences(old, new)


def _key_sentences(old: Steward, new: Steward) -> Iterator[str]:
    then, now = _fingerprints(old), _fingerprints(new)
    if then == now:
        return
    yield _("{name} signs with other passkeys than before.").format(name=new.name)
    for key in sorted(now - then):
        yield _("New passkey of {name}: {words}").format(name=new.name, words=key)
    for key in sorted(then - now):
        yield _("No longer a passkey of {name}: {words}").format(name=new.name, words=key)


def _sentence(row: Row) -> str:
    if row.change == CHANGED:
        text = _("{about}: now “{after}”, before “{before}”.")
        return text.format(about=row.about, after=row.after, before=row.before)
    text = _("{about}: {label}.")
    return text.format(about=row.about, label=row.label)


def _steward_row(old: Steward | None, new: Steward | None, words: Words) -> Row:
    name = new.name if new else old.name if old else ""
    return Row(name, _steward(old, words), _steward(new, words))


def _steward(steward: Steward | None, words: Words) -> str:
    if steward is None:
        return ""
    text = _("{name}, in {bodies}. Passkeys: {keys}.")
    keys = "; ".join(sorted(_fingerprints(steward)))
    return text.format(name=steward.name, bodies=_bodies(steward, words), keys=keys)


def _bodies(steward: Steward, words: Words) -> str:
    return listed([words.get(body, body) for body in steward.bodies]) or _("no body")


def _fingerprints(steward: Steward) -> set[str]:
    return {fingerprint_words(digest(key.cose)) for key in steward.keys}


def _rule(charter: Charter, kind: str, words: Words) -> str:
    rule = charter.rules.get(kind)
    return rule_in_words(rule, charter, kind, words) if rule else ""


def _node_row(old: NodeKeys | None, new: NodeKeys | None) -> Row:
    name = old.name if old else new.name if new else ""
    return Row(_("Node {name}").format(name=name), _node(old), _node(new))


def _node(node: NodeKeys | None) -> str:
    if node is None:
        return ""
    receipts = fingerprint_words(digest(node.receipt_key))
    link = fingerprint_words(digest(node.supernode_key.encode()))
    return _("signs receipts with: {receipts}; connects with: {link}").format(
        receipts=receipts, link=link
    )


def _platform_rows(before: Charter, after: Charter) -> Iterator[Row]:
    yield Row(_("Where stewards sign"), ", ".join(before.origins), ", ".join(after.origins))
    yield Row(
        _("The platform's own key"),
        fingerprint_words(digest(before.checkpoint_key)),
        fingerprint_words(digest(after.checkpoint_key)),
    )


def _pairs(before: Mapping[str, T], after: Mapping[str, T]) -> Iterable[tuple[T | None, T | None]]:
    """Match by name: first what is in the newer one, in its order, then what only was."""
    names = [*after, *(name for name in before if name not in after)]
    return [(before.get(name), after.get(name)) for name in names]
