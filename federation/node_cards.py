"""A node's card: what ``kinhold-node init`` prints and a steward or custodian pastes. Pure.

It holds public keys only. Nothing in it is secret and nothing in it is trusted until the
community's charter names the node with these keys.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_ssh_public_key,
)

from consent.grants import fields
from consent.grants.codec import b64u, parse_json
from consent.grants.cose import load_ed25519
from consent.grants.errors import GrantRefused
from federation.errors import CardRefused

MAX_CARD_BYTES = 4096
_NAME_LIMIT = 60
_FIELDS = "community name receipt_key supernode_key"


@dataclass(frozen=True)
class Card:
    """``receipt_key`` is base64url of a raw Ed25519 key; ``supernode_key`` an OpenSSH line."""

    community: str
    name: str
    receipt_key: str
    supernode_key: str


def parse_card(text: str) -> dict[str, object]:
    """Read pasted text as a JSON object.

    Raises:
        CardRefused: it is not one.
    """
    try:
        return parse_json(text.strip().encode(), limit=MAX_CARD_BYTES)
    except GrantRefused as refusal:
        raise CardRefused(
            "This is not a node card. Copy all that kinhold-node init printed, "
            "from the opening to the closing brace."
        ) from refusal


def read_card(card: Mapping[str, object], *, community: str) -> Card:
    """Check a card for one community.

    Raises:
        CardRefused: a field is missing, unknown or wrong, or the card is for another community.
    """
    try:
        found = fields.fields(dict(card), _FIELDS, "node card")
        name = fields.slug(found["name"], "name")
        receipt_key = fields.raw(found["receipt_key"], "receipt_key", 32, 32)
        load_ed25519(receipt_key)
    except GrantRefused as refusal:
        raise CardRefused(f"The node card cannot be used. {refusal}") from refusal
    if found["community"] != community:
        raise CardRefused(f"This card is for {found['community']}, not for {community}.")
    if len(name) > _NAME_LIMIT:
        raise CardRefused(f"The node's name is longer than {_NAME_LIMIT} characters.")
    return Card(community, name, b64u(receipt_key), _ssh_line(found["supernode_key"]))


def _ssh_line(value: object) -> str:
    """Return the key in its one spelling, without the comment that ssh-keygen adds."""
    try:
        key = load_ssh_public_key(str(value).encode())
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise CardRefused("supernode_key is not an OpenSSH public key of an EC pair.")
    return key.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
