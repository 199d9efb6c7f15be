"""Names of diseases, and which of them is a kind of which. Pure but for reading one file.

A small selection of Mondo is shipped, so that everything works without a network. All of it can be
loaded (``manage.py load_mondo``, docs/vocabularies.md); then that file is read instead.

Source: Mondo Disease Ontology, CC BY 4.0; the release stands in the file.
"""

import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from governance.vocabulary.errors import BadVocabulary

SUBSET = Path(__file__).parent.parent / "fixtures" / "mondo_subset.json"
MOST_FOUND = 30
ID = re.compile(r"MONDO:[0-9]{7}")


@dataclass(frozen=True)
class Term:
    id: str
    label: str
    names: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.label} ({self.id})"


class Vocabulary:
    """A set of terms that never changes once it is read."""

    def __init__(self, terms: Iterable[Term], *, release: str) -> None:
        self.release = release
        self.terms: Mapping[str, Term] = {term.id: term for term in terms}

    def search(self, text: str) -> list[Term]:
        """Return the terms in whose names every word of ``text`` stands, the shortest first."""
        words = text.lower().split()
        if not words:
            return []
        found = [
            (len(term.label), term.label, term)
            for names, term in self._searched
            if all(word in names for word in words)
        ]
        return [term for _length, _label, term in sorted(found, key=lambda row: row[:2])][
            :MOST_FOUND
        ]

    def find(self, text: str) -> Term | None:
        """Return the one term of this id or name, whatever the case; None for free text."""
        return self._by_name.get(_plain(text))

    def covers(self, permitted: Collection[str], asked: str) -> bool | None:
        """Say whether what is asked for is one of the permitted diseases or a kind of one.

        Never the other way round: data for lung cancer does not serve a study of cancer.

        Returns:
            True or False; None when the vocabulary does not know enough to say no.
        """
        if asked in permitted:
            return True
        if asked not in self.terms:
            return None
        above = self._ancestors(asked)
        if any(each in above for each in permitted):
            return True
        return False if permitted and all(each in self.terms for each in permitted) else None

    def _ancestors(self, term_id: str) -> frozenset[str]:
        seen: set[str] = set()
        waiting = list(self.terms[term_id].parents)
        while waiting:
            each = waiting.pop()
            if each not in seen:
                seen.add(each)
                waiting.extend(self.terms[each].parents if each in self.terms else ())
        return frozenset(seen)

    @cached_property
    def _by_name(self) -> dict[str, Term]:
        """Ids and labels outrank other names, which two terms may share."""
        found: dict[str, Term] = {}
        for term in self.terms.values():
            for name in (*term.names,):
                found.setdefault(_plain(name), term)
        for term in self.terms.values():
            found[_plain(term.label)] = term
            found[_plain(str(term))] = term
            found[_plain(term.id)] = term
        return found

    @cached_property
    def _searched(self) -> list[tuple[str, Term]]:
        return [
            (" | ".join([term.label, *term.names, term.id]).lower(), term)
            for term in self.terms.values()
        ]


def load(path: Path) -> Vocabulary:
    """Read a file in our own compact form.

    Raises:
        BadVocabulary: it is not in that form; the sentence says where.
        OSError: it cannot be read.
    """
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
        terms = [_term(row) for row in table["terms"]]
        release = str(table["release"])
    except (ValueError, KeyError, TypeError) as error:
        raise BadVocabulary(f"{path.name} is not a list of terms: {error}") from error
    if not terms:
        raise BadVocabulary(f"{path.name} holds no terms.")
    return Vocabulary(terms, release=release)


class _Shelf:
    """Which file is read, and what was read from it; set once when the program starts."""

    path: Path = SUBSET
    read: Vocabulary | None = None


def use(path: Path) -> None:
    """Read terms from this file from now on; the shipped selection when there is no such file."""
    _Shelf.path = path if path.is_file() else SUBSET
    _Shelf.read = None


def current() -> Vocabulary:
    """Return the terms in use, read on the first call."""
    if _Shelf.read is None:
        _Shelf.read = load(_Shelf.path)
    return _Shelf.read


def search(text: str) -> list[Term]:
    return current().search(text)


def find(text: str) -> Term | None:
    return current().find(text)


def covers(permitted: Collection[str], asked: str) -> bool | None:
    return current().covers(permitted, asked)


def read(text: str) -> tuple[list[Term], list[str]]:
    """Return the terms in a list of diseases that a person wrote, and what is free text.

    The parts stand between semicolons, line ends or commas; a comma may also be part of a name.
    """
    terms: list[Term] = []
    free: list[str] = []
    for part in filter(None, (part.strip() for part in re.split(r"[;\n]", text))):
        whole = find(part)
        pieces = [part] if whole else [piece.strip() for piece in part.split(",")]
        for piece in filter(None, pieces):
            term = whole or find(piece)
            if term:
                terms.append(term)
            else:
                free.append(piece)
    return list(dict.fromkeys(terms)), free


def _term(row: Mapping[str, Any]) -> Term:
    if not ID.fullmatch(row["id"]):
        raise ValueError(f"{row['id']!r} is not an id of Mondo")
    return Term(
        id=row["id"],
        label=str(row["label"]),
        names=tuple(row.get("names", ())),
        parents=tuple(row.get("parents", ())),
    )


def _plain(text: str) -> str:
    return " ".join(text.lower().split())
