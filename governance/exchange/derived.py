"""Terms of the Data Use Ontology as they follow from what was signed. Never the other way round.

DUO cannot say most of what a community decides; a term is a tag by which others find things. Pure.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from governance.clauses import library
from governance.vocabulary import duo

NOTE = "Derived from the text. The text is what counts; DUO cannot say all of it."


def of_request(request: Mapping[str, Any]) -> dict[str, Any]:
    """Return the terms that follow from a request's purpose and diseases."""
    return _told(_wished(request))


def of_grant(grant: Mapping[str, Any], protocols: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the terms that follow from a grant's purpose and from the protocols it names.

    Args:
        protocols: the statements of the very versions that the grant names.
    """
    found = [_term(grant["purpose"]["code"], "purpose")]
    for protocol in protocols:
        found.extend(_of_protocol(protocol))
    return _told(term for term in found if term)


def _wished(request: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    if term := _term(request["purpose"]["code"], "purpose"):
        yield term
    if request.get("diseases"):
        yield from filter(None, [_term(duo.DISEASE, "diseases")])


def _of_protocol(protocol: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    line = protocol.get("line", "main")
    if term := _term(protocol.get("use", ""), f"use in {line}"):
        yield term
    for held in protocol["clauses"]:
        known = library().get(held["code"])
        for code in known.duo if known else ():
            term = _term(code, f"clause {held['code']} in {line}")
            if term:
                yield term | ({} if known and known.duo_exact else {"in_part": True})


def _term(code: str, source: str) -> dict[str, Any]:
    known = duo.terms().get(code) or duo.investigations().get(code)
    return {"id": known.id, "label": known.label, "from": source} if known else {}


def _told(terms: Iterable[dict[str, Any]]) -> dict[str, Any]:
    return {"note": NOTE, "duo": list(terms)}
