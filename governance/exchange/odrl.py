"""The words of ODRL 2.2 that we use, and our own for what it lacks. Pure.

Source: W3C, ODRL Information Model 2.2 and ODRL Vocabulary 2.2. What stands in neither is of our
profile and begins with ``kinhold:``.
"""

from collections.abc import Mapping
from typing import Any

from governance.clause_params import LISTS, Entry, Param, entries
from governance.vocabulary import duo

Node = dict[str, Any]

PROFILE = "urn:kinhold:odrl:1"
CONTEXT: list[Any] = [
    "http://www.w3.org/ns/odrl.jsonld",
    {
        "kinhold": f"{PROFILE}#",
        "dct": "http://purl.org/dc/terms/",
        "obo": "http://purl.obolibrary.org/obo/",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
        # What only we read stands in the file as it is, and not as statements of linked data.
        "kinhold:params": {"@id": f"{PROFILE}#params", "@type": "@json"},
        "kinhold:protocol": {"@id": f"{PROFILE}#protocol", "@type": "@json"},
        "kinhold:request": {"@id": f"{PROFILE}#request", "@type": "@json"},
        "kinhold:agreement": {"@id": f"{PROFILE}#agreement", "@type": "@json"},
    },
]

# Of the ODRL core vocabulary and its common vocabulary, as far as clauses use them.
_ACTIONS = frozenset(
    {"use", "distribute", "obtainConsent", "inform", "attribute", "delete", "derive"}
)
_LEFT = frozenset(
    {"purpose", "spatial", "count", "dateTime", "elapsedTime", "delayPeriod", "recipient"}
)

# Purposes that clauses name in words and DUO in codes.
_PURPOSES = {term.label: term for term in duo.terms().values()} | {
    "population origins or ancestry research": duo.terms()[duo.ANCESTRY_ONLY],
}


def action(name: str) -> str:
    return name if name in _ACTIONS else f"kinhold:{name}"


def left(name: str) -> str:
    return name if name in _LEFT else f"kinhold:{name}"


def constraint(name: str, operator: str, right: Any) -> Node:
    return {"leftOperand": left(name), "operator": operator, "rightOperand": right}


def typed(value: object, kind: str) -> Node:
    return {"@value": str(value), "@type": f"xsd:{kind}"}


def months(number: int) -> Node:
    return typed(f"P{number}M", "duration")


def term(term_id: str) -> Node:
    """Return a term of DUO or Mondo by its address."""
    return {"@id": f"obo:{term_id.replace(':', '_')}"}


def urn(*parts: object) -> str:
    return ":".join(["urn:kinhold", *map(str, parts)])


def right_of(template: str, params: Mapping[str, Param], values: Mapping[str, str]) -> Any:
    """Return the right side of a clause's constraint, its hole filled.

    Args:
        template: words, or one hole such as ``{days}`` with perhaps a unit behind it.
        params: the clause's holes by name.
    """
    if not template.startswith("{"):
        found = _PURPOSES.get(template)
        return term(found.id) if found else template
    name, _brace, unit = template[1:].partition("}")
    param, value = params[name], values[name]
    if param.type in LISTS:
        return [_entry(entry) for entry in entries(value)] or param.default
    if unit.strip() in ("days", "months"):
        return typed(f"P{value}{unit.strip()[0].upper()}", "duration")
    if param.type == "date":
        return typed(value, "date")
    if param.type == "number" or param.setting:
        return typed(value, "decimal" if param.decimal else "integer")
    return value


def _entry(entry: Entry) -> Any:
    if entry.id.startswith("MONDO:"):
        return term(entry.id)
    if entry.id.startswith("https://"):
        return {"@id": entry.id}
    if len(entry.id) == 19:  # an ORCID
        return {"@id": f"https://orcid.org/{entry.id}"}
    return entry.id or entry.text
