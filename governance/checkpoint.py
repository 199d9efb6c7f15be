"""The platform's checkpoint key: it signs lists for nodes and seals the log; it decides nothing."""

from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


def checkpoint_key() -> Ed25519PrivateKey:
    """Return the private key that ``KINHOLD_CHECKPOINT_KEY_FILE`` names.

    Raises:
        ImproperlyConfigured: not set, not readable, or not an Ed25519 key in PEM.
    """
    return _load(settings.KINHOLD_CHECKPOINT_KEY_FILE)


def checkpoint_public() -> bytes:
    """Return the 32 raw bytes of the public key, as they stand in charters."""
    return checkpoint_key().public_key().public_bytes_raw()


@lru_cache(maxsize=4)
def _load(path: str) -> Ed25519PrivateKey:
    if not path:
        raise ImproperlyConfigured("KINHOLD_CHECKPOINT_KEY_FILE is not set.")
    try:
        key = load_pem_private_key(Path(path).read_bytes(), password=None)
    except (OSError, ValueError) as error:
        raise ImproperlyConfigured(
            f"KINHOLD_CHECKPOINT_KEY_FILE cannot be read: {error}."
        ) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise ImproperlyConfigured("KINHOLD_CHECKPOINT_KEY_FILE does not hold an Ed25519 key.")
    return key
