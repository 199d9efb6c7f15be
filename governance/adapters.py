"""How allauth behaves here: nobody signs up, and passkeys belong to our own relying party."""

import base64
from functools import cache

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.utils.translation import gettext


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Say no: the only way in is an invitation (``/join/<token>/``)."""
        return False


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
        return gettext("Passkey {number}").format(number=held + 1)

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
