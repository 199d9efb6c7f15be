"""Protocols of every shape, as texts that stewards could have signed."""

import json
from pathlib import Path
from typing import Any

import jsonschema
from hypothesis import strategies as st

from governance import exchange
from governance.clause_params import Param
from governance.clauses import library
from governance.protocol_content import DS, GRU, HMB, NRES, Content, blank, parts
from governance.rules import CODE_POLICIES, PROTOCOL_NUMBERS

SCHEMAS = Path(exchange.__file__).parent
LAW = {"governing": "The law of River.", "disputes": "Before the elders of River."}

# Typed by people: letters of many scripts, quotes, braces, and no line ends.
words = st.text(
    st.characters(whitelist_categories=["L", "Nd", "P", "Sm"], max_codepoint=0xFFFF),
    min_size=1,
    max_size=30,
).map(lambda text: " ".join(f"x {text} x".split()))

_LISTED = {
    "diseases": ["cancer (MONDO:0004992)", "asthma (MONDO:0004979)", "low spirits"],
    "places": ["Switzerland (CH)", "New Zealand (NZ)"],
    "people": ["Ann Other", "Chi (0000-0002-1825-0097)"],
    "institutions": ["Charity", "Lakeside University (https://ror.org/04gyf1771)"],
    "bodies": ["The elders", "The women's group"],
    "fields": ["village", "clan"],
}  # fmt: skip


def schema(name: str) -> dict[str, Any]:
    return dict(json.loads((SCHEMAS / name).read_text(encoding="utf-8")))


def keeps_to(value: Any, name: str) -> None:
    """Fail unless the value keeps to the schema, itself a sound one."""
    jsonschema.Draft202012Validator.check_schema(schema(name))
    jsonschema.Draft202012Validator(schema(name)).validate(value)


def values(param: Param) -> st.SearchStrategy[str]:
    if param.type in _LISTED:
        fewest = 0 if param.may_be_empty else 1
        rows = st.lists(st.sampled_from(_LISTED[param.type]), min_size=fewest, unique=True)
        return rows.map("\n".join)
    if param.type == "choice":
        return st.sampled_from([choice.value for choice in param.choices])
    if param.type == "date":
        return st.dates().map(str)
    if param.type == "number":
        return st.just(param.default)
    return words


def any_value(param: Param) -> str:
    """One value that fits, the same each time."""
    if param.type in _LISTED:
        return "\n".join(_LISTED[param.type])
    if param.type == "choice":
        return param.choices[-1].value
    if param.type == "date":
        return "2030-01-31"
    return param.default or "Our own words."


@st.composite
def contents(draw: st.DrawFn) -> Content:
    content = blank()
    codes = [clause.code for clause in library().values() if clause.code != "SCOPE_DISEASE"]
    chosen = draw(st.sets(st.sampled_from(codes)))
    use = draw(st.sampled_from(["", HMB, DS, GRU, NRES]))
    ancestry = draw(st.sampled_from(["no", "ask", "yes"]))
    chosen -= {"NO_ANCESTRY"}
    chosen |= {"DESTROY", "WITHDRAW"} | ({"NO_ANCESTRY"} if ancestry == "no" else set())
    chosen |= {"SCOPE_DISEASE"} if use == DS else set()
    content["clauses"] = {
        code: {param.name: draw(values(param)) for param in library()[code].asked}
        for code in library()
        if code in chosen
    }
    for name, (least, most) in PROTOCOL_NUMBERS.items():
        content["settings"][name] = draw(st.integers(least, most))
    content["settings"]["code_policy"] = draw(st.sampled_from(CODE_POLICIES))
    content |= {"use": use, "ancestry": ancestry}
    content["law"] = {"governing": draw(words), "disputes": draw(words)}
    return content


def text_of(content: Content, title: str = "Our protocol") -> dict[str, Any]:
    """The text that stewards would sign for this content."""
    return {
        "type": "protocol",
        "version": 1,
        "community": "river",
        "line": "main",
        "title": title,
        "number": 2,
        "previous": "a" * 64,
        "created": "2026-01-31T12:00:00Z",
        **parts(content),
    }


def protocol_text(**changes: Any) -> dict[str, Any]:
    """One text with the recommended clauses."""
    content = blank()
    content |= {"use": HMB, "ancestry": "no", "law": dict(LAW)}
    content |= changes
    return text_of(content)
