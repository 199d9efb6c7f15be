"""A protocol as an ODRL Offer, and back. Pure.

One permission to use the data: its constraints and its duties are what the community asks for.
Beside it the prohibitions. Where a prohibition and the permission meet, the prohibition wins.
Every rule carries its clause and what fills its holes; so the file can be read back without
guessing, and it is read back by *writing it anew and comparing*: a file whose ODRL part says
something else than its clause is refused.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from consent.grants.codec import canonical, digest
from governance.clauses import Clause, library
from governance.exchange import odrl
from governance.exchange.errors import BadFile
from governance.exchange.odrl import CONTEXT, PROFILE, Node
from governance.exchange.reading import SHAPE, Imported, expect, imported, object_in, only

_DESCRIPTION = "kinhold:protocol"
_KIND = {"type": "protocol", "version": 1}
# What the description of a protocol holds beside the shape of its content.
_ORIGIN = ("number", "previous", "created", "community")


def export(document: Mapping[str, Any]) -> str:
    """Return the file for a protocol's text."""
    return json.dumps(offer(document), indent=2, ensure_ascii=False) + "\n"


def offer(document: Mapping[str, Any]) -> Node:
    """Return the Offer.

    Args:
        document: the text of a protocol, as it was put to the stewards.
    """
    origin = {
        "community": document["community"],
        "number": document["number"],
        "previous": document["previous"],
        "created": document["created"],
        "digest": digest(canonical(dict(document))),
    }
    return _offer(document, origin)


def read(data: bytes) -> Imported:
    """Read a file that ``export`` wrote, here or elsewhere.

    ``digest`` may be left out by somebody who writes such a file by hand; if it is there, it fits.

    Raises:
        BadFile: with the place of what is wrong.
    """
    whole = object_in(data)
    if whole.get("@context") != CONTEXT:
        raise BadFile("@context", "This must be the context of our profile, word for word.")
    if whole.get("@type") != "Offer" or whole.get("profile") != PROFILE:
        raise BadFile("@type", f"Only an Offer of the profile {PROFILE} can be taken in.")
    told = expect(whole.get(_DESCRIPTION), dict, _DESCRIPTION)
    known = {*(name for name in SHAPE if name != "title"), *_ORIGIN}
    only(told, known | (told.keys() & {"digest"}), _DESCRIPTION)
    expect(told["community"], str, f"{_DESCRIPTION}.community")
    expect(told["number"], int, f"{_DESCRIPTION}.number")
    title = expect(whole.get("dct:title"), str, "dct:title")
    document = {name: told[name] for name in SHAPE if name != "title"}
    document |= {"title": title, "clauses": list(_clauses(whole))}
    found = imported(document)
    origin = {name: told[name] for name in _ORIGIN}
    if "digest" in told:
        origin["digest"] = digest(canonical({**_KIND, **document, **origin}))
    _same(whole, _offer(document, origin), "")
    return found


def _offer(document: Mapping[str, Any], origin: Mapping[str, Any]) -> Node:
    community = str(origin["community"])
    target = odrl.urn("community", community, "data", document["line"])
    permission: Node = {"action": "use", "target": target, "constraint": [], "duty": []}
    prohibitions: list[Node] = []
    for clause in document["clauses"]:
        kind, node = _rule(clause)
        if kind == "prohibition":
            prohibitions.append({"target": target, **node})
        else:
            permission["duty" if kind == "duty" else "constraint"].append(node)
    permission["constraint"] += list(_from_settings(document))
    return {
        "@context": CONTEXT,
        "@type": "Offer",
        "uid": odrl.urn("protocol", community, document["line"], origin["number"]),
        "profile": PROFILE,
        "conflict": "prohibit",
        "dct:title": document["title"],
        "assigner": odrl.urn("community", community),
        _DESCRIPTION: {
            **{name: document[name] for name in SHAPE if name != "title"},
            **origin,
        },
        "permission": [permission],
        "prohibition": prohibitions,
    }


