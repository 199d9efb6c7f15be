"""Every address that the platform answers, as Django's resolver has them. Static files are none."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver


@dataclass(frozen=True)
class Address:
    """``name`` with its namespaces, as ``reverse`` takes it; ``holes`` are its arguments."""

    name: str
    holes: tuple[str, ...]


def every_address() -> list[Address]:
    """List all addresses.

    Raises:
        ValueError: one has no name, or two share one, so that no row could be written for it.
    """
    found = list(_walk(get_resolver().url_patterns, (), ()))
    names = [address.name for address in found]
    if twice := {name for name in names if names.count(name) > 1}:
        raise ValueError(f"more than one address is called {sorted(twice)}")
    return found


def _walk(
    entries: Sequence[Any], spaces: tuple[str, ...], holes: tuple[str, ...]
) -> Iterator[Address]:
    for entry in entries:
        seen = holes + tuple(entry.pattern.regex.groupindex)
        if isinstance(entry, URLResolver):
            inner = (*spaces, entry.namespace) if entry.namespace else spaces
            yield from _walk(entry.url_patterns, inner, seen)
        elif isinstance(entry, URLPattern) and entry.name:
            yield Address(":".join([*spaces, entry.name]), seen)
        else:
            raise ValueError(f"the address {entry.pattern} has no name")
