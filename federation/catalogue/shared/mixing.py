"""Secure aggregation as the aggregator does it: it passes sealed things on and learns a sum.

The steps are those of SecAgg+ (Bell and others, 2020), on the complete graph. It uses Flower's
own secret sharing and key agreement; masks and numbers are those of ``masks``. What each node
insists on is its own business: nothing here protects it. Source: docs/adr/0029.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from flwr.common.secure_aggregation.crypto.shamir import combine_shares
from flwr.common.secure_aggregation.crypto.symmetric_encryption import generate_shared_key

from . import masks

Record = Mapping[str, Any]
Exchange = Callable[[Mapping[int, Record], int], Mapping[int, Record]]
"""Sends a record to each node and gives the records that came back: at least so many."""


class MixingFailed(RuntimeError):
    """The masks could not be lifted; there is no result, and nothing can be read."""


@dataclass(frozen=True)
class Site:
    """What a node stated of itself in the first step; the other nodes check its signature."""

    node: int
    community: str
    statement: bytes
    signature: bytes
    masking_key: bytes
    seed_digest: str


@dataclass(frozen=True)
class Total:
    """The sum of the answers of ``nodes``, by name of list."""

    nodes: list[int]
    sums: dict[str, list[Fraction]]


def add_up(exchange: Exchange, nodes: Sequence[int], minimum: int) -> Total:
    """Go through the four steps with all of the nodes, and give the sum of those that stayed.

    Args:
        minimum: fewest nodes in the sum; secure aggregation itself may demand more.
    Raises:
        MixingFailed: a node sent something that does not fit.
    """
    enough = max(minimum, masks.least_to_unmask(len(nodes)))
    sites = _sites(exchange({node: {"stage": "setup"} for node in nodes}, len(nodes)))
    try:
        return _Round(exchange, sites, enough).run()
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise MixingFailed("a node's part in secure aggregation does not fit") from error


class _Round:
    def __init__(self, exchange: Exchange, sites: list[Site], enough: int) -> None:
        self._exchange, self._sites, self._enough = exchange, sites, enough
        self._by_node = {site.node: site for site in sites}
        self._by_name = {site.community: site for site in sites}
        self._context = masks.transcript([site.statement for site in sites])

    def run(self) -> Total:
        sharing = self._share()
        masked, shape = self._collect(sharing)
        active = sorted(self._by_node[node].community for node in masked)
        dropped = sorted(set(sharing) - set(active))
        shares = self._unmask(active, dropped)
        total = [0] * sum(length for _, length in shape)
        for vector in masked.values():
            total = masks.add(total, vector)
        for name in active:
            total = masks.add(total, self._own_mask(name, shares[name], len(total)), -1)
        for name in dropped:
            total = self._without_pairs(total, name, shares[name], active)
        return Total(sorted(masked), _lists(masks.from_fixed(total, len(masked)), shape))

    def _share(self) -> dict[str, dict[str, bytes]]:
        """Give, by the community that made them, the sealed shares for each other one."""
        told = {
            "stage": "share",
            "statements": [site.statement for site in self._sites],
            "signatures": [site.signature for site in self._sites],
        }
        replies = self._exchange({site.node: told for site in self._sites}, self._enough)
        return {
            self._by_node[node].community: dict(zip(reply["to"], reply["sealed"], strict=True))
            for node, reply in replies.items()
        }

    def _collect(
        self, sharing: Mapping[str, Mapping[str, bytes]]
    ) -> tuple[dict[int, list[int]], list[tuple[str, int]]]:
        messages = {}
        for name in sharing:
            others = sorted(set(sharing) - {name})
            sealed = [sharing[other][name] for other in others]
            messages[self._by_name[name].node] = {
                "stage": "collect",
                "from": others,
                "sealed": sealed,
            }
        replies = self._exchange(messages, self._enough)
        shapes = [list(zip(r["names"], r["lengths"], strict=True)) for r in replies.values()]
        masked = {node: masks.unpack_fixed(reply["masked"]) for node, reply in replies.items()}
        if any(shape != shapes[0] for shape in shapes[1:]):
            raise MixingFailed("the nodes' answers are not of one form and cannot be added")
        return masked, shapes[0]

    def _unmask(self, active: list[str], dropped: list[str]) -> dict[str, list[bytes]]:
        told = {"stage": "unmask", "active": active, "dropped": dropped}
        replies = self._exchange(
            {self._by_name[name].node: told for name in active},
            masks.least_to_unmask(len(self._sites)),
        )
        found: dict[str, list[bytes]] = {name: [] for name in [*active, *dropped]}
        for reply in replies.values():
            for name, share in zip(reply["of"], reply["shares"], strict=True):
                found[name].append(share)
        return found

    def _own_mask(self, name: str, shares: list[bytes], length: int) -> list[int]:
        seed = self._joined(shares)
        if hashlib.sha256(seed).hexdigest() != self._by_name[name].seed_digest:
            raise MixingFailed(f"the shares of {name}'s mask do not fit together")
        return masks.mask(seed, masks.own_purpose(self._context, name), length)

    def _without_pairs(
        self, total: list[int], name: str, shares: list[bytes], active: list[str]
    ) -> list[int]:
        """Take away what the others added to hide a node whose own answer never came."""
        key = ec.derive_private_key(int.from_bytes(self._joined(shares), "big"), masks.CURVE)
        if masks.point_of(key.public_key()) != self._by_name[name].masking_key:
            raise MixingFailed(f"the shares of {name}'s key do not fit together")
        for other in active:
            public = masks.public_key(self._by_name[other].masking_key)
            low, high = sorted((name, other))
            purpose = masks.pair_purpose(self._context, low, high)
            pair = masks.mask(generate_shared_key(key, public), purpose, len(total))
            total = masks.add(total, pair, -1 if other == low else 1)
        return total

    def _joined(self, shares: list[bytes]) -> bytes:
        secret: bytes = combine_shares(shares[: masks.least_to_unmask(len(self._sites))])
        return secret


def _sites(replies: Mapping[int, Record]) -> list[Site]:
    sites = [_site(node, reply) for node, reply in replies.items()]
    if len({site.community for site in sites}) != len(sites):
        raise MixingFailed("two nodes speak for one community")
    return sorted(sites, key=lambda site: site.community)


def _site(node: int, reply: Record) -> Site:
    try:
        document = json.loads(reply["statement"])
        return Site(
            node=node,
            community=str(document["community"]),
            statement=reply["statement"],
            signature=reply["signature"],
            masking_key=bytes.fromhex(document["masking_key"]),
            seed_digest=str(document["seed"]),
        )
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise MixingFailed("a node's statement of its keys cannot be read") from error


def _lists(values: list[Fraction], shape: list[tuple[str, int]]) -> dict[str, list[Fraction]]:
    found, at = {}, 0
    for name, length in shape:
        found[name] = values[at : at + length]
        at += length
    return found
