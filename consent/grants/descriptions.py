"""What a node tells the platform of one dataset: words, types and a size band, signed.

No row, no count and no value beyond the limits that the operator wrote down. The signature is the
node's receipt key's. Source: docs/grant-format.md, "Descriptions of datasets".
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from consent.grants import fields
from consent.grants.codec import canonical, digest, parse_canonical
from consent.grants.cose import load_ed25519
from consent.grants.errors import BadSignature
from consent.grants.provenance import check_record

SIZE_BANDS = ("21-49", "50-99", "100-199", "200-499", "500-999", "1000+")
VARIABLE_TYPES = ("number", "category", "yes-no")
MAX_VARIABLES = 500
MAX_CATEGORIES = 50
MAX_DESCRIPTION = 8000  # characters

_FIELDS = "node dataset at title description size_band variables provenance overwrite_text"
_VARIABLE = "name type unit label range categories"
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,10})?")


@dataclass(frozen=True)
class Description:
    """``provenance`` is None when the node sends none. ``digest`` is that of the signed text.

    ``overwrite_text`` asks for the node's words in place of those that people wrote since.
    """

    community: str
    node: str
    dataset: str
    at: datetime
    title: str
    description: str
    size_band: str
    variables: tuple[Mapping[str, Any], ...]
    provenance: Mapping[str, Any] | None
    overwrite_text: bool
    digest: str


def sign_description(document: Mapping[str, Any], key: Ed25519PrivateKey) -> tuple[bytes, bytes]:
    """Write and sign a description, after the checks that its reader makes.

    Raises:
        Malformed: it could not be read back.
    """
    text = canonical(document)
    parse_description(text)
    return text, key.sign(text)


def verify_description(text: bytes, signature: bytes, receipt_key: bytes) -> Description:
    """Read a description that the holder of ``receipt_key`` signed.

    Args:
        receipt_key: raw Ed25519 public key, 32 bytes.
    Raises:
        BadSignature: nothing in ``text`` was read.
        Malformed, WrongType: signed, but not a description.
    """
    try:
        load_ed25519(receipt_key).verify(signature, text)
    except InvalidSignature as error:
        raise BadSignature("The description is not signed by that node.") from error
    return parse_description(text)


def parse_description(text: bytes) -> Description:
    """Read a description whose signature was, or need not be, checked.

    Raises:
        Malformed, WrongType: as for every other text that nodes and platform exchange.
    """
    document = fields.header(parse_canonical(text), "dataset", _FIELDS)
    record = document["provenance"]
    return Description(
        community=document["community"],
        node=fields.slug(document["node"], "node"),
        dataset=fields.slug(document["dataset"], "dataset"),
        at=fields.time(document["at"], "at"),
        title=fields.text(document["title"], "title"),
        description=fields.text(
            document["description"], "description", MAX_DESCRIPTION, lines=True
        ),
        size_band=_one_of(document["size_band"], SIZE_BANDS, "size_band"),
        variables=check_variables(document["variables"]),
        provenance=None if record is None else check_record(record),
        overwrite_text=fields.boolean(document["overwrite_text"], "overwrite_text"),
        digest=digest(text),
    )


def check_variables(value: object) -> tuple[dict[str, Any], ...]:
    """Return the variables of a dataset if each is sound and no name comes twice.

    Raises:
        Malformed: with the name of the first that is not.
    """
    variables = fields.each(value, _variable, "variables", 1, MAX_VARIABLES)
    fields.distinct(tuple(variable["name"] for variable in variables), "variables")
    return variables


def variable(
    name: str,
    kind: str,
    *,
    unit: str = "",
    label: str = "",
    limits: tuple[str, str] | None = None,
    categories: tuple[str, ...] = (),
) -> dict[str, Any]:
    """Write one variable; ``limits`` are the least and the greatest value, as decimal texts."""
    return {
        "name": name,
        "type": kind,
        "unit": unit,
        "label": label,
        "range": None if limits is None else {"least": limits[0], "most": limits[1]},
        "categories": list(categories),
    }


def _variable(value: object, where: str) -> dict[str, Any]:
    held = fields.fields(value, _VARIABLE, "variable")
    name = fields.name(held["name"], f"{where}.name")
    here = f"{where}.{name}"
    kind = _one_of(held["type"], VARIABLE_TYPES, f"{here}.type")
    for key, most in (("unit", 40), ("label", 200)):
        if held[key] != "":
            fields.text(held[key], f"{here}.{key}", most)
    if held["range"] is not None:
        _range(held["range"], kind, here)
    categories = fields.each(held["categories"], _category, here, 0, MAX_CATEGORIES)
    fields.distinct(categories, f"{here}.categories")
    if categories and kind != "category":
        fields.refuse(f"{here}.categories", "empty for a variable that is no category")
    return held


def _range(value: object, kind: str, here: str) -> None:
    held = fields.fields(value, "least most", "range")
    ends = [fields.matching(held[k], _DECIMAL, here, "a decimal", 30) for k in ("least", "most")]
    if kind != "number":
        fields.refuse(f"{here}.range", "empty for a variable that is no number")
    if Decimal(ends[0]) > Decimal(ends[1]):
        fields.refuse(f"{here}.range", "from the smaller to the greater number")


def _category(value: object, where: str) -> str:
    return fields.text(value, f"{where}.categories", 80)


def _one_of(value: object, allowed: tuple[str, ...], where: str) -> str:
    if not isinstance(value, str) or value not in allowed:
        fields.refuse(where, f"one of {', '.join(allowed)}")
    return value
