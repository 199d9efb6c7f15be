"""What one node works out in a round: its secrets, the shares of them, and the masks.

Pure: no file, no clock, no message. The steps in which it is used are in ``steps.py``.
"""

import hashlib
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from secrets import randbelow
from typing import Self

from cryptography.hazmat.primitives.asymmetric import ec

from federation.catalogue.shared import masks
from federation.node.mixing import crypto
from federation.node.mixing.statements import Keys, keys_in

_SHARE_BYTES = {"seed": 52, "key": 68}
"""Four bytes of place, then the secret padded to whole blocks of 16, as Flower shares it."""

_BLUR = Fraction(1, 2**40)
"""Share of a number within which it is drawn anew; floats are rounded to a share of 2^-53."""

_FINE = 2**128


@dataclass(frozen=True)
class Secrets:
    """What a node makes afresh for each round, and no longer has after it."""

    sealing: ec.EllipticCurvePrivateKey
    masking: ec.EllipticCurvePrivateKey
    seed: bytes

    @classmethod
    def new(cls) -> Self:
        return cls(crypto.new_key(), crypto.new_key(), os.urandom(crypto.SEED_BYTES))

    @classmethod
    def from_kept(cls, kept: Mapping[str, str]) -> Self:
        sealing, masking, seed = (bytes.fromhex(kept[n]) for n in ("sealing", "masking", "seed"))
        return cls(crypto.key_from(sealing), crypto.key_from(masking), seed)

    def kept(self) -> dict[str, str]:
        return {
            "sealing": crypto.key_bytes(self.sealing).hex(),
            "masking": crypto.key_bytes(self.masking).hex(),
            "seed": self.seed.hex(),
        }

    def public(self, community: str, node: str) -> Keys:
        return Keys(
            community=community,
            node=node,
            sealing_key=masks.point_of(self.sealing.public_key()),
            masking_key=masks.point_of(self.masking.public_key()),
            seed=hashlib.sha256(self.seed).hexdigest(),
        )


@dataclass(frozen=True)
class Shares:
    """One share of each of a node's two secrets. Whoever has enough of one kind has the secret."""

    seed: bytes
    key: bytes


@dataclass(frozen=True)
class Parties:
    """All nodes of a round, by community, as one of them sees them.

    Attributes:
        context: stands for all their statements; shares and masks of other ones fit nowhere.
    """

    own: str
    keys: Mapping[str, Keys]
    context: bytes

    @classmethod
    def of(cls, own: str, statements: Iterable[bytes]) -> Self:
        """Read statements that were verified before."""
        read = sorted((keys_in(s).community, keys_in(s), s) for s in statements)
        return cls(
            own,
            {community: keys for community, keys, _ in read},
            masks.transcript([statement for *_, statement in read]),
        )

    @property
    def others(self) -> list[str]:
        return sorted(set(self.keys) - {self.own})

    @property
    def least(self) -> int:
        return masks.least_to_unmask(len(self.keys))


def share_out(secrets: Secrets, parties: Parties) -> tuple[Shares, dict[str, bytes]]:
    """Cut the two secrets; give the node's own shares, and those sealed for each other node."""
    count, least = len(parties.keys), parties.least
    cut = [
        Shares(seed, key)
        for seed, key in zip(
            crypto.shares_of(secrets.seed, least, count),
            crypto.shares_of(crypto.key_bytes(secrets.masking), least, count),
            strict=True,
        )
    ]
    mine = cut[_place(parties, parties.own)]
    sealed = {
        other: crypto.seal(
            crypto.agreed(secrets.sealing, parties.keys[other].sealing()),
            _label(parties, parties.own, other)
            + cut[_place(parties, other)].seed
            + cut[_place(parties, other)].key,
        )
        for other in parties.others
    }
    return mine, sealed


def opened(secrets: Secrets, parties: Parties, other: str, sealed: bytes) -> Shares:
    """Open what another node sealed for this one.

    Raises:
        Unsealable: it is not from that node, for this one, in this round, or is no share.
    """
    text = crypto.unseal(crypto.agreed(secrets.sealing, parties.keys[other].sealing()), sealed)
    label = _label(parties, other, parties.own)
    cut = len(label) + _SHARE_BYTES["seed"]
    found = Shares(text[len(label) : cut], text[cut:])
    place = (_place(parties, parties.own) + 1).to_bytes(4, "little")
    sound = (
        text.startswith(label)
        and len(found.key) == _SHARE_BYTES["key"]
        and found.seed.startswith(place)
        and found.key.startswith(place)
    )
    if not sound:
        raise crypto.Unsealable("what was sealed for this node is no share of this round")
    return found


def blurred(reply: Mapping[str, Sequence[float]]) -> dict[str, list[Fraction]]:
    """Hide how a node's numbers were rounded, which an exact sum would still show.

    The roundings of its parts stand in a sum's last digits. Where a part can be one of a few
    thousand values, as a share of a hundred people, only one set of them fits. So those
    digits are drawn anew. Whole numbers were not rounded: they stay.
    """
    return {name: [_blurred(Fraction(value)) for value in reply[name]] for name in reply}


def _blurred(value: Fraction) -> Fraction:
    if value.denominator == 1 and abs(value) < 2**53:
        return value
    return value + value * _BLUR * (Fraction(2 * randbelow(_FINE), _FINE) - 1)


def masked(
    values: Sequence[int], secrets: Secrets, parties: Parties, sharing: Iterable[str]
) -> list[int]:
    """Hide fixed point numbers under the node's own mask, and one for each node that shared."""
    context, length = parties.context, len(values)
    own = masks.mask(secrets.seed, masks.own_purpose(context, parties.own), length)
    total = masks.add(values, own)
    for other in sorted(set(sharing) - {parties.own}):
        low, high = sorted((parties.own, other))
        agreed = crypto.agreed(secrets.masking, parties.keys[other].masking())
        pair = masks.mask(agreed, masks.pair_purpose(context, low, high), length)
        total = masks.add(total, pair, 1 if parties.own == low else -1)
    return total


def _place(parties: Parties, community: str) -> int:
    return sorted(parties.keys).index(community)


def _label(parties: Parties, sender: str, reader: str) -> bytes:
    return parties.context + f"{sender} {reader}\0".encode()
