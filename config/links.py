"""Links that open something by themselves: they must stand in no log.

Whoever reads a log could else walk in by an invitation, or read a request as its adviser.
"""

import re

# One word for each address that ends in a secret; tests/architecture/test_links.py finds new ones.
SECRET_AFTER = ("advice", "join", "terms", "way-back", "confirm-email", "password/reset/key")
_LINK = re.compile(rf"/({'|'.join(SECRET_AFTER)})/[^/\s?\"']{{16,}}")


def without_links(text: str) -> str:
    """Return the text with the secret part of every such link taken out."""
    return _LINK.sub(r"/\1/(secret)", text)
