"""Public keys of passkeys: COSE_Key maps (RFC 9053) in CTAP2 canonical CBOR, three algorithms.

A full CBOR decoder would be one more dependency on the node for three fixed shapes, and would
accept more spellings of a key than one. Source: docs/grant-format.md, "Steward keys".
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

from consent.grants.errors import BadSignature, Malformed

MAX_COSE_BYTES = 1100

Value = int | bytes
Check = Callable[[bytes, bytes], None]

_P25519 = 2**255 - 19
# The y coordinates of the points of small order. A key of small order verifies signatures
# that nobody made. Source: RFC 7748, section 6.1, and the curve's equation.
_SMALL_ORDER = frozenset(
    {
        0,
        1,
        _P25519 - 1,
        2707385501144840649318225287225658788936804267575313519463743609750303402022,
        55188659117513257062467267217118295137698188065244968500265048394206261417927,
    }
)


@dataclass(frozen=True)
class VerifyingKey:
    """A loaded key: ``verify`` returns None or raises BadSignature."""

    algorithm: str
    check: Check

    def verify(self, signature: bytes, message: bytes) -> None:
        try:
            self.check(signature, message)
        except InvalidSignature as error:
            raise BadSignature("The signature does not match.") from error


@lru_cache(maxsize=512)
def load_key(cose: bytes) -> VerifyingKey:
    """Read a COSE_Key: ES256 on P-256, EdDSA on Ed25519, or RS256 of 2048 to 4096 bits.

    Raises:
        Malformed: another algorithm, another spelling, or numbers that are not a key.
    """
    key = _read_map(cose)
    loader = _LOADERS.get(key.get(3))
    if loader is None:
        raise Malformed("A key is not for ES256, EdDSA or RS256.")
    try:
        return loader(key)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise Malformed("The numbers of a key are not a public key.") from error


def load_ed25519(raw: bytes) -> ed25519.Ed25519PublicKey:
    """Read 32 raw bytes as an Ed25519 key, or raise Malformed."""
    if len(raw) != 32:
        raise Malformed("An Ed25519 key has 32 bytes.")
    if int.from_bytes(raw, "little") % 2**255 % _P25519 in _SMALL_ORDER:
        raise Malformed("An Ed25519 key of small order protects nothing.")
    return ed25519.Ed25519PublicKey.from_public_bytes(raw)


def _es256(key: dict[int, Value]) -> VerifyingKey:
    x, y = _parameters(key, {1: 2, 3: -7, -1: 1}, (-2, -3))
    if len(x) != 32 or len(y) != 32:
        raise Malformed("A P-256 key has two coordinates of 32 bytes.")
    public = ec.EllipticCurvePublicNumbers(
        int.from_bytes(x, "big"), int.from_bytes(y, "big"), ec.SECP256R1()
    ).public_key()
    algorithm = ec.ECDSA(SHA256())
    return VerifyingKey("ES256", lambda sig, message: public.verify(sig, message, algorithm))


def _eddsa(key: dict[int, Value]) -> VerifyingKey:
    (x,) = _parameters(key, {1: 1, 3: -8, -1: 6}, (-2,))
    return VerifyingKey("EdDSA", load_ed25519(x).verify)


def _rs256(key: dict[int, Value]) -> VerifyingKey:
    n, e = _parameters(key, {1: 3, 3: -257}, (-1, -2))
    modulus = int.from_bytes(n, "big")
    if not 2048 <= modulus.bit_length() <= 4096 or n[0] == 0 or e != b"\x01\x00\x01":
        raise Malformed("An RSA key has 2048 to 4096 bits and the exponent 65537.")
    public = rsa.RSAPublicNumbers(65537, modulus).public_key()
    return VerifyingKey(
        "RS256", lambda sig, message: public.verify(sig, message, padding.PKCS1v15(), SHA256())
    )


_LOADERS: dict[Value | None, Callable[[dict[int, Value]], VerifyingKey]] = {
    -7: _es256,
    -8: _eddsa,
    -257: _rs256,
}


def _parameters(
    key: dict[int, Value], fixed: dict[int, int], byte_labels: tuple[int, ...]
) -> list[bytes]:
    """Return the byte strings of a key that has exactly the given labels and numbers."""
    if key.keys() != fixed.keys() | set(byte_labels):
        raise Malformed("A key has other parameters than its algorithm needs.")
    if any(key[label] != number for label, number in fixed.items()):
        raise Malformed("A key's type or curve does not fit its algorithm.")
    values = [key[label] for label in byte_labels]
    if not all(isinstance(value, bytes) for value in values):
        raise Malformed("A key's numbers are not byte strings.")
    return [value for value in values if isinstance(value, bytes)]


def _read_map(cose: bytes) -> dict[int, Value]:
    """Read a CBOR map from integers to integers or byte strings, keys in canonical order."""
    if len(cose) > MAX_COSE_BYTES:
        raise Malformed("A key is too long.")
    kind, pairs, at = _head(cose, 0)
    if kind != 5:
        raise Malformed("A key is not a CBOR map.")
    key: dict[int, Value] = {}
    previous = b""
    for _ in range(pairs):
        start = at
        label, at = _item(cose, at)
        encoded = cose[start:at]
        if not isinstance(label, int) or (len(encoded), encoded) <= (len(previous), previous):
            raise Malformed("A key's labels are not in canonical order.")
        previous = encoded
        key[label], at = _item(cose, at)
    if at != len(cose):
        raise Malformed("Bytes follow a key.")
    return key


def _item(cose: bytes, at: int) -> tuple[Value, int]:
    kind, number, at = _head(cose, at)
    if kind == 0:
        return number, at
    if kind == 1:
        return -1 - number, at
    if kind == 2 and at + number <= len(cose):
        return cose[at : at + number], at + number
    raise Malformed("A key holds something other than numbers and byte strings.")


def _head(cose: bytes, at: int) -> tuple[int, int, int]:
    """Read one CBOR head in its shortest form: major type, argument, and where it ends."""
    if at >= len(cose):
        raise Malformed("A key ends too early.")
    kind, short = divmod(cose[at], 32)
    if short < 24:
        return kind, short, at + 1
    size = {24: 1, 25: 2}.get(short, 0)  # no argument of a key needs more than two bytes
    number = int.from_bytes(cose[at + 1 : at + 1 + size], "big")
    if at + 1 + size > len(cose) or number < {1: 24, 2: 256}.get(size, 2**64):
        raise Malformed("A key is not in the shortest CBOR form.")
    return kind, number, at + 1 + size
