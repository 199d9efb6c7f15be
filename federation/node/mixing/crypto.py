"""The only place of the node's secure aggregation that knows Flower: its tested primitives.

Key agreement, encryption and secret sharing are Flower's. Masks are not: Flower folds a secret
of 256 bits into the 32 bits of a generator that was not made for secrecy.
"""

from cryptography.fernet import InvalidToken
from cryptography.hazmat.primitives.asymmetric import ec
from flwr.common.secure_aggregation.crypto.shamir import create_shares
from flwr.common.secure_aggregation.crypto.symmetric_encryption import (
    decrypt,
    encrypt,
    generate_shared_key,
)

from federation.catalogue.shared.masks import CURVE

_SCALAR_BYTES = 48
SEED_BYTES = 32


class Unsealable(ValueError):
    """What was sealed for this node does not open, or was changed on its way."""


def new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(CURVE)


def key_bytes(key: ec.EllipticCurvePrivateKey) -> bytes:
    """Write a private key as 48 bytes."""
    return key.private_numbers().private_value.to_bytes(_SCALAR_BYTES, "big")


def key_from(data: bytes) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(data, "big"), CURVE)


def agreed(key: ec.EllipticCurvePrivateKey, other: ec.EllipticCurvePublicKey) -> bytes:
    """Give the secret that the holders of both keys can work out, and nobody else."""
    secret: bytes = generate_shared_key(key, other)
    return secret


def shares_of(secret: bytes, least: int, count: int) -> list[bytes]:
    """Cut a secret so that ``least`` of the ``count`` shares give it back, and fewer nothing."""
    shares: list[bytes] = create_shares(secret, least, count)
    return shares


def seal(secret: bytes, text: bytes) -> bytes:
    sealed: bytes = encrypt(secret, text)
    return sealed


def unseal(secret: bytes, sealed: bytes) -> bytes:
    """Raises:
    Unsealable: another key sealed it, or it was changed.
    """
    try:
        text: bytes = decrypt(secret, sealed)
    except (InvalidToken, ValueError, TypeError) as error:
        raise Unsealable("what was sealed for this node does not open") from error
    return text
