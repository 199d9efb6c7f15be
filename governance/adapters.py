"""How allauth behaves here: nobody signs up, and passkeys belong to our own relying party."""

import base64
from functools import cache
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils.translation import gettext as _


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Say no: the only way in is an invitation (``/join/<token>/``)."""
        return False

    def get_reauthentication_methods(
        self, user: AbstractBaseUser | AnonymousUser
    ) -> list[dict[str, Any]]:
        """Offer the passkey first: it is what most people here have."""
        words = {
            "reauthenticate": _("Use my password"),
            "mfa_reauthenticate": _("Use a code"),
            "mfa_reauthenticate:webauthn": _("Use my passkey"),
        }
        ways = super().get_reauthentication_methods(user)
        ways = [way | {"description": words[way["id"]]} for way in ways]
        return sorted(ways, key=lambda way: way["id"] != "mfa_reauthenticate:webauthn")


class MFAAdapter(DefaultMFAAdapter):
    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        # Never from the Host header: charters carry this id, and nodes check it in each signature.
        return {"id": settings.KINHOLD_RP_ID, "name": "Kinhold"}

    def generate_authenticator_name(
        self,
        user: AbstractBaseUser,
        type: Authenticator.Type,  # noqa: A002  allauth's own name
    ) -> str:
        held = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return _("Passkey {number}").format(number=held + 1)

    def encrypt(self, text: str) -> str:
        """Keep the secrets of code apps unreadable to who has the database only."""
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _box().decrypt(encrypted_text.encode()).decode()


def _box() -> Fernet:
    return _box_of(settings.SECRET_KEY)


@cache
def _box_of(secret: str) -> Fernet:
    key = HKDF(SHA256(), 32, salt=None, info=b"kinhold second factor").derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(key))
