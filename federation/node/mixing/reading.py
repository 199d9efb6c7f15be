"""Reads what a step of secure aggregation carries: closed by default, since anybody may send it."""

from collections.abc import Mapping

from federation.catalogue.shared.masks import MOST_NODES, STEPS
from federation.node.errors import NotHidden
from federation.node.mixing.statements import LONGEST

_FIELDS = {
    "setup": {"stage"},
    "share": {"stage", "statements", "signatures"},
    "collect": {"stage", "from", "sealed"},
    "unmask": {"stage", "active", "dropped"},
}
_ODD = "This step of secure aggregation does not hold what it must."


def step_of(record: Mapping[str, object]) -> str:
    """Name the step that a message asks for.

    Raises:
        NotHidden: it is none, or the message holds other things than such a step does.
    """
    step = record.get("stage")
    if not isinstance(step, str) or step not in STEPS or set(record) != _FIELDS[step]:
        raise NotHidden(_ODD)
    return step


def texts(record: Mapping[str, object], name: str) -> list[str]:
    """Read a list of names, each there once."""
    found = [item for item in _items(record, name) if isinstance(item, str)]
    if len(set(found)) != len(_items(record, name)):
        raise NotHidden(_ODD)
    return found


def blobs(record: Mapping[str, object], name: str, count: int) -> list[bytes]:
    """Read a list of so many byte strings."""
    found = [item for item in _items(record, name) if isinstance(item, bytes)]
    if not len(found) == len(_items(record, name)) == count:
        raise NotHidden(_ODD)
    if any(len(item) > LONGEST for item in found):
        raise NotHidden(_ODD)
    return found


def _items(record: Mapping[str, object], name: str) -> list[object]:
    value = record.get(name)
    if not isinstance(value, list) or len(value) > MOST_NODES:
        raise NotHidden(_ODD)
    return value
