"""Sealing of what a community says in private: AES-256-GCM, bound to the place it belongs to.

What this does and does not protect: docs/adr/0017-private-talk-is-sealed.md.
"""

import os
from base64 import urlsafe_b64decode
from binascii import Error as NotBase64

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from governance.errors import CannotUnseal

NONCE = 12  # bytes
KEY = 32  # bytes


def new_key() -> bytes:
    return AESGCM.generate_key(bit_length=8 * KEY)


def closed(key: bytes, text: bytes, context: str) -> bytes:
    """Seal bytes; the same context is needed to open them, so they cannot be moved elsewhere."""
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, text, context.encode())


def opened(key: bytes, sealed: bytes, context: str) -> bytes:
    """Open what ``closed`` made.

    Raises:
        CannotUnseal: it was changed, belongs elsewhere, or the key is another.
    """
    try:
        return AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], context.encode())
    except (InvalidTag, ValueError) as error:
        raise CannotUnseal("This text was changed, or the key is not the right one.") from error


def master_key() -> bytes:
    """Return the platform's key that wraps the communities' keys.

    Raises:
        ImproperlyConfigured: ``KINHOLD_SEALING_KEY`` is not 32 bytes in base64url.
    """
    return _read(settings.KINHOLD_SEALING_KEY, "KINHOLD_SEALING_KEY")


def next_master_key() -> bytes:
    """Return the key that is to take the place of ``master_key``; see ``renew_sealing_key``.

    Raises:
        ImproperlyConfigured: ``KINHOLD_SEALING_KEY_NEW`` is not 32 bytes in base64url.
    """
    return _read(settings.KINHOLD_SEALING_KEY_NEW, "KINHOLD_SEALING_KEY_NEW")


def _read(text: str, name: str) -> bytes:
    try:
        key = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (NotBase64, ValueError) as error:
        raise ImproperlyConfigured(f"{name} is not base64url.") from error
    if len(key) != KEY:
        raise ImproperlyConfigured(f"{name} must be 32 bytes in base64url.")
    return key
