"""Signing in with a token: ``Authorization: Bearer kh_...``."""

from datetime import timedelta

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from governance.actions import tokens
from governance.models import ApiToken, User
from governance.queries import token_in_force

# "Last used" is for the owner's eye; a write for each call would be one too many.
_NOTE_AGAIN_AFTER = timedelta(minutes=5)


class TokenAuthentication(BaseAuthentication):
    """Let in who shows a token that is in force. Never from a cookie, so no CSRF check is due."""

    keyword = "Bearer"

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """Return the owner and the token; None when no token is shown.

        Raises:
            AuthenticationFailed: unknown, revoked, out of date, or its owner is shut out.
        """
        keyword, _, secret = request.headers.get("Authorization", "").partition(" ")
        if keyword.lower() != self.keyword.lower():
            return None
        token = token_in_force(tokens.digest_of(secret.strip()), at=timezone.now())
        if token is None:
            raise AuthenticationFailed("This token is not known, or does not work any more.")
        if token.last_used_at is None or timezone.now() - token.last_used_at > _NOTE_AGAIN_AFTER:
            tokens.note_use(token)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return self.keyword
