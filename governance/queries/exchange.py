"""A protocol's text as files hold it."""

import json
from typing import Any

from governance.errors import NotReady
from governance.exchange.reading import SHAPE
from governance.models import Protocol


def document_of(protocol: Protocol) -> dict[str, Any]:
    """Return the text of a version.

    Raises:
        NotReady: it was written before protocols said all that a file holds.
    """
    document: dict[str, Any] = json.loads(protocol.statement.text)
    if not SHAPE.keys() <= document.keys():
        raise NotReady("This version is too old for a file. Begin a new version from it first.")
    return document
