"""A draft as the form keeps it: parts of it by name, and older drafts in today's shape. Pure.

A part is named as in the document; what lies inside another field is named with one dot:
``institution.name``. ``title`` is a part too, though it is kept beside the draft.
"""

from collections.abc import Collection, Mapping
from hashlib import sha256
from json import dumps
from typing import Any

Draft = Mapping[str, Any]
_EMPTY: tuple[Any, ...] = (None, "", [], {})


def part_of(draft: Draft, names: Collection[str]) -> dict[str, Any]:
    """Return the named parts; one that is empty or missing is left out."""
    found = {name: _at(draft, name) for name in names}
    return {name: value for name, value in found.items() if value not in _EMPTY}


def with_parts(draft: Draft, parts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the draft with these parts in place of those that were there.

    What is empty is taken out, so that it is told as missing.
    """
    changed = dict(draft)
    for name, value in parts.items():
        outer, _, inner = name.partition(".")
        if inner:
            held = changed.get(outer)
            value = _put(held if isinstance(held, Mapping) else {}, inner, value)
        changed = _put(changed, outer, value)
    return changed


def mark_of(draft: Draft, names: Collection[str]) -> str:
    """Return a short mark that is another one as soon as one of the parts is."""
    text = dumps(part_of(draft, names), sort_keys=True)
    return sha256(text.encode()).hexdigest()[:16]


def in_todays_shape(draft: Draft) -> dict[str, Any]:
    """Move what a draft of the first form (version 1) says to where today's form asks for it.

    Nothing is made up and nothing is lost: a text goes into the first row of a list, or before
    what stands there already.
    """
    found = dict(draft)
    if text := found.pop("funders", ""):
        found.setdefault("funding", [{"name": "", "type": "", "conditions": text}])
    if text := found.pop("benefits", ""):
        found.setdefault("benefits_list", [{"text": text, "due_months": None, "checked_by": ""}])
    if text := found.pop("after", ""):
        found["destruction"] = "\n".join(filter(None, [text, found.get("destruction", "")]))
    return found


def _at(draft: Draft, name: str) -> Any:
    outer, _, inner = name.partition(".")
    value = draft.get(outer)
    if not inner:
        return value
    return value.get(inner) if isinstance(value, Mapping) else None


def _put(held: Mapping[str, Any], name: str, value: Any) -> dict[str, Any]:
    kept = {key: each for key, each in held.items() if key != name}
    return kept if value in _EMPTY else kept | {name: value}
