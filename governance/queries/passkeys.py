"""Passkeys as allauth keeps them: its table of authenticators is the only one."""

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled

from governance.models import User

# Where the credential id begins in WebAuthn's attested credential data: after 16 bytes that name
# the device's model and two bytes of length (WebAuthn Level 3, section 6.5.1).
_ID_AT = 18


def credentials_of(user: User) -> list[tuple[bytes, bytes]]:
    """Return ``(credential id, COSE public key)`` of each of a person's passkeys, oldest first.

    The key's bytes are cut out of what the device sent, never written anew: charters carry them.
    """
    rows = Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.WEBAUTHN)
    found = []
    for row in rows.order_by("pk"):
        data = row.wrap().authenticator_data.credential_data
        found.append((data.credential_id, bytes(data)[_ID_AT + len(data.credential_id) :]))
    return found


def has_second_factor(user: User) -> bool:
    """Say whether the account has a passkey or a code app. Recovery codes alone do not count."""
    return bool(is_mfa_enabled(user, [Authenticator.Type.WEBAUTHN, Authenticator.Type.TOTP]))
