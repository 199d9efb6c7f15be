"""The key that signs visas, if the operator named one. Without it there are no visas."""

from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from joserfc.jwk import ECKey, RSAKey

from consent.visas import Key

LEAST_RSA_BITS = 2048


def visa_key() -> Key | None:
    """Return the key that ``KINHOLD_VISA_KEY_FILE`` names; None when visas are off.

    Raises:
        ImproperlyConfigured: not readable, or neither RSA of 2048 bits and more nor P-256.
    """
    path = settings.KINHOLD_VISA_KEY_FILE
    return _load(path) if path else None


def visa_secret() -> bytes:
    """Return the 32 bytes from which people's names in visas are made."""
    return HKDF(SHA256(), 32, salt=None, info=b"kinhold visa subject").derive(
        settings.SECRET_KEY.encode()
    )


@lru_cache(maxsize=4)
def _load(path: str) -> Key:
    try:
        held = load_pem_private_key(Path(path).read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise ImproperlyConfigured(f"KINHOLD_VISA_KEY_FILE cannot be read: {error}.") from None
    key: Key
    if isinstance(held, rsa.RSAPrivateKey) and held.key_size >= LEAST_RSA_BITS:
        key = RSAKey.import_key(held)
    elif isinstance(held, ec.EllipticCurvePrivateKey) and isinstance(held.curve, ec.SECP256R1):
        key = ECKey.import_key(held)
    else:
        raise ImproperlyConfigured(
            "KINHOLD_VISA_KEY_FILE must hold an RSA key of 2048 bits or more, or one on P-256."
        )
    key.ensure_kid()
    return key