def _rule(clause: Mapping[str, Any]) -> tuple[str, Node]:
    """Return the kind of rule, and the rule with the clause that it comes from."""
    known = library()[clause["code"]]
    rule = known.odrl
    held = _constraint(known, clause["params"])
    from_clause = {
        "kinhold:clause": clause["code"],
        "kinhold:params": dict(clause["params"]),
        "kinhold:enforcement": clause["enforcement"],
        "dct:description": clause["text"],
    }
    if rule["rule"] in ("constraint", "permission"):
        return "constraint", {**held, **from_clause}
    node: Node = {"action": odrl.action(rule["action"])}
    if held:
        node["constraint"] = [held]
    return rule["rule"], {**node, **from_clause}


def _constraint(clause: Clause, values: Mapping[str, str]) -> Node:
    told = clause.odrl.get("constraint")
    if not told:
        return {}
    params = {param.name: param for param in clause.params}
    right = odrl.right_of(told["right"], params, values)
    return odrl.constraint(told["left"], told["operator"], right)


def _from_settings(document: Mapping[str, Any]) -> Iterator[Node]:
    """What no clause says but a setting does."""
    settings = document["settings"]
    if document["use"]:
        yield odrl.constraint("purpose", "isA", odrl.term(document["use"]))
    yield odrl.constraint("participants", "gteq", odrl.typed(settings["min_nodes"], "integer"))
    yield odrl.constraint(
        "coolingOff", "gteq", odrl.typed(f"PT{settings['cooling_off_s']}S", "duration")
    )
    yield odrl.constraint("codePolicy", "eq", settings["code_policy"])


def _clauses(whole: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield every clause in a file, in the library's order, as it stands in a protocol's text."""
    rows = []
    for place, node in _nodes(whole):
        if "kinhold:clause" in node:
            code = expect(node["kinhold:clause"], str, f"{place}.kinhold:clause")
            if code not in library():
                raise BadFile(
                    f"{place}.kinhold:clause", f"There is no clause {code[:40]} in the library."
                )
            rows.append(
                {
                    "code": code,
                    "text": expect(node.get("dct:description"), str, f"{place}.dct:description"),
                    "enforcement": expect(
                        node.get("kinhold:enforcement"), str, f"{place}.kinhold:enforcement"
                    ),
                    "params": expect(node.get("kinhold:params"), dict, f"{place}.kinhold:params"),
                }
            )
    order = list(library())
    yield from sorted(rows, key=lambda row: order.index(row["code"]))


def _nodes(whole: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    permissions = expect(whole.get("permission"), list, "permission")
    if len(permissions) != 1:
        raise BadFile("permission", "There must be one permission, with everything asked for.")
    permission = expect(permissions[0], dict, "permission[0]")
    for name in ("constraint", "duty"):
        rows = expect(permission.get(name), list, f"permission[0].{name}")
        yield from _objects(rows, f"permission[0].{name}")
    yield from _objects(expect(whole.get("prohibition"), list, "prohibition"), "prohibition")


def _objects(rows: list[Any], place: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for index, row in enumerate(rows):
        yield f"{place}[{index}]", expect(row, dict, f"{place}[{index}]")


def _same(found: Any, wanted: Any, place: str) -> None:
    """Refuse the first thing in a file that is not what its own clauses say."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        only(found, wanted, place)
        for name, value in wanted.items():
            _same(found[name], value, f"{place}.{name}" if place else name)
    elif isinstance(wanted, list) and isinstance(found, list):
        if len(found) != len(wanted):
            raise BadFile(place, "The clauses in this file ask for a list of another length.")
        for index, value in enumerate(wanted):
            _same(found[index], value, f"{place}[{index}]")
    elif type(found) is not type(wanted) or found != wanted:
        raise BadFile(place, "This is not what the clauses in this file say.")
