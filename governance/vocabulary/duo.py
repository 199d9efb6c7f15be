"""The Data Use Ontology: what a dataset may be used for, in codes that others know too. Pure.

A clause of a community is the truth; a DUO code is a tag on it, by which others find the data.

Read from our own table and never from the OWL file, which has four traps (docs/vocabularies.md):
one identifier written with eight digits, modifiers that look like kinds of each other, obsolete
terms that are not marked, and a grant among the limits.

Source: governance/fixtures/duo_terms.json, from EBISPOT/DUO, release 2021-02-23, CC BY 4.0.
"""

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from governance.vocabulary.errors import ObsoleteTerm, UnknownTerm

TABLE = Path(__file__).parent.parent / "fixtures" / "duo_terms.json"

NO_RESTRICTION = "DUO:0000004"  # NRES
GENERAL_RESEARCH = "DUO:0000042"  # GRU
HEALTH = "DUO:0000006"  # HMB
DISEASE = "DUO:0000007"  # DS
ANCESTRY_ONLY = "DUO:0000011"  # POA
NO_ANCESTRY = "DUO:0000044"  # NPOA
CLINICAL_CARE = "DUO:0000043"  # CC
NOT_FOR_PROFIT_NON_COMMERCIAL = "DUO:0000018"  # NPUNCU
NOT_FOR_PROFIT = "DUO:0000045"  # NPU
NON_COMMERCIAL = "DUO:0000046"  # NCU

# In the OWL file NPU and NCU stand *under* NPUNCU, which is the stricter of the three. Reasoning by
# subclass would call the strict rule kept by whoever keeps half of it; so it is written out here.
TOGETHER = {NOT_FOR_PROFIT_NON_COMMERCIAL: frozenset({NOT_FOR_PROFIT, NON_COMMERCIAL})}

_ID = re.compile(r"(?:https?://purl\.obolibrary\.org/obo/)?DUO[_:]([0-9]{7,8})", re.IGNORECASE)


@dataclass(frozen=True)
class Term:
    """One term.

    Attributes:
        code: the short code, such as GRU; "" for a term that has none.
        kind: root, permission, modifier or investigation.
        parent: as in the OWL file. Nothing is decided by it (see ``TOGETHER``).
        parameter: what the code needs beside it, such as a disease; "" for none.
        plain: what it means, in our own words.
        check: who can tell whether it is kept.
        iris: every address under which files name the term; ``iri`` is the one to write.
    """

    id: str
    code: str
    label: str
    kind: str
    parent: str
    parameter: str
    plain: str
    check: str
    iri: str
    iris: tuple[str, ...]

    @property
    def allows(self) -> bool:
        """Whether the modifier allows something more instead of limiting it: CC alone does."""
        return self.id == CLINICAL_CARE


@cache
def terms() -> dict[str, Term]:
    """Return the 25 terms of DUO proper by id: two roots, five permissions, 18 modifiers."""
    return {row["id"]: _term(row) for row in _table()["terms"]}


@cache
def investigations() -> dict[str, Term]:
    """Return the classes that say what a request is for, by id."""
    return {
        row["id"]: _term(row | {"kind": "investigation"}) for row in _table()["investigation_types"]
    }


def permissions() -> dict[str, Term]:
    return {term.id: term for term in terms().values() if term.kind == "permission"}


def modifiers() -> dict[str, Term]:
    return {term.id: term for term in terms().values() if term.kind == "modifier"}


def resolve(text: str) -> Term:
    """Return the term that somebody wrote: an id, a code, or one of its addresses.

    Raises:
        ObsoleteTerm: it was taken out of use; the sentence names what stands for it now.
        UnknownTerm: there is none.
    """
    written = text.strip()
    found = _by_spelling().get(_spelling(written))
    if found is not None:
        return found
    obsolete = _obsolete().get(_spelling(written))
    if obsolete is None:
        raise UnknownTerm(f"DUO has no term {written[:60]}.")
    replacements = tuple(re.findall(r"DUO:[0-9]{7}", obsolete["replaced_by"] or ""))
    instead = (
        f"Use {' and '.join(replacements)} instead."
        if replacements
        else "Nothing stands in its place."
    )
    raise ObsoleteTerm(f"{obsolete['id']} is not used any more. {instead}", replacements)


def expand(ids: Collection[str]) -> frozenset[str]:
    """Return the single rules that these terms say together.

    Modifiers are flat: none stands for another, but 0000018, which is 0000045 and 0000046.

    Raises:
        ObsoleteTerm, UnknownTerm: as ``resolve``.
    """
    found = {resolve(each).id for each in ids}
    return frozenset().union(*(TOGETHER.get(each, frozenset({each})) for each in found))


def permits_ancestry(ids: Collection[str]) -> bool:
    """Say whether these terms together let ancestry research in.

    General research does, unless NPOA stands beside it: what was meant for one illness went into
    studies of origins just so.

    Raises:
        ObsoleteTerm, UnknownTerm: as ``resolve``.
    """
    found = expand(ids)
    if NO_ANCESTRY in found:
        return False
    return bool(found & {NO_RESTRICTION, GENERAL_RESEARCH, ANCESTRY_ONLY})


@cache
def _table() -> dict[str, list[dict[str, Any]]]:
    table: dict[str, list[dict[str, Any]]] = json.loads(TABLE.read_text(encoding="utf-8"))
    return table


def _term(row: dict[str, Any]) -> Term:
    iri = row.get("iri") or f"http://purl.obolibrary.org/obo/{row['id'].replace(':', '_')}"
    other = row.get("iri_in_owl")
    return Term(
        id=row["id"],
        code=row.get("code") or "",
        label=row["label"],
        kind=row["kind"],
        parent=row["parent"] or "",
        parameter=row.get("parameter") or "",
        plain=row.get("plain") or "",
        check=row.get("check") or "",
        iri=iri,
        iris=(iri, other) if other else (iri,),
    )


@cache
def _by_spelling() -> dict[str, Term]:
    found = {}
    for term in [*terms().values(), *investigations().values()]:
        for spelling in (term.id, *term.iris, *filter(None, [term.code])):
            found[_spelling(spelling)] = term
    return found


@cache
def _obsolete() -> dict[str, dict[str, Any]]:
    return {_spelling(row["id"]): row for row in _table()["obsolete"]}


def _spelling(text: str) -> str:
    """Return one spelling for an id however it is written: its digits; a code in capitals.

    The digits are kept as they are: only NPOA is known under eight of them.
    """
    matched = _ID.fullmatch(text)
    return matched[1] if matched else text.upper()
