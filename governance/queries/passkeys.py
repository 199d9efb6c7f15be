"""Passkeys as allauth keeps them: its table of authenticators is the only one."""

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from fido2.webauthn import AttestedCredentialData

from consent.grants.charter import parse_charter
from consent.grants.codec import unb64u
from governance.models import Charter, Membership, StoppedPasskey, User
from governance.rules import StatementState

# Where the credential id begins in WebAuthn's attested credential data: after 16 bytes that name
# the device's model and two bytes of length (WebAuthn Level 3, section 6.5.1).
_ID_AT = 18


def credentials_of(user: User) -> list[tuple[bytes, bytes]]:
    """Return ``(credential id, COSE public key)`` of each of a person's passkeys, oldest first.

    The key is in the one canonical form of CBOR, as charters carry it and devices send it.
    """
    rows = Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.WEBAUTHN)
    found = []
    for row in rows.order_by("pk"):
        data = row.wrap().authenticator_data.credential_data
        found.append((data.credential_id, cose_of(data)))
    return found


def cose_of(data: AttestedCredentialData) -> bytes:
    """Return the public key that stands behind the credential id."""
    return bytes(data)[_ID_AT + len(data.credential_id) :]


def credential_id_of(row: Authenticator) -> bytes:
    """Return the id of the passkey that this row of allauth's table is about."""
    return bytes(row.wrap().authenticator_data.credential_data.credential_id)


def is_stopped(credential_id: bytes) -> bool:
    """Say whether this passkey is reported as stolen, whoever's it is."""
    rows = StoppedPasskey.objects.filter(credential_id=credential_id, lifted_at__isnull=True)
    return rows.exists()


def has_second_factor(user: User) -> bool:
    """Say whether the account has a passkey or a code app. Recovery codes alone do not count."""
    return bool(is_mfa_enabled(user, [Authenticator.Type.WEBAUTHN, Authenticator.Type.TOTP]))


def naming_charters(user: User, credential_id: bytes) -> list[Charter]:
    """Return the charters, in force or put to the stewards, that name this passkey of hers."""
    communities = Membership.objects.filter(user_id=user.pk).values("community")
    rows = Charter.objects.filter(community__in=communities).select_related(
        "statement", "community"
    )
    in_force: dict[int, Charter] = {}
    for row in rows.filter(adopted_at__isnull=False).order_by("number"):
        in_force[row.community_id] = row
    live = [*in_force.values(), *rows.filter(statement__state=StatementState.OPEN)]
    return [
        row for row in live if parse_charter(row.statement.text.encode()).steward_of(credential_id)
    ]


def passkey_exists(credential_id: str) -> bool:
    """Say whether any account has this passkey, or had it until it was reported as stolen.

    Args:
        credential_id: in base64url.
    """
    rows = Authenticator.objects.filter(type=Authenticator.Type.WEBAUTHN)
    held = bool(rows.filter(data__credential__rawId=credential_id).exists())
    return held or is_stopped(unb64u(credential_id))
