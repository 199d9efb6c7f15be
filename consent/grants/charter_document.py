"""The charter: who the stewards are, with which keys, and how they decide.

Source: docs/grant-format.md, "Charter".
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from consent.grants import fields
from consent.grants.codec import digest, parse_canonical
from consent.grants.cose import MAX_COSE_BYTES, load_ed25519, load_key
from consent.grants.statements import TYPES
from consent.grants.tally import DecisionRule, floor_for, parse_rule

_FIELDS = (
    "number previous created stewards rules floor relying_party checkpoint_key nodes"  # + header
)
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*")
_ORIGIN = re.compile(r"(?:https://([a-z0-9.-]+)|http://(localhost))(?::[1-9][0-9]{0,4})?")
_SUPERNODE_KEY = re.compile(r"ecdsa-sha2-nistp(?:256|384|521) [A-Za-z0-9+/]{80,400}={0,2}")


@dataclass(frozen=True)
class SigningKey:
    """One passkey: its credential id and COSE public key, as the authenticator gave them."""

    credential_id: bytes
    cose: bytes


@dataclass(frozen=True)
class Steward:
    id: str
    name: str
    bodies: tuple[str, ...]
    keys: tuple[SigningKey, ...]


@dataclass(frozen=True)
class NodeKeys:
    """``receipt_key`` is a raw Ed25519 public key; ``supernode_key`` an OpenSSH line."""

    name: str
    receipt_key: bytes
    supernode_key: str


@dataclass(frozen=True)
class Charter:
    """A charter that is well formed. Whether it was adopted is the chain's business."""

    community: str
    number: int
    previous: str | None
    stewards: tuple[Steward, ...]
    rules: Mapping[str, DecisionRule]
    floor: int
    rp_id: str
    origins: tuple[str, ...]
    checkpoint_key: bytes
    nodes: tuple[NodeKeys, ...]
    created: datetime
    digest: str

    @property
    def bodies(self) -> dict[str, frozenset[str]]:
        """The bodies each steward sits in, by steward id."""
        return {steward.id: frozenset(steward.bodies) for steward in self.stewards}

    def steward_of(self, credential_id: bytes) -> Steward | None:
        for steward in self.stewards:
            if any(key.credential_id == credential_id for key in steward.keys):
                return steward
        return None

    def cose_of(self, credential_id: bytes) -> bytes | None:
        for steward in self.stewards:
            for key in steward.keys:
                if key.credential_id == credential_id:
                    return key.cose
        return None


def parse_charter(statement: bytes) -> Charter:
    """Read a charter statement.

    Raises:
        WrongType: the statement is of another type.
        Malformed: anything in it is missing, unknown, repeated or out of bounds.
    """
    document = fields.header(parse_canonical(statement), "charter", _FIELDS)
    stewards = _stewards(document["stewards"])
    floor = fields.integer(document["floor"], "floor", 1, len(stewards))
    rp_id, origins = _relying_party(document["relying_party"])
    previous = document["previous"]
    return Charter(
        community=document["community"],
        number=fields.integer(document["number"], "number", 1, 1_000_000),
        previous=None if previous is None else fields.sha256(previous, "previous"),
        stewards=stewards,
        rules=_rules(document["rules"], stewards=stewards, floor=floor),
        floor=floor,
        rp_id=rp_id,
        origins=origins,
        checkpoint_key=_ed25519(document["checkpoint_key"], "checkpoint_key"),
        nodes=_nodes(document["nodes"]),
        created=fields.time(document["created"], "created"),
        digest=digest(statement),
    )


def _stewards(value: object) -> tuple[Steward, ...]:
    stewards = fields.each(value, _steward, "stewards", 1, 100)
    fields.distinct(tuple(steward.id for steward in stewards), "stewards")
    # One key under two names would be one hand with two votes.
    keys = [key for steward in stewards for key in steward.keys]
    fields.distinct(tuple(key.credential_id for key in keys), "credential_id")
    fields.distinct(tuple(key.cose for key in keys), "cose")
    return stewards


def _steward(value: object, where: str) -> Steward:
    steward = fields.fields(value, "id name bodies keys", "steward")
    bodies = fields.each(steward["bodies"], fields.slug, "bodies", 0, 20)
    return Steward(
        id=fields.slug(steward["id"], "steward.id"),
        name=fields.text(steward["name"], "steward.name"),
        bodies=fields.distinct(bodies, "bodies"),
        keys=fields.each(steward["keys"], _key, "steward.keys", 1, 10),
    )


def _key(value: object, where: str) -> SigningKey:
    key = fields.fields(value, "credential_id cose", "key")
    cose = fields.raw(key["cose"], "cose", 1, MAX_COSE_BYTES)
    load_key(cose)  # a key that cannot verify anything must not sit in a charter
    return SigningKey(fields.raw(key["credential_id"], "credential_id", 1, 1023), cose)


def _rules(
    value: object, *, stewards: tuple[Steward, ...], floor: int
) -> Mapping[str, DecisionRule]:
    table: dict[str, Any] = fields.fields(value, " ".join(sorted(TYPES)), "rules")
    seats = {steward.id: steward.bodies for steward in stewards}
    rules = {name: parse_rule(table[name], f"rules.{name}", stewards=seats) for name in table}
    for name, rule in rules.items():
        # A smaller number than the one that counts would mislead whoever reads the charter.
        if rule.m is not None and rule.m < floor_for(name, floor):
            fields.refuse(f"rules.{name}.m", f"at least the floor of {floor}")
    return MappingProxyType(rules)


def _relying_party(value: object) -> tuple[str, tuple[str, ...]]:
    party = fields.fields(value, "id origins", "relying_party")
    rp_id = fields.matching(party["id"], _HOST, "relying_party.id", "a host name", 253)
    origins = fields.each(party["origins"], _origin, "origins", 1, 10)
    for origin in origins:
        host = origin.split("//")[1].split(":")[0]
        if host != rp_id and not host.endswith(f".{rp_id}"):
            fields.refuse("origins", "within the relying party")
    return rp_id, fields.distinct(origins, "origins")


def _origin(value: object, where: str) -> str:
    return fields.matching(value, _ORIGIN, where, "an https origin (or http://localhost)", 300)


def _nodes(value: object) -> tuple[NodeKeys, ...]:
    nodes = fields.each(value, _node, "nodes", 0, 100)
    fields.distinct(tuple(node.name for node in nodes), "nodes")
    fields.distinct(tuple(node.receipt_key for node in nodes), "receipt_key")
    fields.distinct(tuple(node.supernode_key for node in nodes), "supernode_key")
    return nodes


def _node(value: object, where: str) -> NodeKeys:
    node = fields.fields(value, "name receipt_key supernode_key", "node")
    return NodeKeys(
        name=fields.slug(node["name"], "node.name"),
        receipt_key=_ed25519(node["receipt_key"], "receipt_key"),
        supernode_key=fields.matching(
            node["supernode_key"], _SUPERNODE_KEY, "supernode_key", "an OpenSSH ECDSA key", 500
        ),
    )


def _ed25519(value: object, where: str) -> bytes:
    raw = fields.raw(value, where, 32, 32)
    load_ed25519(raw)
    return raw
