"""Gunicorn's log of who asked for what, without the secrets that stand in addresses.

Given to it as ``--logger-class config.weblog.WebLog``.
"""

from typing import Any

from gunicorn.glogging import Logger  # type: ignore[import-untyped]

from config.links import without_links


class WebLog(Logger):  # type: ignore[misc]  # gunicorn has no types
    def atoms(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Return what a line is made of: the request's line, its path, where it came from, ..."""
        made: dict[str, Any] = super().atoms(*args, **kwargs)
        return {
            name: without_links(value) if isinstance(value, str) else value
            for name, value in made.items()
        }
