"""Parts of a dataset's record that other apps know: what ran on it, what was made from it.

Each app registers its own, once, from ``AppConfig.ready()``, because this app may not ask them.
"""

from collections.abc import Callable
from typing import Any

from governance.models import Dataset

Part = Callable[[Dataset], list[dict[str, Any]]]

_parts: dict[str, Part] = {}


def register_part(name: str, part: Part) -> None:
    _parts[name] = part


def parts_of(dataset: Dataset) -> dict[str, list[dict[str, Any]]]:
    """Return every registered part of one dataset's record, by name."""
    return {name: part(dataset) for name, part in _parts.items()}
