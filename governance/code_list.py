"""The code that a delegation can be for: whoever has a catalogue says what is in it.

This app knows of none above it, so the list is asked for, as the menu is.
"""

from collections.abc import Callable

Codes = Callable[[], list[tuple[str, str]]]
"""Returns (SHA-256 hex of the code, name for people), by name."""

_sources: list[Codes] = []


def register_codes(source: Codes) -> None:
    if source not in _sources:
        _sources.append(source)


def codes() -> list[tuple[str, str]]:
    """Return every code that can be delegated now, by name."""
    return [code for source in _sources for code in source()]


def code_name(digest: str) -> str:
    """Return the name of a code, or the beginning of its digest when it is not listed any more."""
    return dict(codes()).get(digest, digest[:16])
