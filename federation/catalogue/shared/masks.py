"""What all in a secure aggregation compute alike: whole numbers modulo 2^256, and their masks.

Numbers are fixed point with 128 bits after the point: every float64 of at least 2^-76 in size
keeps all its bits, and sums are exact. Nodes and the aggregator both work by this file.
Source: docs/adr/0029.
"""

import hashlib
from collections.abc import Iterable, Sequence
from fractions import Fraction

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

STEPS = ("setup", "share", "collect", "unmask")
"""What a node is asked in turn in each round. Only ``collect`` needs data."""

LEAST_NODES = 3
"""Fewest parts in a sum. Of two, whoever sent one knows the other."""

MOST_NODES = 1024

CURVE = ec.SECP384R1()
"""The curve of Flower's key agreement."""

_WIDTH = 32
_MODULUS = 1 << (8 * _WIDTH)
_ONE = 1 << 128
_LIMIT = (_MODULUS // 2) // MOST_NODES
_KEY_BYTES = 32

Number = float | Fraction


class NotANumber(ValueError):
    """A value that is not finite, or too large for the fixed point; it never wraps around."""


def least_to_unmask(nodes: int) -> int:
    """Give how many nodes must answer the last step: more than two thirds, at least three.

    Each node helps to lift one of two masks of another, never both. Two groups that each reach
    this number have more than a third of all nodes in common, and only those could cheat.
    """
    return max(LEAST_NODES, 2 * nodes // 3 + 1)


def to_fixed(values: Iterable[Number]) -> list[int]:
    """Write numbers in fixed point, modulo 2^256.

    Raises:
        NotANumber: one is not finite, or 2^117 or more in size.
    """
    return [_fixed(value) for value in values]


def from_fixed(values: Sequence[int], nodes: int) -> list[Fraction]:
    """Read the sum of ``nodes`` vectors back, exactly.

    Raises:
        NotANumber: a value is larger than so many numbers can add up to: a mask was left on it.
    """
    signed = [v - _MODULUS if v >= _MODULUS // 2 else v for v in values]
    if any(abs(v) >= _LIMIT * nodes for v in signed):
        raise NotANumber("the sum is out of range, so not every mask was lifted")
    return [Fraction(v, _ONE) for v in signed]


def mask(secret: bytes, purpose: bytes, length: int) -> list[int]:
    """Stretch a secret to numbers that nobody without it can tell from random ones.

    Args:
        secret: at least 32 random or agreed bytes, used whole.
        purpose: what the mask is for; another purpose gives an unrelated mask.
    """
    key = HKDF(hashes.SHA256(), _KEY_BYTES, salt=None, info=b"kinhold mask 1\0" + purpose)
    # The key is used once, so that one fixed nonce will do.
    cipher = Cipher(algorithms.ChaCha20(key.derive(secret), bytes(16)), mode=None)
    return unpack_fixed(cipher.encryptor().update(bytes(_WIDTH * length)))


def add(one: Sequence[int], other: Sequence[int], sign: int = 1) -> list[int]:
    """Add two vectors of one length modulo 2^256; ``sign`` -1 subtracts the second."""
    return [(a + sign * b) % _MODULUS for a, b in zip(one, other, strict=True)]


def pack_fixed(values: Sequence[int]) -> bytes:
    return b"".join(value.to_bytes(_WIDTH, "little") for value in values)


def unpack_fixed(data: bytes) -> list[int]:
    """Raises:
    ValueError: the length is not a multiple of 32 bytes.
    """
    if len(data) % _WIDTH:
        raise ValueError("masked numbers are 32 bytes each")
    return [int.from_bytes(data[at : at + _WIDTH], "little") for at in range(0, len(data), _WIDTH)]


def transcript(statements: Sequence[bytes]) -> bytes:
    """Give 32 bytes that stand for these statements, sorted by community."""
    whole = hashlib.sha256(b"kinhold mixing 1\0")
    for statement in statements:
        whole.update(len(statement).to_bytes(8, "big") + statement)
    return whole.digest()


def pair_purpose(context: bytes, low: str, high: str) -> bytes:
    """Say what the mask of two nodes is for; ``low`` comes first in the alphabet and adds it."""
    return context + f"pair {low} {high}".encode()


def own_purpose(context: bytes, community: str) -> bytes:
    return context + f"own {community}".encode()


def point_of(key: ec.EllipticCurvePublicKey) -> bytes:
    """Write a public key as an uncompressed point."""
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def public_key(point: bytes) -> ec.EllipticCurvePublicKey:
    """Raises:
    ValueError: it is no point of the curve.
    """
    return ec.EllipticCurvePublicKey.from_encoded_point(CURVE, point)


def _fixed(value: Number) -> int:
    try:
        scaled = round(Fraction(value) * _ONE)
    except (ValueError, OverflowError):
        raise NotANumber("a number to be mixed is not finite") from None
    if abs(scaled) >= _LIMIT:
        raise NotANumber("a number to be mixed is too large")
    return scaled % _MODULUS
