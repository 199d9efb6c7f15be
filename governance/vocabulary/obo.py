"""All of Mondo as its makers publish it, turned into our compact form. Pure.

Two forms are read: OBO (``mondo.obo``) and the JSON of obo-graphs (``mondo.json``). Kept are the
terms of Mondo itself that are in use, with their exact names and their parents.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from governance.vocabulary.errors import BadVocabulary
from governance.vocabulary.mondo import ID

SOURCE = "Mondo Disease Ontology, https://mondo.monarchinitiative.org"
_IRI = re.compile(r"http://purl\.obolibrary\.org/obo/MONDO_([0-9]{7})")
_SYNONYM = re.compile(r'synonym: "((?:[^"\\]|\\.)*)" EXACT')
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

Row = dict[str, Any]


def compact(text: str) -> dict[str, Any]:
    """Return the compact table of a whole release.

    Args:
        text: what ``mondo.obo`` or ``mondo.json`` holds.
    Raises:
        BadVocabulary: it is neither, or holds no terms of Mondo.
    """
    release, rows = _graph(text) if text.lstrip().startswith("{") else _obo(text)
    known = {row["id"] for row in rows}
    if not rows:
        raise BadVocabulary("There are no terms of Mondo in this file.")
    for row in rows:
        row["parents"] = sorted({parent for parent in row["parents"] if parent in known})
    return {
        "source": SOURCE,
        "release": release,
        "licence": "CC BY 4.0",
        "changes": "Ids, labels, exact names and parents only.",
        "terms": sorted(rows, key=lambda row: row["id"]),
    }


def _obo(text: str) -> tuple[str, list[Row]]:
    head, *stanzas = re.split(r"^\[(?=[A-Z][a-z]+\]$)", text, flags=re.MULTILINE)
    found = re.search(r"^data-version: .*$", head, flags=re.MULTILINE)
    terms = [stanza for stanza in stanzas if stanza.startswith("Term]")]
    return _release(found[0] if found else ""), list(filter(None, map(_stanza, terms)))


def _stanza(stanza: str) -> Row | None:
    row: Row = {"id": "", "label": "", "names": [], "parents": []}
    for line in stanza.splitlines():
        if line.startswith("id: "):
            row["id"] = line[4:].strip()
        elif line.startswith("name: "):
            row["label"] = _unescaped(line[6:].strip())
        elif line == "is_obsolete: true":
            return None
        elif line.startswith("is_a: "):
            row["parents"].append(line[6:].split(" ", 1)[0])
        elif matched := _SYNONYM.match(line):
            row["names"].append(_unescaped(matched[1]))
    return row if ID.fullmatch(row["id"]) and row["label"] else None


def _graph(text: str) -> tuple[str, list[Row]]:
    try:
        graph = json.loads(text)["graphs"][0]
        nodes, edges = graph["nodes"], graph["edges"]
        rows = {row["id"]: row for row in _nodes(nodes)}
        for child, parent in _is_a(edges):
            if child in rows:
                rows[child]["parents"].append(parent)
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise BadVocabulary(f"This is not a graph of terms: {error!r}") from error
    return _release(str(graph.get("meta", {}).get("version", ""))), list(rows.values())


def _nodes(nodes: Iterable[Mapping[str, Any]]) -> Iterator[Row]:
    for node in nodes:
        meta = node.get("meta", {})
        term_id = _id(node["id"])
        if term_id and node.get("lbl") and not meta.get("deprecated"):
            names = [
                each["val"]
                for each in meta.get("synonyms", [])
                if each.get("pred") == "hasExactSynonym"
            ]
            yield {"id": term_id, "label": node["lbl"], "names": names, "parents": []}


def _is_a(edges: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    for edge in edges:
        if edge["pred"] == "is_a":
            yield _id(edge["sub"]), _id(edge["obj"])


def _id(iri: str) -> str:
    matched = _IRI.fullmatch(iri)
    return f"MONDO:{matched[1]}" if matched else ""


def _release(text: str) -> str:
    found = _DATE.search(text)
    return found[0] if found else "unknown"


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)
