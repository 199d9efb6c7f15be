"""A protocol in our own JSON: its text as it was signed, with its digest. Pure.

Shape: governance/exchange/protocol.schema.json, in words in docs/exchange.md.
"""

import json
from collections.abc import Mapping
from typing import Any

from consent.grants.codec import canonical, digest
from consent.grants.errors import Malformed
from governance.exchange.errors import BadFile
from governance.exchange.reading import SHAPE, Imported, expect, imported, object_in, only

FORMAT = "kinhold-protocol"
VERSION = 1

# Names of a protocol's text that say where and when it was made. A draft has none of them.
_ORIGIN: dict[str, type] = {"type": str, "version": int, "community": str, "number": int}
_ORIGIN_NAMES = (*_ORIGIN, "created", "previous")


def export(document: Mapping[str, Any]) -> str:
    """Return the file for a protocol's text.

    Args:
        document: the text of a protocol, as it was put to the stewards.
    """
    whole = {
        "format": FORMAT,
        "version": VERSION,
        "digest": digest(canonical(dict(document))),
        "protocol": dict(document),
    }
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def read(data: bytes) -> Imported:
    """Read a file that ``export`` wrote, here or elsewhere.

    ``digest`` may be left out by somebody who writes such a file by hand; if it is there, it fits.

    Raises:
        BadFile: with the place of what is wrong.
    """
    whole = object_in(data)
    if whole.get("format") != FORMAT:
        raise BadFile("format", f"This must say {FORMAT}.")
    if whole.get("version") != VERSION:
        raise BadFile("version", f"Only version {VERSION} is known here.")
    only(whole, {"format", "version", "protocol"} | (whole.keys() & {"digest"}), "")
    document = expect(whole["protocol"], dict, "protocol")
    only(document, {*SHAPE, *_ORIGIN_NAMES, "clauses"}, "protocol")
    for name, kind in _ORIGIN.items():
        expect(document[name], kind, f"protocol.{name}")
    if document["type"] != "protocol" or document["version"] != 1:
        raise BadFile("protocol.type", "This is not the text of a protocol, version 1.")
    if "digest" in whole:
        _fits(document, whole["digest"])
    return imported(document, place="protocol")


def _fits(document: Mapping[str, Any], told: object) -> None:
    try:
        found = digest(canonical(dict(document)))
    except Malformed as refusal:
        raise BadFile("protocol", str(refusal)) from refusal
    if told != found:
        raise BadFile("digest", "The text is not the one that was exported. It was changed since.")
